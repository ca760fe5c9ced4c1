/** Whether and how a message is told to somebody who does not look: the rules, without a browser. */
import { names } from "./messages.js";

/** Minutes of the day. @param {string} time as in 22:00 */
function minutes(time) {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return 60 * hours + rest;
}

/**
 * Whether a moment lies in these hours of the local day, which may go past midnight.
 * @param {string} hours as in 22:00-07:00, empty for none @param {Date} at
 */
export function isQuiet(hours, at) {
  if (!hours) return false;
  const [begin, end] = /** @type {[number, number]} */ (hours.split("-").map(minutes));
  const now = 60 * at.getHours() + at.getMinutes();
  return begin < end ? begin <= now && now < end : now >= begin || now < end;
}

/**
 * Whether a message is one that its reader wants to be told of.
 * @param {{ notify: string }} room @param {Core.Message} message @param {Wire.Id} me
 */
export function isTold({ notify }, message, me) {
  if (message.by === me || message.deleted) return false;
  return notify === "everything" || (notify === "mentions" && names(message, me));
}
