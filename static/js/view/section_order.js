/** In which order the sections of the rooms pane stand: the person's own, kept on this device. */
import { browserKept } from "../core/browser.js";
import { _ } from "../core/index.js";
import { boot } from "./boot.js";

/** @typedef {"favourites" | "rooms" | "direct"} Section */

/** @type {Section[]} */
const USUAL = ["favourites", "rooms", "direct"];

/** @type {Record<Section, string>} */
export const SECTION_NAMES = { favourites: _("Favourites"), rooms: _("Rooms"), direct: _("Direct") };

const kept = browserKept(`parley.sections.${boot.me.id}`);

/** @returns {Section[]} */
export function sectionOrder() {
  const names = (kept.get() ?? "").split(" ");
  const place = (/** @type {Section} */ name) => names.indexOf(name);
  return USUAL.toSorted((a, b) => place(a) - place(b));
}

/**
 * Moves a section to before or behind another.
 * @param {Section} name @param {Section} other which one it changes sides with
 */
export function moveSection(name, other) {
  const order = sectionOrder();
  const to = order.indexOf(other);
  order.splice(order.indexOf(name), 1);
  order.splice(to, 0, name);
  kept.set(order.join(" "));
}
