/** The text box of the composer: its text, how much more fits, writing where the caret is, and what completes a word. */
import { nothing } from "lit";
import { createRef } from "lit/directives/ref.js";
import { boot } from "./boot.js";
import { COUNTER_FROM } from "./composer_parts.js";
import { bytes } from "./size.js";

/** What a link can lead to, and nothing beside it. */
const ADDRESS = /^https?:\/\/[^\s()<>]{1,2000}$/;

export class Field {
  /** @type {{ value?: HTMLTextAreaElement }} */
  box = createRef();
  /** Bytes left until the limit; negative beyond it. */
  left = boot.limits.textBytes;
  /** What stands in it, also when it is not drawn. */
  text = "";
  /** Loaded with the first sign that it is about. @type {import("./complete.js").Completion | null} */
  completion = null;

  /** @param {View.Page} page @param {() => void} typed called when the person, or a tool, has changed the text */
  constructor(page, typed) {
    this.page = page;
    this.typed = typed;
  }

  get blank() {
    return this.text.trim() === "";
  }

  focus() {
    this.box.value?.focus({ preventScroll: true });
  }

  /** Writes where the caret is. @param {string} text @param {number} [from] @param {number} [to] */
  insert(text, from = this.box.value?.selectionStart ?? 0, to = this.box.value?.selectionEnd ?? from) {
    const box = this.box.value;
    if (!box) return;
    box.focus();
    box.setRangeText(text, from, to, "end");
    this.typed();
  }

  /** An address pasted on marked text makes a link of it. @param {string} pasted @returns {boolean} whether it did */
  link(pasted) {
    const { selectionStart: from = 0, selectionEnd: to = 0, value = "" } = this.box.value ?? {};
    const chosen = value.slice(from, to);
    if (!ADDRESS.test(pasted.trim()) || !chosen.trim() || /[[\]\n]|^https?:/.test(chosen)) return false;
    this.insert(`[${chosen}](${pasted.trim()})`, from, to);
    return true;
  }

  /** Another text altogether. @param {string} text */
  write(text) {
    if (this.box.value) this.box.value.value = text;
    this.measure(text);
  }

  /** @param {string} text what stands in it now */
  measure(text) {
    // Counting bytes of a long text on each key is only worth it near the limit: a sign has four bytes at most.
    this.left =
      text.length * 4 < boot.limits.textBytes - COUNTER_FROM ? COUNTER_FROM : boot.limits.textBytes - bytes(text);
    this.text = text;
    this.page.schedule();
    this.#grow();
  }

  /** Where the browser has no `field-sizing`. */
  #grow() {
    const box = this.box.value;
    if (!box || CSS.supports("field-sizing", "content")) return;
    box.style.setProperty("block-size", "auto");
    box.style.setProperty("block-size", CSS.px(box.scrollHeight).toString());
  }

  /** Offers what completes the word at the caret. */
  async complete() {
    const box = this.box.value;
    if (!this.completion && (!box || !/[@#:]/.test(this.text))) return;
    if (!this.completion && box) {
      const { Completion } = await import("./complete.js");
      this.completion ??= new Completion(this.page, box, (word, from, to) => this.insert(word, from, to));
    }
    this.completion?.update();
  }

  /** What a screen reader is told of the list of completions. */
  get described() {
    const open = this.completion?.open === true;
    return { list: open ? "pick" : nothing, chosen: open ? `pick-${this.completion?.chosen}` : nothing };
  }
}
