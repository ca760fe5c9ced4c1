/** The rooms pane: the place, rooms, direct messages, oneself. */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { plainText } from "../core/index.js";
import { avatar } from "./avatars.js";
import { boot } from "./boot.js";
import { openBrowse, openDirect, openNewRoom } from "./dialogs.js";
import { icon, logo, roomGlyph } from "./icons.js";
import { meRow } from "./me.js";
import { roomUrl } from "./router.js";
import { short } from "./words.js";

const PHONE = matchMedia("(max-width: 47.99rem)");

/** @param {View.Page} page @param {boolean} inert */
export function roomsPane(page, inert) {
  const rooms = page.chat.rooms
    .list()
    .filter((/** @type {any} */ room) => room.myRole !== null || room.cursor !== null);
  const direct = rooms
    .filter((/** @type {any} */ room) => room.kind === "direct")
    .sort((/** @type {any} */ a, /** @type {any} */ b) => page.titleOf(a).localeCompare(page.titleOf(b)));
  const open = rooms.filter((/** @type {any} */ room) => room.kind !== "direct");
  const catching = page.chat.line.value.state === "catching-up";
  // On a phone without an open room this pane is all there is.
  const alone = PHONE.matches && page.place.id === null;
  const place = boot.site.name;
  return html`<div
    class=${catching ? "side is-catching" : "side"}
    role=${alone ? "main" : "complementary"}
    aria-label="Rooms"
    ?inert=${inert}
  >
    <div class="side__top">
      <div class="side__org">
        ${logo()}${
          alone
            ? html`<h1 class="side__place cut" title=${place}>${place}</h1>`
            : html`<strong class="side__place cut" title=${place}>${place}</strong>`
        }
        ${button("New direct message", "pencil", () => openDirect(page))}
      </div>
    </div>
    <nav class="side__nav" id="rooms" tabindex="-1" aria-label="Rooms">
      <div class="sec">
        <h2>Rooms</h2>
        ${button("New room", "plus", () => openNewRoom(page), true)}
      </div>
      ${rows(page, open)}
      <button class="side__more" type="button" @click=${() => openBrowse(page)}>
        <span class="rm__glyph">${icon("compass", true)}</span>Browse rooms
      </button>
      <div class="sec">
        <h2>Direct</h2>
        ${button("New direct message", "plus", () => openDirect(page), true)}
      </div>
      ${rows(page, direct)}
      ${
        direct.length || !page.chat.rooms.loaded
          ? nothing
          : html`<p class="side__none">Write to one person, or to a few.</p>`
      }
    </nav>
    ${meRow(page)}
  </div>`;
}

/** @param {string} label @param {string} name @param {() => void} act @param {boolean} [small] */
const button = (label, name, act, small = false) =>
  html`<button
    class=${small ? "icon icon--s" : "icon"}
    type="button"
    aria-label=${label}
    title=${label}
    @click=${act}
  >
    ${icon(name, small)}
  </button>`;

/** @param {View.Page} page @param {any[]} rooms */
const rows = (page, rooms) =>
  html`<ul>
    ${repeat(
      rooms,
      (room) => room.id,
      (room) => html`<li>${row(page, room)}</li>`,
    )}
  </ul>`;

/** @param {View.Page} page @param {any} room */
function row(page, room) {
  const title = page.titleOf(room);
  const current = page.place.id === room.id;
  const unread = room.unread > 0;
  const draft = !current && page.chat.drafts.has(room.id);
  const last = lastSaid(page, room);
  return html`<a
    class=${unread && !current ? "rm is-unread" : "rm"}
    href=${roomUrl(room.id)}
    aria-current=${current ? "page" : nothing}
    title=${title}
  >
    <span class="rm__glyph">${glyph(page, room)}</span>
    <span class="rm__two"
      ><span class="cut" dir="auto">${title}</span><span class="sr">${kindWords(page, room)}</span>${
        last ? html`<small class="cut">${last.text}</small>` : nothing
      }</span
    >
    <span class="rm__end"
      >${last ? html`<time>${last.time}</time>` : nothing}${
        draft ? html`<span title="Draft">${icon("pencil", true)}<span class="sr">draft</span></span>` : nothing
      }${counter(room)}</span
    >
  </a>`;
}

/** The badge counts what names you, the plain number what is unread. @param {any} room */
function counter({ mentions, unread }) {
  if (mentions > 0) {
    const words = mentions === 1 ? " message names you" : " messages name you";
    return html`<span class="badge">${short(mentions)}<span class="sr">${words}</span></span>`;
  }
  return unread > 0 ? html`<span class="count">${short(unread)}<span class="sr"> unread</span></span>` : nothing;
}

/** @param {View.Page} page @param {any} room */
function glyph(page, room) {
  if (room.kind !== "direct") return roomGlyph(room.kind);
  const others = page.othersIn(room);
  if (others.length > 1)
    return html`<span class="avatar avatar--s" data-h="2" aria-hidden="true">${others.length}</span>`;
  const id = others[0] ?? page.me.id;
  return avatar(page.person(id), { size: PHONE.matches ? "l" : "s", presence: page.chat.people.presence(id) });
}

/** What the sign before a name says to those who see it. @param {View.Page} page @param {any} room */
function kindWords(page, room) {
  if (room.kind !== "direct") return room.kind === "private" ? ", private" : "";
  const [id, second] = page.othersIn(room);
  if (!id || second) return "";
  return { online: ", here", away: ", away", offline: "" }[/** @type {"online"} */ (page.chat.people.presence(id))];
}

/** Previews by message, because rendering one takes longer than drawing its row. @type {WeakMap<object, string>} */
const previews = new WeakMap();

/** @param {any} message */
function preview(message) {
  const known = previews.get(message) ?? plainText(message.text, 80);
  previews.set(message, known);
  return known;
}

/** What was said last, for the two-line rows of a phone. @param {View.Page} page @param {any} room */
function lastSaid(page, room) {
  if (!PHONE.matches) return null;
  const item = room.items().findLast((/** @type {any} */ one) => one.type === "message" && !one.message.deleted);
  if (!item) return null;
  const { message, mine } = item;
  const name = mine ? "You" : (page.person(message.by)?.display_name ?? "").split(" ")[0];
  return { text: `${name ? `${name}: ` : ""}${preview(message)}`, time: shortTime(message.at) };
}

/** The hour for today, the weekday within a week, the date before. @param {string} at */
function shortTime(at) {
  const date = new Date(at);
  const days = (new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000;
  if (days < 1) return date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  if (days < 7) return date.toLocaleDateString(undefined, { weekday: "short" });
  return date.toLocaleDateString(undefined, { day: "numeric", month: "short" });
}
