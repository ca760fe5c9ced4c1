/** What the page has to say above everything else: the administrators' announcements, and what could not be brought. */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";

const PROBLEM_MS = 10_000;

/** @typedef {{ text: string, level: "info" | "warning", until: number }} Notice `until` in ms since 1970 */

export class Notices {
  /** @type {Notice[]} */
  #shown = [];

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** From the site's administrators. Spoken once. @param {{ text: string, level: string, until: string }} announcement */
  announced({ text, level, until }) {
    this.add({ text, level: level === "warning" ? "warning" : "info", until: Date.parse(until) });
  }

  /** @param {Notice} notice one that is there already is not said again */
  add(notice) {
    if (this.#shown.some((one) => one.text === notice.text)) return;
    this.#shown.push(notice);
    this.page.announcer.say(notice.text);
    // A timer cannot wait longer than this many milliseconds.
    setTimeout(() => this.#remove(notice), Math.min(notice.until - Date.now(), 2 ** 31 - 1));
    this.page.schedule();
  }

  /** What was asked for and did not happen; it goes by itself. @param {string} text */
  problem(text) {
    this.add({ text, level: "warning", until: Date.now() + PROBLEM_MS });
  }

  #remove(/** @type {Notice} */ notice) {
    this.#shown = this.#shown.filter((one) => one !== notice);
    this.page.schedule();
  }

  #dismiss(/** @type {Notice} */ notice) {
    this.#remove(notice);
    this.page.composer.focus();
  }

  template() {
    if (this.#shown.length === 0) return nothing;
    return html`<div class="notices" role="region" aria-label=${_("Announcements")}>
      ${repeat(
        this.#shown,
        (notice) => notice,
        (notice) => html`<div class="announced" data-level=${notice.level}>
          ${icon(notice.level === "warning" ? "circle-alert" : "megaphone")}
          <p dir="auto">${notice.text}</p>
          <button class="icon icon--s" type="button" aria-label=${_("Dismiss")} title=${_("Dismiss")} @click=${() => this.#dismiss(notice)}>
            ${icon("x", true)}
          </button>
        </div>`,
      )}
    </div>`;
  }
}
