/** Sections of the rooms pane fold, and are moved; which are folded is remembered on this device. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";
import { hasNews } from "./order.js";
import { SECTION_NAMES } from "./section_order.js";

/** @typedef {import("./section_order.js").Section} Section */

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

/** @param {(module: typeof import("./section_moving.js")) => void} use */
const moving = (use) => void import("./section_moving.js").then(use).catch(() => {}); // it stays where it is

/** The head of a section, which folds and moves it. @param {View.Page} page @param {Section} name @param {unknown} [tool] */
export const sectionHead = (page, name, tool = nothing) =>
  html`<div class="sec" data-section=${name}>
    <h2>
      <button
        class="sec__fold"
        type="button"
        aria-expanded=${folded.has(name) ? "false" : "true"}
        aria-keyshortcuts="Shift+ArrowUp Shift+ArrowDown"
        title=${_("Press to fold, drag to move (or Shift and the arrow keys)")}
        @click=${() => fold(page, name)}
        @pointerdown=${(/** @type {PointerEvent} */ event) => moving((module) => module.drag(page, event))}
        @keydown=${(/** @type {KeyboardEvent} */ event) => keys(page, event)}
      >
        ${SECTION_NAMES[name]}${icon("chevron-left", true)}
      </button>
    </h2>
    ${tool}
  </div>`;

/** @param {View.Page} page @param {KeyboardEvent} event */
function keys(page, event) {
  if (!event.shiftKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  moving((module) => module.moveByKey(page, event));
}

/** Of a folded section what is open, and what has something for one, stays. @param {View.Page} page @param {string} name @param {any[]} rooms */
export const shownOf = (page, name, rooms) =>
  folded.has(name) ? rooms.filter((room) => room.id === page.where.id || hasNews(room)) : rooms;
