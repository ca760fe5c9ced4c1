/** Moving a section of the rooms pane: its head is dragged, or moved with Shift and the arrow keys. */
import { _ } from "../core/index.js";
import { moveSection } from "./section_order.js";

/** A press that moves less is a press. */
const SLACK_PX = 6;

const ENDS = ["pointerup", "pointercancel"];

/** @typedef {import("./section_order.js").Section} Section */

const unfold = (/** @type {Event} */ click) => click.stopPropagation();

/** The heads that are there, top to bottom. @param {Element} head @returns {HTMLElement[]} */
const heads = (head) =>
  [...(head.parentElement?.querySelectorAll(".sec") ?? [])].map((one) => /** @type {HTMLElement} */ (one));

/** @param {HTMLElement} head */
const nameOf = (head) => /** @type {Section} */ (head.dataset.section);

/** Shift Up and Down. @param {View.Page} page @param {KeyboardEvent} event */
export function moveByKey(page, event) {
  const head = /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest(".sec"));
  step(page, head, event.key === "ArrowUp" ? -1 : 1);
}

/** One place up or down, said to who cannot see it. @param {View.Page} page @param {HTMLElement} head @param {number} by */
function step(page, head, by) {
  const all = heads(head);
  const other = all[all.indexOf(head) + by];
  if (!other) return;
  const name = nameOf(head);
  moveSection(name, nameOf(other));
  page.draw();
  const now = heads(head).findIndex((one) => nameOf(one) === name);
  const button = /** @type {HTMLElement | null} */ (document.querySelector(`.sec[data-section="${name}"] .sec__fold`));
  button?.focus();
  page.announcer.say(
    _("{section}: {n} of {all}", { section: button?.innerText.trim() ?? "", n: now + 1, all: all.length }),
  );
}

/**
 * While it is held, a section goes where the pointer is; a press without a way folds, as ever.
 * @param {View.Page} page @param {PointerEvent} event
 */
export function drag(page, event) {
  const head = /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest(".sec"));
  const name = nameOf(head);
  const from = event.clientY;
  let moved = false;
  const nav = /** @type {HTMLElement} */ (head.parentElement);
  const move = (/** @type {PointerEvent} */ { clientY, buttons }) => {
    if (!buttons) return end();
    if (!moved && Math.abs(clientY - from) < SLACK_PX) return;
    moved = true;
    nav.dataset.moving = name;
    const all = heads(nav.firstElementChild ?? nav);
    const at = all.findIndex((one) => nameOf(one) === name);
    const above = all[at - 1];
    const below = all[at + 1];
    const other =
      above && clientY < above.getBoundingClientRect().bottom
        ? above
        : below && clientY > below.getBoundingClientRect().top
          ? below
          : null;
    if (!other) return;
    moveSection(name, nameOf(other));
    page.draw();
  };
  const end = () => {
    for (const name of ENDS) removeEventListener(name, end);
    removeEventListener("pointermove", move);
    delete nav.dataset.moving;
    if (!moved) return;
    // The press that ends a way folds nothing.
    addEventListener("click", unfold, true);
    setTimeout(() => removeEventListener("click", unfold, true));
  };
  addEventListener("pointermove", move);
  for (const name of ENDS) addEventListener(name, end);
}
