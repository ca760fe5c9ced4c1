/** What several rooms have for one, gathered in a dialog: each with its room, its words, and what can be done. */
import { html, nothing } from "lit";
import { _, formatDay, formatFull, formatTime, sameDay } from "../core/index.js";
import { icon, roomGlyph } from "./icons.js";
import { roomUrl } from "./router.js";

/** How a room is called here; of one that one is not in any more nothing is known. @param {View.Page} page @param {string} id */
export function roomWords(page, id) {
  const room = page.chat.rooms.get(id);
  return room ? page.titleOf(room) : _("A room that you are not in any more");
}

/** The hour for today, the day before. @param {string | number} at */
const moment = (at) =>
  html`<time datetime=${new Date(at).toISOString()} title=${formatFull(at)}>${sameDay(at, Date.now()) ? formatTime(at) : formatDay(at)}</time>`;

/**
 * One entry.
 * @param {View.Page} page
 * @param {{
 *   room: string, text: unknown, at?: string | number | null, why?: string, href?: string, onGo?: () => void, acts?: unknown,
 * }} entry `href`: where its link leads, the room if left out; `why`: what is wrong with it
 */
export function gathered(page, { room, text, at = null, why = "", href = roomUrl(room), onGo, acts = nothing }) {
  const known = page.chat.rooms.get(room);
  const name = html`${known && known.kind !== "direct" ? roomGlyph(known.kind) : nothing}<span class="cut">${roomWords(page, room)}</span>`;
  return html`<li class="gathered">
    <div class="gathered__head">
      ${known ? html`<a href=${href} @click=${onGo}>${name}</a>` : html`<b>${name}</b>`}
      ${at === null ? nothing : moment(at)}
    </div>
    <p class="gathered__text" dir="auto">${text}</p>
    ${why ? html`<p class="problem">${icon("circle-alert", true)}${why}</p>` : nothing}
    ${acts === nothing ? nothing : html`<div class="gathered__acts">${acts}</div>`}
  </li>`;
}
