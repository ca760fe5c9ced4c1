/** Files that are dragged over the page. What is dropped anywhere would replace it, so it is held up at once; the rest is brought. */
import { nothing } from "lit";

const KINDS = /** @type {const} */ (["dragover", "drop", "dragleave"]);

export class Dragging {
  /** @type {import("./drop.js").Drop | null} */
  #drop = null;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    for (const kind of KINDS) document.addEventListener(kind, (event) => void this.#heard(kind, event));
  }

  /** @param {KINDS[number]} kind @param {DragEvent} event */
  async #heard(kind, event) {
    if (!event.dataTransfer?.types.some((type) => /^files$/i.test(type))) return;
    event.preventDefault();
    if (!this.#drop) {
      const { Drop } = await import("./drop.js");
      this.#drop ??= new Drop(this.page);
    }
    this.#drop[kind](event);
  }

  /** Over the field's surroundings while files are dragged. */
  veil() {
    return this.#drop?.veil() ?? nothing;
  }
}
