/** Files that are dragged over the page fall into the field in front. What is dropped anywhere else would replace the page. */
import { nothing } from "lit";

const hasFiles = (/** @type {DragEvent} */ event) =>
  event.dataTransfer?.types.some((type) => /^files$/i.test(type)) === true;

export class Dragging {
  #on = false;
  /** Brought with the first drag. @type {typeof import("./drop.js") | null} */
  #drop = null;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    document.addEventListener("dragover", this.#over);
    document.addEventListener("drop", this.#dropped);
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) void this.#set(false);
    });
  }

  /** Where they fall. @returns {import("./composer_files.js").ComposerFiles | null} */
  get #files() {
    const { composer, dialog, room } = this.page;
    if (dialog) return dialog.files ?? null;
    return room ? composer.files : null;
  }

  /** @param {boolean} on */
  async #set(on) {
    if (on === this.#on) return;
    this.#on = on;
    this.#drop ??= await import("./drop.js").catch(() => null);
    this.page.schedule();
  }

  #over = (/** @type {DragEvent} */ event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    const files = this.#files;
    event.dataTransfer.dropEffect = files?.may ? "copy" : "none";
    void this.#set(files !== null);
  };

  #dropped = (/** @type {DragEvent} */ event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    void this.#set(false);
    const files = this.#files;
    if (!files || !this.#drop || !event.dataTransfer) return;
    const { files: taken, refused } = this.#drop.dropped(event.dataTransfer);
    void files.add(taken, refused);
    files.field.focus();
  };

  /** Over the field's surroundings while files are dragged. */
  veil() {
    const files = this.#files;
    return this.#on && this.#drop && files ? this.#drop.veil(files) : nothing;
  }
}
