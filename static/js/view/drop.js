/** Files that are dragged over the room and dropped there; brought with the first that is. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";
import { limitWords } from "./words_files.js";

/** What is dragged, told from what is refused at once. @param {DataTransfer} data */
export function dropped(data) {
  const entries = [...data.items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.());
  const folders = entries.filter((entry) => entry?.isDirectory).map((entry) => entry?.name ?? "");
  return {
    files: [...data.files].filter(({ name }) => !folders.includes(name)),
    refused: folders.map((name) => ({ name, why: "folder" })),
  };
}

/** Over the field's surroundings while files are dragged. @param {import("./composer_files.js").ComposerFiles} files */
export function veil({ may, limits }) {
  const words = may ? _("Drop them to add them to your message") : _("You may not attach files in this room.");
  return html`<div class="drop" aria-hidden="true">
    <p>${icon("paperclip")}<b>${words}</b>${may ? html`<small>${limitWords(limits)}</small>` : nothing}</p>
  </div>`;
}
