/** The files of a message: pictures with their room kept before they come, everything else as cards. */
import { html, nothing } from "lit";
import { openLightbox } from "./dialogs.js";
import { icon } from "./icons.js";
import { download, kindWords, pictureWords, sizeWords } from "./words_files.js";

/** The longest side of a picture that stands alone, and of one among several; the shortest is for the style sheet. */
const ALONE = 320;
const AMONG = 180;

/**
 * @param {View.Page} page @param {Wire.Attachment[]} files
 * @param {number | null} seq of the message; null while it waits here
 */
export function files(page, files, seq) {
  if (!files?.length) return nothing;
  const pictures = files.filter((file) => page.previews.has(file));
  const others = files.filter((file) => !pictures.includes(file));
  const most = pictures.length > 1 ? AMONG : ALONE;
  return html`${pictures.length ? html`<div class="shots">${pictures.map((file) => shot(page, file, most, seq))}</div>` : nothing}
    ${others.length ? html`<div class="files">${others.map(card)}</div>` : nothing}`;
}

/** The kind of a file, as a small square. @param {{ name: string, type: string }} file */
export function kindMark(file) {
  const words = kindWords(file);
  return html`<span class="file__kind" aria-hidden="true">${words || icon("file")}</span>`;
}

/** @param {Wire.Attachment} file */
const card = (file) =>
  html`<a class="file" href=${file.url} download=${file.name} tabindex="-1" title=${file.name}>
    ${kindMark(file)} <span class="sr">${download}</span>
    <span class="file__words"><b class="cut" dir="auto">${file.name}</b><small>${sizeWords(file.size)}</small></span>
    ${icon("download", true)}
  </a>`;

/** @param {View.Page} page @param {Wire.Attachment} file @param {number} most @param {number | null} seq */
function shot(page, file, most, seq) {
  const [width, height] = box(file, most);
  const open = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || seq === null) return;
    event.preventDefault();
    void openLightbox(page, file.id);
  };
  return html`<a class="shot" href=${file.url} download=${file.name} tabindex="-1" data-file=${file.id} aria-label=${pictureWords(file)} @click=${open}>
    <img
      src=${page.previews.url(file)}
      width=${width}
      height=${height}
      alt=${file.alt || file.name}
      decoding="async"
      @load=${late}
      @error=${(/** @type {Event} */ event) => {
        late(event);
        page.previews.failed(file);
      }}
    />
  </a>`;
}

/** The browser's sign for a picture that did not come is not shown: it may be on its way. @param {Event} event */
const late = ({ target, type }) => /** @type {HTMLElement} */ (target).classList.toggle("late", type === "error");

/** How large it is drawn; not rounded, or it would change its height by a hair when it comes. @param {Wire.Attachment} file @param {number} most */
function box(file, most) {
  const { width = most, height = most } = file;
  const scale = Math.min(1, most / width, most / height);
  return [width, height].map((side) => (side * scale).toFixed(3));
}
