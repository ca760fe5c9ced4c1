/** The rooms pane is as wide as the person wants it, on this device: by dragging its edge, or with the arrow keys there. */
import { html } from "lit";
import { _ } from "../core/index.js";

const NARROW = 224;
const WIDE = 360;
const USUAL = 272;
const STEP = 16;
const KEPT = "parley.side";

let width = USUAL;

/** @param {number} px */
function widen(px) {
  width = Math.round(Math.min(WIDE, Math.max(NARROW, px)));
  document.documentElement.style.setProperty("--side", CSS.px(width).toString());
}

function keep() {
  try {
    localStorage.setItem(KEPT, String(width));
  } catch {
    // It is kept until the page is left.
  }
}

/** Takes up what was chosen before. */
export function widenAsBefore() {
  try {
    const kept = Number(localStorage.getItem(KEPT));
    if (kept) widen(kept);
  } catch {
    // As wide as for everybody.
  }
}

/** Which way is wider: the pane stands at the other side where one reads from right to left. @param {Element} grip */
const direction = (grip) => (getComputedStyle(grip).direction === "rtl" ? -1 : 1);

/** @param {View.Page} page */
export const grip = (page) =>
  html`<div
    class="grip only-desk"
    role="separator"
    tabindex="0"
    aria-orientation="vertical"
    aria-label=${_("Width of the rooms pane")}
    aria-valuemin=${NARROW}
    aria-valuemax=${WIDE}
    aria-valuenow=${width}
    @pointerdown=${drag}
    @keydown=${(/** @type {KeyboardEvent} */ event) => byKey(page, event)}
    @dblclick=${() => to(page, USUAL)}
  ></div>`;

/** @param {View.Page} page @param {number} px */
function to(page, px) {
  widen(px);
  keep();
  page.schedule();
}

/** @param {PointerEvent} event */
function drag(event) {
  const grip = /** @type {HTMLElement} */ (event.currentTarget);
  const from = event.clientX;
  const before = width;
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  const move = (/** @type {PointerEvent} */ moved) => widen(before + (moved.clientX - from) * direction(grip));
  const end = () => {
    grip.removeEventListener("pointermove", move);
    keep();
    grip.setAttribute("aria-valuenow", String(width));
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", end, { once: true });
}

/** @param {View.Page} page @param {KeyboardEvent} event */
function byKey(page, event) {
  const wider = direction(/** @type {Element} */ (event.currentTarget)) * STEP;
  /** @type {Record<string, number>} */
  const wanted = { ArrowRight: width + wider, ArrowLeft: width - wider, Home: NARROW, End: WIDE };
  const px = wanted[event.key];
  if (px === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  to(page, px);
}
