/** All that can be done with one message, in words; on a phone a sheet with the message above it. */
import { html, nothing } from "lit";
import { Float } from "./float.js";
import { icon } from "./icons.js";
import { recentEmoji } from "./recent_emoji.js";
import { ofAll, says } from "./words_talk.js";

/** @typedef {{ name: string, words: string, icon: string, alarm?: boolean }} Entry in the order of the menu */

/** @type {Entry[]} */
const ENTRIES = [
  { name: "reply", words: says.reply, icon: "reply" },
  { name: "react", words: says.react, icon: "smile-plus" },
  { name: "thread", words: says.thread, icon: "message-square" },
  { name: "seen", words: says.seen, icon: "check-check" },
  { name: "edit", words: says.edit, icon: "pencil" },
  { name: "copy", words: says.copyText, icon: "copy" },
  { name: "link", words: says.copyLink, icon: "link" },
  { name: "pin", words: says.pin, icon: "pin" },
  { name: "unpin", words: says.unpin, icon: "pin-off" },
  { name: "unread", words: says.unread, icon: "message-square-dot" },
  { name: "report", words: says.report, icon: "flag" },
  { name: "remove", words: says.remove, icon: "trash-2", alarm: true },
];

const STEPS = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity });

export class Menu extends Float {
  /** @override */
  role = "menu";
  /** @override */
  label = says.actions;
  /** @override */
  kind = "menu";

  /** @param {View.Page} page @param {HTMLElement} opener @param {any} message */
  constructor(page, opener, message) {
    super(page, opener);
    this.message = message;
  }

  /** @override */
  body() {
    const { acts } = this.page;
    const name = this.#mine ? says.you : (this.page.person(this.message.by)?.display_name ?? "");
    return html`<div class="menu__of" role="presentation"><b>${name}</b> <span class="cut">${acts.line(this.message)}</span></div>
      ${acts.may("react", this.message) ? this.#emoji() : nothing}
      ${ENTRIES.filter((entry) => acts.may(entry.name, this.message)).map((entry) => this.#entry(entry))}`;
  }

  #emoji() {
    const react = (/** @type {string} */ emoji) => {
      this.close();
      void this.page.acts.react(this.message.seq, emoji);
    };
    return html`<div class="menu__emoji" role="group" aria-label=${says.react}>
      ${recentEmoji()
        .slice(0, 5)
        .map((emoji) => html`<button type="button" role="menuitem" @click=${() => react(emoji)}>${emoji}</button>`)}
    </div>`;
  }

  #entry(/** @type {Entry} */ entry) {
    return html`<button
      class=${entry.alarm ? "menu__item menu__item--alarm" : "menu__item"}
      type="button"
      role="menuitem"
      tabindex="-1"
      @click=${() => this.#run(entry.name)}
    >
      ${icon(entry.icon)}<span>${entry.words}</span>${entry.name === "seen" ? this.#seen() : nothing}
    </button>`;
  }

  get #mine() {
    return this.message.by === this.page.me.id;
  }

  /** How many have seen one's own, where that is known exactly. */
  #seen() {
    const { read, total, exact, told } = this.page.room.ledger(this.message.seq);
    return this.#mine && exact && told && total ? html`<small>${ofAll(read, total)}</small>` : nothing;
  }

  #run(/** @type {string} */ name) {
    const opener = this.opener;
    // The focus goes where the action leads; to the opener only if it leads nowhere.
    this.close(!["reply", "edit", "thread", "remove"].includes(name));
    this.page.acts.run(name, this.message.seq, opener ?? document.body);
  }

  /** @override */
  first(/** @type {HTMLElement} */ element) {
    return this.#items(element)[0] ?? null;
  }

  #items(/** @type {HTMLElement} */ element) {
    const all = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[role=menuitem]")]);
    return all.filter((item) => item.offsetParent !== null);
  }

  /** @override */
  keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Tab") {
      event.preventDefault();
      return this.close();
    }
    const step = STEPS[event.key];
    if (step === undefined || !this.element) return;
    event.preventDefault();
    const items = this.#items(this.element);
    const here = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = Number.isFinite(step) ? (here + step + items.length) % items.length : step < 0 ? 0 : items.length - 1;
    items[next]?.focus();
  };
}
