/** The person's settings of the page, on this device: how it looks, what Enter does, what is read aloud, the order of sections. */
import { html } from "lit";
import { live } from "lit/directives/live.js";
import { _, numberWords } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { icon } from "./icons.js";
import { choose, chosen } from "./look.js";
import { moveSection, SECTION_NAMES, sectionOrder } from "./section_order.js";
import { setWish, wish } from "./wishes.js";

/** @typedef {import("./section_order.js").Section} Section */

/** @param {View.Page} page */
export const openLook = (page) => new Look(page).show();

class Look extends Dialog {
  /** @override */
  title = _("Settings on this device");

  /** @override */
  body() {
    return html`${this.#looks("theme", _("Theme"), [
      ["", _("System")],
      ["light", _("Light")],
      ["dark", _("Dark")],
    ])}
    ${this.#looks("density", _("Density"), [
      ["", _("Regular")],
      ["compact", _("Compact")],
    ])}
    ${this.#looks(
      "text",
      _("Text size in percent"),
      ["90", "", "110", "125", "150"].map((value) => [value, numberWords(Number(value || 100))]),
    )}
    ${this.#font()}
    ${this.#wishes(
      "enter",
      _("Enter"),
      [
        ["send", _("Sends")],
        ["break", _("Begins a new line")],
      ],
      _("Shift Enter does the other. On a touch screen the button sends."),
    )}
    ${this.#wishes(
      "speech",
      _("Read aloud"),
      [
        ["all", _("All")],
        ["mentions", _("Mentions")],
        ["none", _("None")],
      ],
      _("Which new messages a screen reader says by itself."),
    )}
    ${this.#sections()}`;
  }

  /** A finger has no arrow keys, and scrolls where a mouse drags. */
  #sections() {
    const order = sectionOrder();
    return html`<fieldset class="field">
      <legend>${_("Sections of the rooms pane")}</legend>
      <ol class="order">
        ${order.map(
          (name, n) => html`<li>
            <span>${SECTION_NAMES[name]}</span>
            ${this.#move(name, order[n - 1], "arrow-up", _("Move {section} up", { section: SECTION_NAMES[name] }))}
            ${this.#move(name, order[n + 1], "arrow-down", _("Move {section} down", { section: SECTION_NAMES[name] }))}
          </li>`,
        )}
      </ol>
    </fieldset>`;
  }

  /** @param {Section} name @param {Section | undefined} other @param {string} sign @param {string} words */
  #move(name, other, sign, words) {
    const move = () => {
      if (other) moveSection(name, other);
      this.page.schedule();
    };
    return html`<button class="icon" type="button" aria-label=${words} title=${words} ?disabled=${!other} @click=${move}>
      ${icon(sign, true)}
    </button>`;
  }

  /** @param {string} look @param {string} legend @param {string[][]} values */
  #looks(look, legend, values) {
    return choice({ name: `look-${look}`, legend, values, now: chosen(look) }, (value) => {
      choose(look, value);
      this.page.schedule();
    });
  }

  /** @param {import("./wishes.js").Wish} name @param {string} legend @param {string[][]} values @param {string} hint */
  #wishes(name, legend, values, hint) {
    return choice({ name, legend, values, now: wish(name), hint }, (value) => {
      setWish(name, value);
      this.redraw();
    });
  }

  #font() {
    const change = (/** @type {any} */ event) => {
      choose("font", event.target.checked ? "system" : "");
      this.redraw();
    };
    return html`<label class="check">
      <input type="checkbox" .checked=${live(chosen("font") === "system")} @change=${change} />${_("Use my system font")}
    </label>`;
  }
}

/**
 * One of a few.
 * @param {{ name: string, legend: string, values: string[][], now: string, hint?: string }} what `values`: each with its word
 * @param {(value: string) => void} onChange
 */
const choice = ({ name, legend, values, now, hint = "" }, onChange) =>
  html`<fieldset class="field" aria-describedby=${`${name}-hint`}>
    <legend>${legend}</legend>
    <div class="seg" @change=${(/** @type {any} */ event) => onChange(event.target.value)}>
      ${values.map(
        ([value = "", words]) =>
          html`<label><input type="radio" name=${name} value=${value} .checked=${live(now === value)} />${words}</label>`,
      )}
    </div>
    <p class="hint" id=${`${name}-hint`} ?hidden=${!hint}>${hint}</p>
  </fieldset>`;
