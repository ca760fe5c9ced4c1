/** The person's rooms in the order of the pane: by sections, then by name. Never by activity, so that rows stay put. */
import { locale } from "../core/index.js";
import { sectionOrder } from "./section_order.js";

/**
 * @param {View.Page} page
 * @returns {{ name: import("./section_order.js").Section, rooms: any[] }[]}
 */
export function roomSections(page) {
  const rooms = page.chat.rooms
    .list()
    .filter((/** @type {any} */ room) => room.myRole !== null || room.cursor !== null)
    .map((/** @type {any} */ room) => ({ room, title: page.titleOf(room) }))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => a.title.localeCompare(b.title, locale))
    .map((/** @type {any} */ { room }) => room);
  const others = rooms.filter((/** @type {any} */ room) => !room.favourite);
  const sections = {
    favourites: rooms.filter((/** @type {any} */ room) => room.favourite),
    rooms: others.filter((/** @type {any} */ room) => room.kind !== "direct"),
    direct: others.filter((/** @type {any} */ room) => room.kind === "direct"),
  };
  return sectionOrder().map((name) => ({ name, rooms: sections[name] }));
}

/** Something in it is for the person: a mention, or anything unread where they have not muted it. @param {any} room */
export const hasNews = (room) => room.mentions > 0 || (room.unread > 0 && !room.muted);
