/** A phone's tabs below the list of rooms: rooms, what names one, the search, oneself. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { openMentions, openSearch } from "./dialogs.js";
import { icon } from "./icons.js";
import { mentionsBadge } from "./own_entries.js";

/** @param {View.Page} page */
export const tabs = (page) =>
  html`<nav class="tabs" aria-label=${_("Main")}>
    <a class="tab" href=${page.urls.rooms} aria-current="page">${icon("message-square")}${_("Rooms")}</a>
    <button class="tab" type="button" aria-haspopup="dialog" @click=${() => openMentions(page)}>
      ${icon("at-sign")}${mentionsBadge(page)}${_("Mentions")}
    </button>
    <button class="tab" type="button" aria-haspopup="dialog" @click=${() => openSearch(page, {})}>${icon("search")}${_("Search")}</button>
    <button class="tab" type="button" popovertarget="me-menu">${icon("user")}${_("You")}</button>
  </nav>`;
