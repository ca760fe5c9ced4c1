/** Where one writes. The text leaves the field only when it is stored on this device. */
import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { Field } from "./composer_field.js";
import { ComposerFiles } from "./composer_files.js";
import { closed, emptyKeys, note, replyBar, undoes } from "./composer_parts.js";
import { askEveryone } from "./dialogs.js";
import { icon } from "./icons.js";
import { sends } from "./wishes.js";
import { says, writeTo } from "./words_talk.js";

/** "Draft kept" is said when nothing was typed for so long. */
const KEPT_MS = 600;

/** Naming everyone in a room of more people is asked about before it is sent. */
const TELLS_UNASKED = 20;
const EVERYONE = /(?<![\w@.])@everyone(?![\w-])/i;

export class Composer {
  /** On a touch screen Enter breaks the line, and the button sends. */
  touch = matchMedia("(pointer: coarse)").matches;
  /** The room whose text is in the field. @type {string | null} */
  room = null;
  #storing = false;
  problem = "";
  /** The message that is replied to. @type {number | null} */
  replying = null;
  kept = false;
  /** Draws the bar of marks, if it is open. @type {typeof import("./format_bar.js").formatBar | null} */
  #formatBar = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #keptTimer;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    this.field = new Field(page, () => this.#typed());
    this.files = new ComposerFiles(this);
  }

  /** Which draft its files belong to. */
  get place() {
    return this.room;
  }

  /** There is nothing to send. */
  get empty() {
    return this.field.blank && this.files.ids.length === 0;
  }

  /** What was written in this room and cannot be sent any more. */
  get unsent() {
    return this.field.blank || this.room !== this.page.room.id ? "" : this.field.text;
  }

  /** Brings the draft of a room. @param {string} id */
  async open(id) {
    await this.page.chat.drafts.flush();
    this.room = null;
    this.field.completion = null;
    this.problem = "";
    this.kept = false;
    this.replying = null;
    const draft = await this.page.chat.drafts.load(id);
    if (this.page.room?.id !== id) return;
    this.page.draw();
    this.room = id;
    this.replying = draft?.reply_to ?? null;
    this.field.write(draft?.text ?? "");
    void this.files.open(id, draft?.files ?? []);
    if (!this.touch && !this.page.covered) this.focus();
  }

  /** Drops a room's draft, also where it stands in the field. @param {string} id */
  async forget(id) {
    await this.page.chat.drafts.clear(id);
    if (id !== this.room) return;
    this.replying = null;
    this.files.drop();
    this.field.write("");
  }

  /** Another tab has written in this room. What is being written here stays. @param {string} id */
  async draftElsewhere(id) {
    if (id !== this.room || document.hasFocus()) return;
    const draft = await this.page.chat.drafts.load(id);
    if (id !== this.room) return;
    this.replying = draft?.reply_to ?? null;
    this.field.write(draft?.text ?? "");
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
    const { field } = this;
    return html`<form class="comp" @submit=${this.#submit}>
      ${field.completion?.template() ?? nothing}
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
          aria-controls=${field.described.list}
          aria-activedescendant=${field.described.chosen}
          ${ref(field.box)}
          @keydown=${this.#keys}
          @input=${field.typed}
          @paste=${this.#pasted}
          @click=${() => field.completion?.update()}
          @blur=${() => field.completion?.close()}
        ></textarea>
        ${this.#formatBar?.(field.box.value, field.typed) ?? nothing}
        <div class="comp__end">
          <span class="comp__tools">
            ${this.files.button("paperclip", "only-desk")}
            <button class="icon" type="button" aria-label=${says.emoji} title=${says.emoji} @click=${this.#emoji}>${icon("smile")}</button>
            <button class="icon only-desk" type="button" aria-label=${says.mention} title=${says.mention} @click=${() => field.insert("@")}>
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
          <button class="send" type="submit" aria-label=${says.send} title=${says.send} ?disabled=${this.empty || field.left < 0}>
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
        this.page.layers.cannotLoad();
      }
    }
    this.page.draw();
  };

  drop = () => {
    if (this.room !== null) void this.page.chat.drafts.clear(this.room);
    this.field.measure("");
  };

  #emoji = (/** @type {Event} */ event) => {
    const opener = /** @type {HTMLElement} */ (event.currentTarget);
    void this.page.acts.openPicker(opener, (emoji) => this.field.insert(emoji));
  };

  focus() {
    this.field.focus();
  }

  #keys = (/** @type {KeyboardEvent} */ event) => {
    if (this.field.completion?.keys(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Escape" && this.replying !== null) {
      event.preventDefault();
      event.stopPropagation();
      this.replyTo(null);
    } else if (undoes(this, event)) event.preventDefault();
    else if (this.empty && !event.isComposing) emptyKeys(this, event);
    else if (sends(event)) {
      event.preventDefault();
      void this.send();
    }
  };

  #submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    void this.send();
    this.focus();
  };

  #pasted = (/** @type {ClipboardEvent} */ event) => {
    if (this.files.takeFrom(event)) return event.preventDefault();
    if (this.field.link(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
  };

  #typed() {
    const text = this.field.box.value?.value ?? "";
    this.problem = "";
    this.field.measure(text);
    if (this.room === null) return;
    this.keep();
    this.page.chat.typing(this.room, text.trim() !== "");
    void this.field.complete();
  }

  /** Keeps the draft, and says so when one stops writing. */
  keep() {
    if (this.room === null) return;
    this.kept = false;
    clearTimeout(this.#keptTimer);
    this.page.chat.drafts.save(this.room, this.field.text, this.replying, this.files.ids);
    this.#keptTimer = setTimeout(() => {
      this.kept = true;
      this.page.schedule();
    }, KEPT_MS);
  }

  /** Whether it names everyone in a room of many, which is worth a thought. @param {string} text */
  #tellsMany(text) {
    const { room } = this.page;
    return EVERYONE.test(text) && room.may("mention_everyone") && this.page.othersIn(room).length > TELLS_UNASKED;
  }

  /** @param {boolean} [sure] whoever is told by it was asked about @returns {Promise<void>} */
  async send(sure = false) {
    const field = this.field.box.value;
    const room = this.room;
    if (!field || room === null || this.#storing || this.empty || this.field.left < 0) return;
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
    const field = this.field.box.value;
    if (this.room !== room || !field) return;
    const rest = field.value.startsWith(text) ? field.value.slice(text.length) : field.value;
    this.replying = null;
    this.kept = false;
    clearTimeout(this.#keptTimer);
    this.field.completion?.close();
    this.field.write(rest);
    const { ids } = this.files;
    if (rest || ids.length) this.page.chat.drafts.save(room, rest, null, ids);
    else void this.page.chat.drafts.clear(room);
    this.page.list.sent();
    this.page.draw();
  }
}
