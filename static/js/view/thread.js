/** A message and all that was replied to it, and to those replies; one can reply there and then. */
import { html, nothing } from "lit";
import { _, formatFull, formatTime, renderMarkdown, sameDay } from "../core/index.js";
import { avatar } from "./avatars.js";
import { Dialog } from "./dialog.js";
import { files } from "./files.js";
import { replyField } from "./thread_field.js";
import { markWord } from "./words.js";
import { gist } from "./words_files.js";
import { says } from "./words_talk.js";

const PAGE = 300;
/** How much is shown of a reply on its way. */
const LINE = 300;
/** So many pages of what came after the message are looked through before the person is asked. */
const PAGES = 10;

export class Thread extends Dialog {
  /** @override */
  title = says.threadTitle;
  /** @override */
  kind = "dialog--thread";
  looking = false;
  /** Looked through up to here. */
  #upTo = 0;
  #more = true;
  /** What belongs to it, by `seq`. @type {Map<number, any>} */
  #messages = new Map();

  /** @param {View.Page} page @param {number} seq of any message of the thread */
  constructor(page, seq) {
    super(page);
    this.room = page.room;
    this.root = this.#rootOf(seq);
    this.#upTo = this.root - 1;
    this.field = replyField(page, this.room.id, this.root);
    void this.#look();
  }

  /** Those that fall into the thread. */
  get files() {
    return this.field.files;
  }

  /** The first message of the chain, as far as it is here. @param {number} seq */
  #rootOf(seq) {
    for (let message = this.room.message(seq); message?.reply_to; message = this.room.message(seq)) {
      seq = message.reply_to;
      if (!this.room.message(seq)) break;
    }
    return seq;
  }

  /** Looks through what was said since. */
  async #look() {
    this.looking = true;
    await this.run(async () => {
      for (let page = 0; page < PAGES && this.#more; page++) {
        const { results } = await this.page.chat.messagesAfter(this.room.id, this.#upTo, PAGE);
        for (const message of results) this.#take(message);
        this.#upTo = results.at(-1)?.seq ?? this.#upTo;
        this.#more = results.length === PAGE;
        this.redraw();
      }
    });
    this.looking = false;
    this.redraw();
  }

  /** @param {any} message */
  #take(message) {
    if (message.seq === this.root || this.#messages.has(Number(message.reply_to)))
      this.#messages.set(message.seq, message);
  }

  /** What is in the log of the page is newer than what was read. */
  #all() {
    for (const item of this.room.items()) {
      if (item.type === "message" && item.seq > this.root) this.#take(item.message);
    }
    const all = [...this.#messages.keys()].sort((a, b) => a - b);
    return all.map((seq) => this.room.message(seq) ?? this.#messages.get(seq));
  }

  /** @override */
  body() {
    const [first, ...replies] = this.#all();
    return html`<div class="thread" tabindex="-1">
        ${first ? this.#message(first) : nothing}
        ${first && !replies.length && !this.looking ? html`<p class="muted">${says.threadEmpty}</p>` : nothing}
        ${replies.map((message) => this.#message(message))} ${this.#waiting()}
        ${this.looking ? html`<p class="muted" role="status">${says.threadLooking}</p>` : nothing}
        ${
          !this.looking && this.#more
            ? html`<button class="btn btn--s" type="button" @click=${() => this.#look()}>${says.threadFurther}</button>`
            : nothing
        }
      </div>
      ${this.said()} ${this.page.toast.template()}
      ${this.room.mayWrite && this.room.may("reply") ? this.field.template() : nothing} ${this.page.dragging.veil()}`;
  }

  /** One's own replies that are not in the log yet. */
  #waiting() {
    const all = this.page.chat.outbox.list(this.room.id);
    return all
      .filter((/** @type {any} */ one) => this.#messages.has(Number(one.reply_to)) && one.state !== "sent")
      .map(
        (/** @type {any} */ one) =>
          html`<p class="thread__wait" dir="auto">${markWord(one.state, false)}: ${gist(one, LINE)}</p>`,
      );
  }

  /** @param {any} message */
  #message(message) {
    const by = this.page.person(message.by);
    const at = sameDay(message.at, Date.now()) ? formatTime(message.at) : formatFull(message.at);
    const text = message.deleted
      ? html`<p class="gone">${says.gone}</p>`
      : html`<div class="msg__text" dir="auto">${renderMarkdown(message.text, { mention: this.page.names.person })}</div>
          ${files(this.page, message.attachments, null)}`;
    return html`<article class="thread__msg" data-seq=${message.seq} aria-label=${[by?.display_name, at].filter(Boolean).join(_(", "))}>
      ${avatar(by, { size: "m" })}
      <div class="msg__body"><div class="msg__by"><h3>${by?.display_name ?? "…"}</h3><time>${at}</time></div>${text}</div>
    </article>`;
  }
}
