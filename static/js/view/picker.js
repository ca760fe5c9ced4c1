/** All emoji, to choose one: by name, by what was used before, or by looking. */
import { html, nothing } from "lit";
import { find, groups, nameOf } from "./emoji.js";
import { Float } from "./float.js";
import { recentEmoji, useEmoji } from "./recent_emoji.js";
import { says } from "./words_talk.js";

export class Picker extends Float {
  /** @override */
  label = says.emoji;
  /** @override */
  kind = "picker";
  asked = "";

  /** @param {View.Page} page @param {HTMLElement} opener @param {(emoji: string) => void} onPick */
  constructor(page, opener, onPick) {
    super(page, opener);
    this.onPick = onPick;
  }

  /** @override */
  body() {
    const found = this.asked.trim() ? find(this.asked) : null;
    return html`<input
        class="input"
        type="search"
        placeholder=${says.emojiSearch}
        aria-label=${says.emojiSearch}
        autocomplete="off"
        @input=${this.#search}
      />
      <div class="picker__in">
        ${
          found
            ? found.length
              ? this.#grid("", found)
              : html`<p class="muted" role="status">${says.emojiNone}</p>`
            : html`${this.#grid(
                says.emojiRecent,
                recentEmoji().map((emoji) => ({ emoji, name: nameOf(emoji) })),
              )}${groups.map((group) => this.#grid(group.name, group.emoji))}`
        }
      </div>`;
  }

  /** @param {string} name @param {{ emoji: string, name: string }[]} emoji */
  #grid(name, emoji) {
    return html`<section class="picker__group">
      ${name ? html`<h3>${name}</h3>` : nothing}
      <div class="picker__grid" @click=${this.#click}>
        ${emoji.map(
          (one) =>
            html`<button type="button" tabindex="-1" data-emoji=${one.emoji} aria-label=${one.name} title=${one.name}>${one.emoji}</button>`,
        )}
      </div>
    </section>`;
  }

  #search = (/** @type {InputEvent} */ event) => {
    this.asked = /** @type {HTMLInputElement} */ (event.target).value;
    this.redraw();
  };

  #click = (/** @type {MouseEvent} */ event) => {
    const button = /** @type {HTMLElement | null} */ (
      /** @type {HTMLElement} */ (event.target).closest("[data-emoji]")
    );
    if (button?.dataset.emoji) this.#pick(button.dataset.emoji);
  };

  #pick(/** @type {string} */ emoji) {
    useEmoji(emoji);
    this.close();
    this.onPick(emoji);
  }

  /** @override */
  keys = (/** @type {KeyboardEvent} */ event) => {
    const buttons = /** @type {HTMLElement[]} */ ([...(this.element?.querySelectorAll("[data-emoji]") ?? [])]);
    const here = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "Enter" && here < 0) {
      event.preventDefault();
      const first = buttons[0]?.dataset.emoji;
      if (first && this.asked.trim()) this.#pick(first);
      return;
    }
    if (here < 0 && event.key !== "ArrowDown") return;
    const row = this.#perRow(buttons);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: here < 0 ? 1 : row, ArrowUp: -row }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = here + step;
    if (next < 0) /** @type {HTMLElement | null} */ (this.element?.querySelector("input"))?.focus();
    else buttons[Math.min(next, buttons.length - 1)]?.focus();
  };

  /** How many stand side by side. */
  #perRow(/** @type {HTMLElement[]} */ buttons) {
    const top = buttons[0]?.offsetTop;
    const found = buttons.findIndex((button) => button.offsetTop !== top);
    return found > 0 ? found : 8;
  }
}
