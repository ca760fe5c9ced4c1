/** The rooms pane: the place, a jump field, favourites, rooms, direct messages, oneself. */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { _, ngettext } from "../core/index.js";
import { avatar } from "./avatars.js";
import { boot } from "./boot.js";
import { openBrowse, openDirect, openNewRoom, openSwitch } from "./dialogs.js";
import { icon, logo, roomGlyph } from "./icons.js";
import { sectionHead, shownOf } from "./folding.js";
import { grip } from "./grip.js";
import { meRow } from "./me.js";
import { hasNews, roomSections } from "./order.js";
import { ownEntries } from "./own_entries.js";
import { roomUrl } from "./router.js";
import { tabs } from "./tabs.js";
import { short } from "./words.js";

const PHONE = matchMedia("(max-width: 47.99rem)");
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** @param {View.Page} page @param {boolean} inert */
export function roomsPane(page, inert) {
  const catching = page.chat.line.value.state === "catching-up";
  // On a phone without an open room this pane is all there is.
  const alone = PHONE.matches && page.where.id === null;
  const place = boot.site.name;
  return html`<div
    class=${catching ? "side is-catching" : "side"}
    role=${alone ? "main" : "complementary"}
    aria-label=${_("Rooms")}
    ?inert=${inert}
  >
    <div class="side__top">
      <div class="side__org">
        ${logo()}${
          alone
            ? html`<h1 class="side__place cut" title=${place}>${place}</h1>`
            : html`<strong class="side__place cut" title=${place}>${place}</strong>`
        }
        ${button(_("New direct message"), "pencil", () => openDirect(page))}
      </div>
      <button class="jump" type="button" aria-keyshortcuts=${MAC ? "Meta+K" : "Control+K"} @click=${() => openSwitch(page)}>
        ${icon("search", true)}<span class="cut">${_("Jump to or search")}</span><kbd aria-hidden="true">${MAC ? "⌘ K" : _("Ctrl K")}</kbd>
      </button>
    </div>
    <nav class="side__nav" id="rooms" tabindex="-1" aria-label=${_("Rooms")}>
      ${ownEntries(page)}
      ${repeat(
        roomSections(page),
        ({ name }) => name,
        ({ name, rooms }) => SECTIONS[name](page, rooms),
      )}
    </nav>
    ${meRow(page)} ${alone ? tabs(page) : grip(page)}
  </div>`;
}

const SECTIONS = {
  /** @param {View.Page} page @param {any[]} rooms */
  favourites: (page, rooms) =>
    rooms.length ? html`${sectionHead(page, "favourites")}${rows(page, shownOf(page, "favourites", rooms))}` : nothing,

  /** @param {View.Page} page @param {any[]} rooms */
  rooms: (page, rooms) =>
    html`${sectionHead(
      page,
      "rooms",
      button(_("New room"), "plus", () => openNewRoom(page), true),
    )}
      ${rows(page, shownOf(page, "rooms", rooms))}
      <button class="side__more" type="button" @click=${() => openBrowse(page)}>
        <span class="rm__glyph">${icon("compass", true)}</span>${_("Browse rooms")}
      </button>`,

  /** @param {View.Page} page @param {any[]} rooms */
  direct: (page, rooms) =>
    html`${sectionHead(
      page,
      "direct",
      button(_("New direct message"), "plus", () => openDirect(page), true),
    )}
      ${rows(page, shownOf(page, "direct", rooms))}
      ${
        rooms.length || !page.chat.rooms.loaded
          ? nothing
          : html`<p class="side__none">${_("Write to one person, or to a few.")}</p>`
      }`,
};

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
  const current = page.where.id === room.id;
  const draft = !current && page.chat.drafts.has(room.id);
  const last = PHONE.matches && page.glimpses?.said(room);
  const classes = ["rm", hasNews(room) && !current ? "is-unread" : "", room.muted ? "is-muted" : ""];
  return html`<a
    class=${classes.filter(Boolean).join(" ")}
    href=${roomUrl(room.id)}
    data-room=${room.id}
    aria-current=${current ? "page" : nothing}
    title=${title}
  >
    <span class="rm__glyph">${glyph(page, room)}</span>
    <span class="rm__two"
      ><span class="cut" dir="auto">${title}<span class="sr">${kindWords(page, room)}</span></span>${
        last ? html`<small class="cut" dir="auto">${last.text}</small>` : nothing
      }</span
    >
    <span class="rm__end"
      >${last ? html`<time>${last.time}</time>` : nothing}${draft ? sign("pencil", _("Draft")) : nothing}${
        room.muted ? sign("bell-off", _("Muted")) : nothing
      }${counter(room)}</span
    >
  </a>`;
}

/** @param {string} name @param {string} words */
const sign = (name, words) => html`<span title=${words}>${icon(name, true)}<span class="sr">${words}</span></span>`;

/** The badge counts what names you, the plain number what is unread. @param {any} room */
function counter({ mentions, muted, unread }) {
  if (mentions > 0) {
    const words = ngettext("{n} message names you", "{n} messages name you", mentions);
    return html`<span class="badge"><span aria-hidden="true">${short(mentions)}</span><span class="sr">${words}</span></span>`;
  }
  if (unread === 0 || muted) return nothing;
  const words = _("{n} unread", { n: unread });
  return html`<span class="count"><span aria-hidden="true">${short(unread)}</span><span class="sr">${words}</span></span>`;
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
  if (room.kind !== "direct") return room.kind === "private" ? _(", ") + _("private") : "";
  const [id, second] = page.othersIn(room);
  if (!id || second) return "";
  return { online: _(", ") + _("here"), away: _(", ") + _("away"), offline: "" }[
    /** @type {"online"} */ (page.chat.people.presence(id))
  ];
}
