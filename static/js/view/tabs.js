/** A phone's tabs below the list of rooms: rooms, what names one, the search, oneself. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";
import { mentionsBadge } from "./own_entries.js";
import { layerUrl } from "./router.js";

/** @param {View.Page} page */
export const tabs = (page) =>
  html`<nav class="tabs" aria-label=${_("Main")}>
    <a class="tab" href=${page.urls.rooms} aria-current="page">${icon("message-square")}${_("Rooms")}</a>
    <a class="tab" href=${layerUrl("mentions")}>${icon("at-sign")}${mentionsBadge(page)}${_("Mentions")}</a>
    <a class="tab" href=${layerUrl("search")}>${icon("search")}${_("Search")}</a>
    <button class="tab" type="button" popovertarget="me-menu">${icon("user")}${_("You")}</button>
  </nav>`;
