/** The whole page as one template: skip links, rooms, room, details, and the dialog on top. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { keyed } from "lit/directives/keyed.js";
import { icon } from "./icons.js";
import { banner, line } from "./line.js";
import { nothingHere } from "./nothing_here.js";
import { roomHead } from "./room_head.js";
import { roomsPane } from "./rooms_pane.js";

/** @param {View.Page} page */
export function frame(page) {
  const { details, where } = page;
  const open = details.open && page.room !== null;
  return html`<nav class="skip" aria-label=${_("Skip to")}>
      <a href="#room">${_("To the messages")}</a><a href="#write">${_("To the message field")}</a><a href="#rooms">${_("To the rooms")}</a>
    </nav>
    ${page.notices.template()}
    <div class="app" data-view=${where.id === null ? "list" : "room"} data-details=${open ? "open" : "closed"}>
      ${roomsPane(page, open && details.covers)}
      <main class="main" id="room" tabindex="-1" ?inert=${open && details.covers}>${main(page)}${page.layers.float ? keyed(page.layers.float, page.layers.float.render()) : nothing}${page.layers.dialog ? nothing : page.dragging.veil()}</main>
      ${open ? html`<div class="veil" @click=${() => details.close()}></div>${details.template()}` : nothing}
    </div>
    ${page.layers.dialog ? page.layers.dialog.render() : nothing}`;
}

/** @param {View.Page} page */
function main(page) {
  const { where, room } = page;
  if (room) {
    return html`${roomHead(page)}
      <div class="room">${page.list.template()}</div>
      <div class="foot">${page.toast.template()}${banner(page)}${page.composer.template()}${line(page)}</div>`;
  }
  if (where.problem) return html`<div class="stage">${backBar(page)}${nothingHere(page, "notHere")}</div>`;
  // While the list of rooms is on its way, nothing is claimed.
  if (where.id === null && page.chat.rooms.loaded) return html`<div class="stage">${nothingHere(page, "noRoom")}</div>`;
  return html`<div class="stage">${line(page)}</div>`;
}

/** @param {View.Page} page */
const backBar = (page) =>
  html`<header class="head only-phone">
    <a class="icon" href=${page.urls.rooms} aria-label=${_("Back to the rooms")}>${icon("chevron-left")}</a>
  </header>`;
