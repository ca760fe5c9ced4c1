/** Files that are dragged over the page fall into the field in front: the room's, or that of a thread. Brought with the first drag. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";
import { limitWords } from "./words_files.js";

export class Drop {
  #over = false;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** Where they fall. @returns {import("./composer_files.js").ComposerFiles | null} */
  get #files() {
    const { composer, layers, room } = this.page;
    const { dialog } = layers;
    if (dialog) return dialog.files ?? null;
    return room ? composer.files : null;
  }

  /** @param {boolean} over */
  #show(over) {
    if (over === this.#over) return;
    this.#over = over;
    this.page.schedule();
  }

  dragover(/** @type {DragEvent} */ { dataTransfer }) {
    const files = this.#files;
    if (dataTransfer) dataTransfer.dropEffect = files?.may ? "copy" : "none";
    this.#show(files !== null);
  }

  dragleave(/** @type {DragEvent} */ { relatedTarget }) {
    if (relatedTarget === null) this.#show(false);
  }

  drop(/** @type {DragEvent} */ { dataTransfer }) {
    const files = this.#over ? this.#files : null;
    this.#show(false);
    if (!files || !dataTransfer) return;
    const { taken, refused } = dropped(dataTransfer);
    void files.add(taken, refused);
    files.field.focus();
  }

  /** Over the field's surroundings while files are dragged. */
  veil() {
    const files = this.#files;
    if (!this.#over || !files) return nothing;
    const words = files.may ? _("Drop them to add them to your message") : _("You may not attach files in this room.");
    return html`<div class="drop" aria-hidden="true">
      <p>${icon("paperclip")}<b>${words}</b>${files.may ? html`<small>${limitWords(files.limits)}</small>` : nothing}</p>
    </div>`;
  }
}

/** What is dropped, told from what is refused at once. @param {DataTransfer} data */
function dropped(data) {
  const entries = [...data.items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.());
  const folders = entries.filter((entry) => entry?.isDirectory).map((entry) => entry?.name ?? "");
  return {
    taken: [...data.files].filter(({ name }) => !folders.includes(name)),
    refused: folders.map((name) => ({ name, why: "folder" })),
  };
}
