/** What is one's own on top of the rooms pane: what names one, what one has begun to write, what was refused. */
import { html, nothing } from "lit";
import { _, ngettext } from "../core/index.js";
import { openUnsent } from "./dialogs.js";
import { icon } from "./icons.js";
import { layerUrl } from "./router.js";
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

/** A phone has a tab for mentions, and shows the others only where there is something. @param {View.Page} page */
export function ownEntries(page) {
  const drafts = page.chat.drafts.rooms.length;
  const { failed } = page.chat.outbox;
  return html`<ul class="own">
    ${entry({ name: _("Mentions"), glyph: "at-sign", href: layerUrl("mentions"), end: mentionsBadge(page), strong: mentioned(page) > 0, desk: true })}
    ${entry({ name: _("Drafts"), glyph: "pencil", href: layerUrl("drafts"), end: count(drafts), desk: !drafts })}
    ${failed ? entry({ name: _("Not sent"), glyph: "circle-alert", open: () => openUnsent(page), end: count(failed), strong: true }) : nothing}
  </ul>`;
}

/** @param {number} n */
const count = (n) => (n ? html`<span class="count">${short(n)}</span>` : nothing);

/**
 * @param {{
 *   name: string, glyph: string, href?: string, open?: () => unknown, end: unknown, strong?: boolean, desk?: boolean,
 * }} entry `href`: where it leads, or `open`: what it opens
 */
function entry({ name, glyph, href, open, end, strong = false, desk = false }) {
  const looks = strong ? "rm is-unread" : "rm";
  const inside = html`<span class="rm__glyph">${icon(glyph, true)}</span><span class="rm__two">${name}</span><span class="rm__end">${end}</span>`;
  return html`<li class=${desk ? "only-desk" : nothing}>
    ${
      href
        ? html`<a class=${looks} href=${href}>${inside}</a>`
        : html`<button class=${looks} type="button" aria-haspopup="dialog" @click=${open}>${inside}</button>`
    }
  </li>`;
}
