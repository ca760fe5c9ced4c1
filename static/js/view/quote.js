/** Above a reply: whose words it answers, in one line; pressing it goes there. */
import { html } from "lit";
import { avatar } from "./avatars.js";
import { messageUrl } from "./router.js";
import { gist } from "./words_files.js";
import { says } from "./words_talk.js";

const MOST = 140;

/** What a quote depends on. @param {View.Page} page @param {number | null} seq */
export const quoted = (page, seq) => (seq ? page.originals.get(seq) : null);

/** @param {View.Page} page @param {number} seq @param {any} original undefined: not known here */
export function quote(page, seq, original) {
  const by = original && page.person(original.by);
  const name = by?.display_name ?? "";
  const words = !original ? says.originalFar : original.deleted ? says.originalDeleted : gist(original, MOST);
  const go = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    void page.list.place.goTo(seq, { back: true });
  };
  return html`<a class="quote" href=${messageUrl(page.room.id, seq)} tabindex="-1" @click=${go}>
    <span class="sr">${says.toOriginal}</span>${original && !original.deleted ? html`${avatar(by, { size: "xs" })}<b>${name}</b>` : ""}<span class="cut" dir="auto">${words}</span>
  </a>`;
}
