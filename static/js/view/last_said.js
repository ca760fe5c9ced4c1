/** What was said last in a room, for the two-line rows of a phone. */
import { _, formatTime, locale } from "../core/index.js";
import { gist } from "./words_files.js";

/** Previews by message, because rendering one takes longer than drawing its row. @type {WeakMap<object, string>} */
const previews = new WeakMap();

/** @param {any} message */
function preview(message) {
  const known = previews.get(message) ?? gist(message, 80);
  previews.set(message, known);
  return known;
}

/** The newest message that is here, if any is. @param {any} room */
export const lastMessage = (room) =>
  room.items().findLast((/** @type {any} */ one) => one.type === "message" && !one.message.deleted);

/** In words; who said it, where that is not plain from the room's name. @param {View.Page} page @param {any} room */
export function lastSaid(page, room) {
  const item = lastMessage(room);
  if (!item) return null;
  const { message, mine } = item;
  const two = room.kind === "direct" && page.othersIn(room).length === 1;
  const name = mine ? _("You") : two ? "" : (page.person(message.by)?.display_name ?? "").split(" ")[0];
  const text = name ? _("{name}: {text}", { name, text: preview(message) }) : preview(message);
  return { text, time: shortTime(message.at) };
}

/** The hour for today, the weekday within a week, the date before. @param {string} at */
function shortTime(at) {
  const date = new Date(at);
  const days = (new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000;
  if (days < 1) return formatTime(at);
  if (days < 7) return date.toLocaleDateString(locale, { weekday: "short" });
  return date.toLocaleDateString(locale, { day: "numeric", month: "short" });
}
