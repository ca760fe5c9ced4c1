/** What is one's own on top of the rooms pane: what names one, and what one has begun to write. */
import { html, nothing } from "lit";
import { _, ngettext } from "../core/index.js";
import { openDrafts, openMentions } from "./dialogs.js";
import { icon } from "./icons.js";
import { short } from "./words.js";

/** Messages that name one, in all rooms together. @param {View.Page} page @returns {number} */
const mentioned = (page) =>
  page.chat.rooms.list().reduce((/** @type {number} */ sum, /** @type {any} */ room) => sum + room.mentions, 0);

/** @param {View.Page} page */
export function mentionsBadge(page) {
  const n = mentioned(page);
  if (!n) return nothing;
  const words = ngettext("{n} message names you", "{n} messages name you", n);
  return html`<span class="badge"><span aria-hidden="true">${short(n)}</span><span class="sr">${words}</span></span>`;
}

/** @param {View.Page} page */
export function ownEntries(page) {
  const drafts = page.chat.drafts.rooms.length;
  return html`<ul class="own">
    <li class="only-desk">
      <button class=${mentioned(page) ? "rm is-unread" : "rm"} type="button" aria-haspopup="dialog" @click=${() => openMentions(page)}>
        <span class="rm__glyph">${icon("at-sign", true)}</span><span class="rm__two">${_("Mentions")}</span
        ><span class="rm__end">${mentionsBadge(page)}</span>
      </button>
    </li>
    <li class=${drafts ? nothing : "only-desk"}>
      <button class="rm" type="button" aria-haspopup="dialog" @click=${() => openDrafts(page)}>
        <span class="rm__glyph">${icon("pencil", true)}</span><span class="rm__two">${_("Drafts")}</span
        ><span class="rm__end">${drafts ? html`<span class="count">${short(drafts)}</span>` : nothing}</span>
      </button>
    </li>
  </ul>`;
}
