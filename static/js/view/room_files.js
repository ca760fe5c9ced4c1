/** The files of a room in its details, the newest first: pictures open, others are downloaded, and each leads to its message. */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { _, formatFull, locale } from "../core/index.js";
import { openLightbox } from "./dialogs.js";
import { kindMark } from "./files.js";
import { icon } from "./icons.js";
import { problem } from "./words.js";
import { download, sizeWords } from "./words_files.js";

/** What is shown at first, and what comes with each further page. */
const FIRST = 6;
const MORE = 30;
/** A panel is narrow: the day alone. */
const DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });

export class RoomFiles {
  /** The room that they are of. @type {any} */
  #room = null;
  /** @type {Wire.RoomFile[]} */
  #known = [];
  /** @type {string | null} */
  #next = null;
  #busy = false;
  #problem = "";

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    page.chat.addEventListener("message", (/** @type {any} */ event) =>
      this.#sent(event.detail.room, event.detail.message),
    );
  }

  template() {
    const { room } = this.page;
    if (this.#room !== room) this.#begin(room);
    const files = this.#all();
    return html`<section>
      <div class="panel__row"><h3>${_("Files")}</h3></div>
      ${
        files.length
          ? html`<ul class="kept">${repeat(
              files,
              ({ id }) => id,
              (file) => html`<li>${this.#file(file)}</li>`,
            )}</ul>`
          : nothing
      }
      ${this.#rest(files.length)}
    </section>`;
  }

  /** @param {any} room */
  #begin(room) {
    this.#room = room;
    this.#known = [];
    this.#next = null;
    void this.#ask(FIRST);
  }

  /** Those whose message is not deleted meanwhile. */
  #all() {
    const { acts } = this.page;
    return this.#known.filter(({ seq }) => !this.#room.message(seq)?.deleted && !acts.isRemoved(seq));
  }

  /** What is not told of here: it is on its way, did not come, or there is none. @param {number} count */
  #rest(count) {
    if (this.#problem) {
      return html`<p>${this.#problem}</p>
        <div><button class="link" type="button" @click=${() => this.#ask()}>${_("Try again")}</button></div>`;
    }
    if (this.#next !== null)
      return html`<div><button class="link" type="button" ?disabled=${this.#busy} @click=${() => this.#ask()}>${_("Show older ones")}</button></div>`;
    return count || this.#busy ? nothing : html`<p class="muted">${_("No files yet.")}</p>`;
  }

  async #ask(limit = this.#known.length ? MORE : FIRST) {
    const room = this.#room;
    this.#busy = true;
    this.#problem = "";
    this.page.schedule();
    try {
      const { results, next } = await this.page.chat.actions.files(room.id, limit, this.#next);
      if (this.#room !== room) return;
      this.#add(results, false);
      this.#next = next;
    } catch (error) {
      if (this.#room !== room) return;
      this.#problem = problem(error);
    }
    this.#busy = false;
    this.page.schedule();
  }

  /** @param {Wire.RoomFile[]} files @param {boolean} first */
  #add(files, first) {
    const fresh = files.filter(({ id }) => !this.#known.some((one) => one.id === id));
    this.#known = first ? [...fresh, ...this.#known] : [...this.#known, ...fresh];
  }

  /** A message has come. @param {any} room @param {any} message */
  #sent(room, message) {
    if (room !== this.#room || !message?.attachments?.length) return;
    const { seq, by, at } = message;
    this.#add(
      message.attachments.map((/** @type {Wire.Attachment} */ file) => ({ ...file, seq, by, at })),
      true,
    );
    this.page.schedule();
  }

  /** @param {Wire.RoomFile} file */
  #file(file) {
    const who = this.page.person(file.by)?.display_name ?? "…";
    const way = _("Go to the message of {name}", { name: who });
    return html`${this.#link(
      file,
      html`<span class="kept__words">
        <b class="cut" dir="auto">${file.name}</b>
        <small><span class="cut">${who}</span><time datetime=${file.at} title=${formatFull(file.at)}>${DAY.format(new Date(file.at))}</time><span>${sizeWords(file.size)}</span></small>
      </span>`,
    )}
    <button class="icon icon--s" type="button" aria-label=${way} title=${way} @click=${() => this.#goTo(file.seq)}>${icon("message-square", true)}</button>`;
  }

  /** @param {Wire.RoomFile} file @param {unknown} words */
  #link(file, words) {
    const { previews } = this.page;
    if (!previews.has(file)) {
      return html`<a class="kept__file" href=${file.url} download=${file.name} title=${file.name}>
        ${kindMark(file)}<span class="sr">${download}</span>${words}
      </a>`;
    }
    const open = (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void openLightbox(this.page, file.id, () => this.#all().reverse());
    };
    return html`<a class="kept__file" href=${file.url} download=${file.name} title=${file.name} @click=${open}>
      <img src=${previews.url(file)} alt=${file.alt ?? ""} width="40" height="40" loading="lazy" decoding="async" @error=${() => previews.failed(file)} />${words}
    </a>`;
  }

  /** @param {number} seq */
  #goTo(seq) {
    const { details, list } = this.page;
    if (details.covers) details.close();
    void list.place.goTo(seq, { back: true });
  }
}
