/** Where one writes. The text leaves the field only when it is stored on this device. */
import { html, nothing } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { boot } from "./boot.js";
import { icon } from "./icons.js";
import { bytes } from "./size.js";

/** The counter shows from this many bytes before the limit on. */
const COUNTER_FROM = 200;

export class Composer {
  /** @type {{ value?: HTMLTextAreaElement }} */
  field = createRef();
  /** On a touch screen Enter breaks the line, and the button sends. */
  touch = matchMedia("(pointer: coarse)").matches;
  /** Bytes left until the limit; negative beyond it. */
  left = boot.limits.textBytes;
  blank = true;
  /** The room whose text is in the field. @type {string | null} */
  #room = null;
  #storing = false;
  #problem = "";

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** Brings the draft of a room. @param {string} id */
  async open(id) {
    await this.page.chat.drafts.flush();
    this.#room = null;
    this.#problem = "";
    const draft = await this.page.chat.drafts.load(id);
    if (this.page.room?.id !== id) return;
    this.page.draw();
    this.#room = id;
    this.#write(draft?.text ?? "");
    if (!this.touch && !this.page.covered) this.focus();
  }

  template() {
    const { room } = this.page;
    if (room.archived) {
      return html`<div class="comp__closed"><p>This room is closed. It can be read, and nobody can write in it.</p></div>`;
    }
    const name = room.kind === "direct" ? this.page.titleOf(room) : `#${this.page.titleOf(room)}`;
    return html`<form class="comp" @submit=${this.#submit}>
      <div class="comp__box">
        <textarea
          class="comp__text"
          id="write"
          rows="1"
          dir="auto"
          aria-label="Message ${name}"
          placeholder="Message ${name}"
          enterkeyhint=${this.touch ? "enter" : "send"}
          aria-describedby="note"
          ${ref(this.field)}
          @keydown=${this.#keys}
          @input=${this.#input}
        ></textarea>
        <div class="comp__end">
          <span class=${this.left < 0 || this.#problem ? "note note--over" : "note"} id="note">${this.#note()}</span>
          <button class="send" type="submit" aria-label="Send" title="Send" ?disabled=${this.blank || this.left < 0}>
            ${icon("arrow-up")}
          </button>
        </div>
      </div>
    </form>`;
  }

  #note() {
    if (this.#problem) return this.#problem;
    if (this.left < 0) return `${-this.left} too many`;
    return this.left < COUNTER_FROM ? `${this.left} left` : nothing;
  }

  focus() {
    this.field.value?.focus({ preventScroll: true });
  }

  #keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || this.touch) return;
    event.preventDefault();
    void this.#send();
  };

  #submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    void this.#send();
    this.focus();
  };

  #input = () => {
    const text = this.field.value?.value ?? "";
    this.#problem = "";
    this.#measure(text);
    if (this.#room === null) return;
    this.page.chat.drafts.save(this.#room, text);
    this.page.chat.typing(this.#room, text.trim() !== "");
  };

  /** @param {string} text */
  #measure(text) {
    // Counting bytes of a long text on each key is only worth it near the limit: a sign has four bytes at most.
    this.left =
      text.length * 4 < boot.limits.textBytes - COUNTER_FROM ? COUNTER_FROM : boot.limits.textBytes - bytes(text);
    this.blank = text.trim() === "";
    this.page.schedule();
    this.#grow();
  }

  /** Where the browser has no `field-sizing`. */
  #grow() {
    const field = this.field.value;
    if (!field || CSS.supports("field-sizing", "content")) return;
    field.style.setProperty("block-size", "auto");
    field.style.setProperty("block-size", `${field.scrollHeight}px`);
  }

  /** @param {string} text */
  #write(text) {
    const field = this.field.value;
    if (!field) return;
    field.value = text;
    this.#measure(text);
  }

  async #send() {
    const field = this.field.value;
    const room = this.#room;
    if (!field || room === null || this.#storing || this.blank || this.left < 0) return;
    const text = field.value;
    this.#storing = true;
    try {
      await this.page.chat.send(room, text);
    } catch {
      // Nothing is stored, so the text stays in the field.
      this.#problem = "It could not be kept on this device. Try again.";
      this.page.schedule();
      return;
    } finally {
      this.#storing = false;
    }
    this.#sent(room, text);
  }

  /** Stored: what was written meanwhile stays. @param {string} room @param {string} text */
  #sent(room, text) {
    const field = this.field.value;
    if (this.#room !== room || !field) return;
    const rest = field.value.startsWith(text) ? field.value.slice(text.length) : field.value;
    this.#write(rest);
    if (rest) this.page.chat.drafts.save(room, rest);
    else void this.page.chat.drafts.clear(room);
    this.page.list.sent();
    this.page.draw();
  }
}
