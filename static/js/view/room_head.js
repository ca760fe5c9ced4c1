/** The room's header: name, topic, people, details. */
import { html, nothing } from "lit";
import { _, ngettext } from "../core/index.js";
import { avatar } from "./avatars.js";
import { openSearch } from "./dialogs.js";
import { icon, roomGlyph } from "./icons.js";

/** @param {View.Page} page */
export function roomHead(page) {
  const { room, details } = page;
  const title = page.titleOf(room);
  const users = [...room.members.keys()];
  const here = users.filter((id) => page.chat.people.presence(id) !== "offline").length;
  const others = page.othersIn(room);
  const sub = users.length
    ? [ngettext("{n} person", "{n} people", users.length), here && _("{n} here", { n: here })]
        .filter(Boolean)
        .join(_(", "))
    : "";
  return html`<header class="head">
    <a class="icon only-phone" href=${page.urls.rooms} aria-label=${_("Back to the rooms")}>${icon("chevron-left")}</a>
    <div class="head__title">
      <h1 class="head__name" title=${title}>
        ${room.kind === "direct" ? nothing : roomGlyph(room.kind, false)}<span class="cut" dir="auto">${title}</span>
      </h1>
      <p class="head__sub">${room.kind === "direct" && others.length === 1 ? presenceWord(page, others[0]) : sub}</p>
    </div>
    ${
      room.topic
        ? html`<p class="head__topic cut" dir="auto" title=${room.topic}>${room.topic}</p>`
        : html`<span class="head__space"></span>`
    }
    ${users.length && room.kind !== "direct" ? peopleButton(page, users, others) : nothing}
    <button
      class="icon"
      type="button"
      aria-label=${_("Search in this room")}
      title=${_("Search in this room")}
      @click=${() => openSearch(page, { room: room.id })}
    >
      ${icon("search")}
    </button>
    <button
      class="icon"
      type="button"
      id="details-toggle"
      aria-label=${_("Room details")}
      title=${_("Room details")}
      aria-expanded=${details.open ? "true" : "false"}
      @click=${() => details.toggle()}
    >
      ${icon("panel-right")}
    </button>
  </header>`;
}

/** @param {View.Page} page @param {string[]} users @param {string[]} others */
function peopleButton(page, users, others) {
  const shown = (others.length ? others : users).slice(0, 3);
  return html`<button
    class="head__people"
    type="button"
    @click=${() => page.details.toggle(true)}
  >
    <span class="stack">${shown.map((id) => avatar(page.person(id), { size: "s" }))}</span
    ><span class="num" aria-hidden="true">${users.length}</span
    ><span class="sr">${ngettext("{n} person", "{n} people", users.length)}</span>
  </button>`;
}

/** @param {View.Page} page @param {string | undefined} id */
const presenceWord = (page, id) =>
  ({ online: _("Here"), away: _("Away"), offline: "" })[/** @type {"online"} */ (page.chat.people.presence(id ?? ""))];
