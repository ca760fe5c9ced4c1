/** The actions of one message: a button in every row, and the quick ones beside it where somebody points. */
import { html, nothing } from "lit";
import { icon } from "./icons.js";
import { reactWith, says } from "./words_talk.js";

/** @param {View.Page} page @param {any} message @param {boolean} full somebody points at the row */
export function tools(page, message, full) {
  const { acts } = page;
  const { seq } = message;
  const button = (/** @type {string} */ name, /** @type {string} */ words, /** @type {string} */ glyph) =>
    acts.may(name, message)
      ? html`<button
          class="icon"
          type="button"
          tabindex="-1"
          aria-label=${words}
          title=${words}
          @click=${(/** @type {Event} */ event) => acts.run(name, seq, /** @type {HTMLElement} */ (event.currentTarget))}
        >
          ${icon(glyph)}
        </button>`
      : nothing;
  return html`<div class="tools">
    ${
      full && acts.may("react", message)
        ? acts.quick.map(
            (emoji) =>
              html`<button class="icon" type="button" tabindex="-1" aria-label=${reactWith(emoji)} @click=${() => acts.react(seq, emoji)}>${emoji}</button>`,
          )
        : nothing
    }
    ${full ? html`${button("react", says.react, "smile-plus")}${button("reply", says.reply, "reply")}` : nothing}
    <button
      class="icon"
      type="button"
      tabindex="-1"
      aria-label=${says.actions}
      title=${says.actions}
      aria-haspopup="menu"
      @click=${(/** @type {Event} */ event) => acts.openMenu(seq, /** @type {HTMLElement} */ (event.currentTarget))}
    >
      ${icon("ellipsis")}
    </button>
  </div>`;
}
