/**
 * From a room's rows to what is drawn: days, runs, and the "New" line. Pure.
 */
import { dayKey, startsRun } from "../core/index.js";

/** When a row happened; rows that wait here carry this device's time. @param {any} item */
export function timeOf(item) {
  if (item.type === "message") return item.message.at;
  if (item.type === "outgoing") return item.outgoing.at;
  return item.at ?? null;
}

/** A row as a message, for the rule of runs; undefined when it is none. @param {any} item @param {string} me */
function asMessage(item, me) {
  if (item.type === "message") return item.message;
  if (item.type !== "outgoing") return undefined;
  const { at, reply_to } = item.outgoing;
  return { by: me, at: new Date(at).toISOString(), reply_to, deleted: false };
}

/** Whether a notice is of somebody whom the same person added right after another: one line tells both. */
function joinsRow(/** @type {View.Row | undefined} */ row, /** @type {any} */ item) {
  const before = row?.more.at(-1) ?? row?.item;
  return isAdding(before) && isAdding(item) && before.by === item.by;
}

/** @param {any} item */
const isAdding = (item) => item?.type === "notice" && item.kind === "member.joined" && item.data.user !== item.by;

/**
 * @param {any[]} items @param {string} me
 * @param {string | null} fresh the row before which the "New" line stands
 * @returns {View.Day[]}
 */
export function arrange(items, me, fresh) {
  /** @type {View.Day[]} */
  const days = [];
  let previous;
  for (const item of items) {
    const at = timeOf(item);
    const key = at === null ? (days.at(-1)?.day ?? "unknown") : dayKey(at);
    let day = days.at(-1);
    if (day?.day !== key) {
      // A clock that went back may bring a day twice.
      const again = days.filter((one) => one.day === key).length;
      day = { key: again ? `${key} ${again}` : key, day: key, at: at ?? Date.now(), rows: [] };
      days.push(day);
      previous = undefined;
    }
    const isFresh = item.key === fresh;
    if (joinsRow(day.rows.at(-1), item)) {
      day.rows.at(-1)?.more.push(item);
      continue;
    }
    const message = asMessage(item, me);
    const first = message !== undefined && (isFresh || startsRun(previous, message));
    day.rows.push({ item, more: [], key: item.key, first, fresh: isFresh });
    previous = message;
  }
  return days;
}
