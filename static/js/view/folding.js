/** Sections of the rooms pane fold; which are folded is remembered on this device. */
import { html, nothing } from "lit";
import { icon } from "./icons.js";
import { hasNews } from "./order.js";

const KEPT = "parley.folded";

/** @returns {string[]} */
function kept() {
  try {
    return String(localStorage.getItem(KEPT) ?? "")
      .split(" ")
      .filter(Boolean);
  } catch {
    return [];
  }
}

const folded = new Set(kept());

/** @param {View.Page} page @param {string} name */
function fold(page, name) {
  if (!folded.delete(name)) folded.add(name);
  try {
    localStorage.setItem(KEPT, [...folded].join(" "));
  } catch {
    // It is remembered until the page is left.
  }
  page.schedule();
}

/** The head of a section, which folds it. @param {View.Page} page @param {string} name @param {string} words @param {unknown} [tool] */
export const sectionHead = (page, name, words, tool = nothing) =>
  html`<div class="sec">
    <h2>
      <button class="sec__fold" type="button" aria-expanded=${folded.has(name) ? "false" : "true"} @click=${() => fold(page, name)}>
        ${words}${icon("chevron-left", true)}
      </button>
    </h2>
    ${tool}
  </div>`;

/** Of a folded section what is open, and what has something for one, stays. @param {View.Page} page @param {string} name @param {any[]} rooms */
export const shownOf = (page, name, rooms) =>
  folded.has(name) ? rooms.filter((room) => room.id === page.where.id || hasNews(room)) : rooms;
