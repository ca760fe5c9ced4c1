/** Where one replies in a thread: words and files, as in the room's own field. What was begun stays while the page is open. */
import { html } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { ComposerFiles } from "./composer_files.js";
import { note } from "./composer_parts.js";
import { bytes } from "./size.js";
import { sends } from "./wishes.js";
import { says } from "./words_talk.js";

/** By thread. @type {Map<string, ThreadField>} */
const fields = new Map();

/** The field of a thread, with what was begun in it. @param {View.Page} page @param {string} room @param {number} root its first message */
export function replyField(page, room, root) {
  const place = `${room}/${root}`;
  const field = fields.get(place) ?? new ThreadField(page, room, root, place);
  fields.set(place, field);
  field.files.ahead();
  return field;
}

class ThreadField {
  text = "";
  problem = "";
  kept = false;
  /** @type {{ value?: HTMLTextAreaElement }} */
  #area = createRef();
  #storing = false;

  /** @param {View.Page} page @param {string} room @param {number} root @param {string} place */
  constructor(page, room, root, place) {
    this.page = page;
    this.room = room;
    this.root = root;
    this.place = place;
    this.files = new ComposerFiles(this);
  }

  get empty() {
    return !this.text.trim() && !this.files.ids.length;
  }

  /** Bytes until the limit; negative beyond it. */
  get left() {
    return this.page.limits.textBytes - bytes(this.text);
  }

  focus() {
    this.#area.value?.focus();
  }

  /** Nothing is written down: it stays as long as the page. */
  keep() {
    this.page.schedule();
  }

  template() {
    return html`<form class="thread__form" @submit=${this.#submit}>
      ${this.files.template()}
      <textarea
        class="input"
        rows="2"
        dir="auto"
        aria-label=${says.replyInThread}
        aria-describedby="thread-note"
        placeholder=${says.replyInThread}
        enterkeyhint=${this.page.composer.touch ? "enter" : "send"}
        .value=${this.text}
        autofocus
        ${ref(this.#area)}
        @input=${this.#input}
        @keydown=${this.#keys}
        @paste=${this.#pasted}
      ></textarea>
      <div class="thread__end">
        ${this.files.button("paperclip", "")} ${note({ ...this, field: this, empty: this.empty }, "thread-note")}
        <button class="btn btn--go" type="submit" ?disabled=${this.left < 0}>${says.reply}</button>
      </div>
    </form>`;
  }

  #input = (/** @type {Event} */ event) => {
    this.text = /** @type {HTMLTextAreaElement} */ (event.target).value;
    this.problem = "";
    this.page.schedule();
  };

  #keys = (/** @type {KeyboardEvent} */ event) => {
    if (!sends(event)) return;
    event.preventDefault();
    void this.send();
  };

  #pasted = (/** @type {ClipboardEvent} */ event) => {
    if (this.files.takeFrom(event)) event.preventDefault();
  };

  #submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    void this.send();
    this.focus();
  };

  /** Sends it, once all of its files are there. @returns {Promise<void>} */
  async send() {
    if (this.empty || this.#storing || this.left < 0) return;
    if (!this.files.ready) return this.files.arm();
    const { text, room, root } = this;
    const { ids, attachments } = this.files;
    this.#storing = true;
    try {
      await this.page.chat.send(room, text, { replyTo: root, attachments });
    } catch {
      this.problem = says.notKept;
      return this.page.schedule();
    } finally {
      this.#storing = false;
    }
    this.files.sent(ids);
    // What was written meanwhile stays.
    this.text = this.text.startsWith(text) ? this.text.slice(text.length) : this.text;
    this.page.schedule();
  }
}
