/**
 * What floats over the page for a moment: a menu, the emoji, who has seen a message. One at a time; it is a `popover`, so
 * that Esc and a press elsewhere close it, and the focus goes back to what opened it. On a phone it is a sheet.
 */
import { html } from "lit";
import { ref } from "lit/directives/ref.js";

const PHONE = matchMedia("(max-width: 47.99rem)");
const GAP = 6;
const EDGE = 8;

/** One floating thing. A kind of it gives `label`, `role`, `kind` (a class) and `body()`. */
export class Float {
  label = "";
  role = "dialog";
  kind = "";
  /** @type {HTMLElement | null} */
  element = null;

  /** @param {View.Page} page @param {HTMLElement | null} opener */
  constructor(page, opener) {
    this.page = page;
    this.opener = opener;
    /** Where it was opened: the opener may be drawn anew meanwhile. */
    this.place = opener?.getBoundingClientRect() ?? null;
  }

  show() {
    this.page.layers.showFloat(this);
  }

  /** @param {boolean} [back] the focus goes back to the opener */
  close(back = true) {
    const opener = this.opener;
    if (this.page.layers.float !== this) return;
    this.page.layers.hideFloat();
    if (back && opener?.isConnected) opener.focus();
  }

  redraw() {
    if (this.page.layers.float === this) this.page.schedule();
  }

  /** @returns {unknown} */
  body() {
    return "";
  }

  /** What has the focus first. @param {HTMLElement} element */
  first(element) {
    return /** @type {HTMLElement | null} */ (element.querySelector("input, button, [tabindex]"));
  }

  render() {
    return html`<div
      class="pop ${this.kind}"
      popover="auto"
      role=${this.role}
      aria-label=${this.label}
      tabindex="-1"
      ${ref(this.#attach)}
      @toggle=${this.#toggled}
      @keydown=${this.keys}
    >
      ${this.body()}
    </div>`;
  }

  keys = (/** @type {KeyboardEvent} */ _event) => {};

  #attach = (/** @type {Element | undefined} */ element) => {
    if (!element || this.element === element) return;
    this.element = /** @type {HTMLElement} */ (element);
    // The directive runs while the element is still outside the document.
    queueMicrotask(() => {
      if (!this.element?.isConnected) return;
      this.element.showPopover();
      this.position();
      (this.first(this.element) ?? this.element).focus({ preventScroll: true });
    });
  };

  #toggled = (/** @type {Event} */ event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
    const inside = document.activeElement === document.body || this.element?.contains(document.activeElement);
    this.close(Boolean(inside));
  };

  /** Beside what opened it, wholly in sight. */
  position() {
    const { element, place } = this;
    if (!element || !place || PHONE.matches) return;
    const { width, height } = element.getBoundingClientRect();
    const above = place.top - height - GAP;
    const top = above >= EDGE ? above : Math.min(place.bottom + GAP, innerHeight - height - EDGE);
    const leading = getComputedStyle(element).direction === "rtl" ? place.left : place.right - width;
    element.style.setProperty("top", CSS.px(Math.max(EDGE, top)).toString());
    element.style.setProperty("left", CSS.px(Math.min(Math.max(EDGE, leading), innerWidth - width - EDGE)).toString());
  }
}
