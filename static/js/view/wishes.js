/** What the person wishes of the page, kept on this device. How it looks is in look.js. */
import { browserKept } from "../core/browser.js";

/** The first of each is what holds until somebody chooses. */
const WISHES = {
  /** What Enter does where one writes; with Shift it does the other. */
  enter: ["send", "break"],
  /** Which messages a screen reader says by itself. */
  speech: ["all", "mentions", "none"],
};

/** @typedef {keyof typeof WISHES} Wish */

/** @param {Wish} name */
const kept = (name) => browserKept(`parley.${name}`);

/** @param {Wish} name @returns {string} */
export function wish(name) {
  const value = kept(name).get() ?? "";
  return /** @type {string} */ (WISHES[name].includes(value) ? value : WISHES[name][0]);
}

/** @param {Wish} name @param {string} value */
export const setWish = (name, value) => kept(name).set(value);

const TOUCH = matchMedia("(pointer: coarse)").matches;

/** Whether a key sends what is written. On a touch screen Enter breaks the line, and the button sends. @param {KeyboardEvent} event */
export function sends(event) {
  if (event.key !== "Enter" || event.isComposing) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return !TOUCH && event.shiftKey === (wish("enter") === "break");
}
