/** Where one writes. The text leaves the field only when it is stored on this device. */
import { html, nothing } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { _ } from "../core/index.js";
import { boot } from "./boot.js";
import { ComposerFiles } from "./composer_files.js";
import { COUNTER_FROM, closed, emptyKeys, note, replyBar } from "./composer_parts.js";
import { askEveryone } from "./dialogs.js";
import { icon } from "./icons.js";
import { bytes } from "./size.js";
import { says, writeTo } from "./words_talk.js";

/** "Draft kept" is said when nothing was typed for so long. */
const KEPT_MS = 600;

/** What a link can lead to, and nothing beside it. */
const ADDRESS = /^https?:\/\/[^\s()<>]{1,2000}$/;
/** Naming everyone in a room of more people is asked about before it is sent. */
const TELLS_UNASKED = 20;
const EVERYONE = /(?<![\w@.])@everyone(?![\w-])/i;

/** A paste of more than so many times the limit is no message any more. */
const PASTED_AT_MOST = 4;

export class Composer {
  /** @type {{ value?: HTMLTextAreaElement }} */
  field = createRef();
  /** On a touch screen Enter breaks the line, and the button sends. */
  touch = matchMedia("(pointer: coarse)").matches;
  /** Bytes left until the limit; negative beyond it. */
  left = boot.limits.textBytes;
  blank = true;
  #text = "";
  /** The room whose text is in the field. @type {string | null} */
  room = null;
  #storing = false;
  problem = "";
  /** The message that is replied to. @type {number | null} */
  replying = null;
  /** Loaded with the first sign that it is about. @type {import("./complete.js").Completion | null} */
  #completion = null;
  kept = false;
  /** Draws the bar of marks, if it is open. @type {typeof import("./format_bar.js").formatBar | null} */
  #formatBar = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #keptTimer;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    this.files = new ComposerFiles(this);
  }

  /** There is nothing to send. */
  get empty() {
    return this.blank && this.files.ids.length === 0;
  }

  /** What was written in this room and cannot be sent any more. */
  get unsent() {
    return this.blank || this.room !== this.page.room.id ? "" : this.#text;
  }

  /** Brings the draft of a room. @param {string} id */
  async open(id) {
    await this.page.chat.drafts.flush();
    this.room = null;
    this.#completion = null;
    this.problem = "";
    this.kept = false;
    this.replying = null;
    const draft = await this.page.chat.drafts.load(id);
    if (this.page.room?.id !== id) return;
    this.page.draw();
    this.room = id;
    this.replying = draft?.reply_to ?? null;
    this.#write(draft?.text ?? "");
    void this.files.open(id, draft?.files ?? []);
    if (!this.touch && !this.page.covered) this.focus();
  }

  /** Drops a room's draft, also where it stands in the field. @param {string} id */
  async forget(id) {
    await this.page.chat.drafts.clear(id);
    if (id !== this.room) return;
    this.replying = null;
    this.files.drop();
    this.#write("");
  }

  /** Another tab has written in this room. What is being written here stays. @param {string} id */
  async draftElsewhere(id) {
    if (id !== this.room || document.hasFocus()) return;
    const draft = await this.page.chat.drafts.load(id);
    if (id !== this.room) return;
    this.replying = draft?.reply_to ?? null;
    this.#write(draft?.text ?? "");
    await this.files.open(id, draft?.files ?? []);
  }

  /** @param {number | null} seq null: the text is no reply any more */
  replyTo(seq) {
    this.replying = seq;
    this.keep();
    this.page.draw();
    this.focus();
  }

  template() {
    const { room } = this.page;
    if (!room.mayWrite) return closed(this);
    const name = room.kind === "direct" ? this.page.titleOf(room) : `#${this.page.titleOf(room)}`;
    const completing = this.#completion?.open === true;
    return html`<form class="comp" @submit=${this.#submit}>
      ${this.#completion?.template() ?? nothing}
      <div class="comp__box">
        ${replyBar(this)} ${this.files.template()} ${this.files.button("plus", "only-phone")}
        <textarea
          class="comp__text"
          id="write"
          rows="1"
          dir="auto"
          aria-label=${writeTo(name)}
          placeholder=${writeTo(name)}
          enterkeyhint=${this.touch ? "enter" : "send"}
          aria-describedby="note"
          aria-autocomplete="list"
          aria-controls=${completing ? "pick" : nothing}
          aria-activedescendant=${completing ? `pick-${this.#completion?.chosen}` : nothing}
          ${ref(this.field)}
          @keydown=${this.#keys}
          @input=${this.#input}
          @paste=${this.#pasted}
          @click=${this.#caret}
          @blur=${() => this.#completion?.close()}
        ></textarea>
        ${this.#formatBar?.(this.field.value, this.#input) ?? nothing}
        <div class="comp__end">
          <span class="comp__tools">
            ${this.files.button("paperclip", "only-desk")}
            <button class="icon" type="button" aria-label=${says.emoji} title=${says.emoji} @click=${this.#emoji}>${icon("smile")}</button>
            <button class="icon only-desk" type="button" aria-label=${says.mention} title=${says.mention} @click=${() => this.#insert("@")}>
              ${icon("at-sign")}
            </button>
            <button
              class="icon comp__aa"
              type="button"
              aria-label=${says.format}
              title=${says.format}
              aria-expanded=${this.#formatBar ? "true" : "false"}
              aria-controls=${this.#formatBar ? "marks" : nothing}
              @click=${this.#format}
            >
              ${says.formatSign}
            </button>
          </span>
          ${note(this)}
          <button class="send" type="submit" aria-label=${says.send} title=${says.send} ?disabled=${this.empty || this.left < 0}>
            ${icon("arrow-up")}
          </button>
        </div>
      </div>
    </form>`;
  }

  #format = async () => {
    if (this.#formatBar) this.#formatBar = null;
    else {
      try {
        this.#formatBar = (await import("./format_bar.js")).formatBar;
      } catch {
        this.page.cannotLoad();
      }
    }
    this.page.draw();
  };

  drop = () => {
    if (this.room !== null) void this.page.chat.drafts.clear(this.room);
    this.#measure("");
  };

  #emoji = (/** @type {Event} */ event) => {
    const opener = /** @type {HTMLElement} */ (event.currentTarget);
    void this.page.acts.openPicker(opener, (emoji) => this.#insert(emoji));
  };

  /** Writes where the caret is. @param {string} text @param {number} [from] @param {number} [to] */
  #insert(text, from = this.field.value?.selectionStart ?? 0, to = this.field.value?.selectionEnd ?? from) {
    const field = this.field.value;
    if (!field) return;
    field.focus();
    field.setRangeText(text, from, to, "end");
    this.#input();
  }

  #caret = () => this.#completion?.update();

  focus() {
    this.field.value?.focus({ preventScroll: true });
  }

  #keys = (/** @type {KeyboardEvent} */ event) => {
    if (this.#completion?.keys(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Escape" && this.replying !== null) {
      event.preventDefault();
      event.stopPropagation();
      this.replyTo(null);
    } else if (this.empty && !event.isComposing) emptyKeys(this, event);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !this.touch) {
      event.preventDefault();
      void this.send();
    }
  };

  #submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    void this.send();
    this.focus();
  };

  /** An address pasted on marked text makes a link of it. @param {string} pasted */
  #link(pasted) {
    const { selectionStart: from = 0, selectionEnd: to = 0, value = "" } = this.field.value ?? {};
    const chosen = value.slice(from, to);
    if (!ADDRESS.test(pasted.trim()) || !chosen.trim() || /[[\]\n]|^https?:/.test(chosen)) return false;
    this.#insert(`[${chosen}](${pasted.trim()})`, from, to);
    return true;
  }

  /** Pictures are files. Megabytes of text would hold the page up for a minute; what is not far beyond the limit can be shortened here. */
  #pasted = (/** @type {ClipboardEvent} */ event) => {
    if (this.files.takeFrom(event)) return event.preventDefault();
    const pasted = event.clipboardData?.getData("text/plain") ?? "";
    if (this.#link(pasted)) return event.preventDefault();
    if (pasted.length <= PASTED_AT_MOST * boot.limits.textBytes) return;
    event.preventDefault();
    this.problem = _("What you pasted is too long: at most {n} bytes.", { n: boot.limits.textBytes });
    this.page.announcer.alert(this.problem);
    void this.files.offer(pasted);
    this.page.schedule();
  };

  /** What was the problem is none any more. */
  unproblem() {
    this.problem = "";
  }

  #input = () => {
    const text = this.field.value?.value ?? "";
    this.problem = "";
    this.#measure(text);
    if (this.room === null) return;
    this.keep();
    this.page.chat.typing(this.room, text.trim() !== "");
    void this.#complete(text);
  };

  /** Keeps the draft, and says so when one stops writing. */
  keep() {
    if (this.room === null) return;
    this.kept = false;
    clearTimeout(this.#keptTimer);
    this.page.chat.drafts.save(this.room, this.field.value?.value ?? "", this.replying, this.files.ids);
    this.#keptTimer = setTimeout(() => {
      this.kept = true;
      this.page.schedule();
    }, KEPT_MS);
  }

  /** @param {string} text */
  async #complete(text) {
    if (!this.#completion && !/[@#:]/.test(text)) return;
    const field = this.field.value;
    if (!this.#completion && field) {
      const { Completion } = await import("./complete.js");
      this.#completion ??= new Completion(this.page, field, (word, from, to) => this.#insert(word, from, to));
    }
    this.#completion?.update();
  }

  /** @param {string} text */
  #measure(text) {
    // Counting bytes of a long text on each key is only worth it near the limit: a sign has four bytes at most.
    this.left =
      text.length * 4 < boot.limits.textBytes - COUNTER_FROM ? COUNTER_FROM : boot.limits.textBytes - bytes(text);
    this.blank = text.trim() === "";
    this.#text = text;
    this.page.schedule();
    this.#grow();
  }

  /** Where the browser has no `field-sizing`. */
  #grow() {
    const field = this.field.value;
    if (!field || CSS.supports("field-sizing", "content")) return;
    field.style.setProperty("block-size", "auto");
    field.style.setProperty("block-size", CSS.px(field.scrollHeight).toString());
  }

  /** @param {string} text */
  #write(text) {
    if (this.field.value) this.field.value.value = text;
    this.#measure(text);
  }

  /** Whether it names everyone in a room of many, which is worth a thought. @param {string} text */
  #tellsMany(text) {
    const { room } = this.page;
    return EVERYONE.test(text) && room.may("mention_everyone") && this.page.othersIn(room).length > TELLS_UNASKED;
  }

  async send(sure = false) {
    const field = this.field.value;
    const room = this.room;
    if (!field || room === null || this.#storing || this.empty || this.left < 0) return;
    if (!this.files.ready) return this.files.arm();
    const text = field.value;
    if (!sure && this.#tellsMany(text)) {
      void askEveryone(this.page, this.page.othersIn(this.page.room).length, () => void this.send(true));
      return;
    }
    const { ids, attachments } = this.files;
    this.#storing = true;
    try {
      await this.page.chat.send(room, text, { replyTo: this.replying, attachments });
    } catch {
      // Nothing is stored, so the text stays in the field.
      this.problem = says.notKept;
      this.page.schedule();
      return;
    } finally {
      this.#storing = false;
    }
    this.files.sent(ids);
    this.#sent(room, text);
  }

  /** Stored: what was written meanwhile stays. @param {string} room @param {string} text */
  #sent(room, text) {
    const field = this.field.value;
    if (this.room !== room || !field) return;
    const rest = field.value.startsWith(text) ? field.value.slice(text.length) : field.value;
    this.replying = null;
    this.kept = false;
    clearTimeout(this.#keptTimer);
    this.#completion?.close();
    this.#write(rest);
    const { ids } = this.files;
    if (rest || ids.length) this.page.chat.drafts.save(room, rest, null, ids);
    else void this.page.chat.drafts.clear(room);
    this.page.list.sent();
    this.page.draw();
  }
}
