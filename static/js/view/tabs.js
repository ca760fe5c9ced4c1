/** A phone's tabs below the list of rooms: rooms, what names one, the search, oneself. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";
import { mentionsBadge } from "./own_entries.js";
import { layerUrl } from "./router.js";

/** @param {View.Page} page @param {"rooms" | "mentions"} [here] where one is */
export const tabs = (page, here = "rooms") => {
  const current = (/** @type {string} */ name) => (name === here ? "page" : nothing);
  return html`<nav class="tabs" aria-label=${_("Main")}>
    <a class="tab" href=${page.urls.rooms} aria-current=${current("rooms")}>${icon("message-square")}${_("Rooms")}</a>
    <a class="tab" href=${layerUrl("mentions")} aria-current=${current("mentions")}>${icon("at-sign")}${mentionsBadge(page)}${_("Mentions")}</a>
    <a class="tab" href=${layerUrl("search")}>${icon("search")}${_("Search")}</a>
    ${
      here === "rooms"
        ? html`<button class="tab" type="button" popovertarget="me-menu">${oneself}</button>`
        : html`<button class="tab" type="button" @click=${() => openMe(page)}>${oneself}</button>`
    }
  </nav>`;
};

const oneself = html`${icon("user")}${_("You")}`;

/** The menu of oneself belongs to the list of rooms, which cannot be reached while something lies over it. @param {View.Page} page */
function openMe(page) {
  page.layers.close();
  document.getElementById("me-menu")?.showPopover();
}
