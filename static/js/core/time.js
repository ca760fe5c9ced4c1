/** Times as people read them, in their own zone and language; days and runs of messages. */
import { _, locale as ownLocale } from "./i18n.js";

/** Messages of one author closer than this stand together under one name. */
const RUN_MS = 7 * 60_000;

/** @typedef {string | number | Date} Moment RFC 3339, ms since 1970, or a Date */

/** Formats are slow to make and there is one for each language and kind. @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string | undefined} locale
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(locale, options) {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}

/** "09:31". @param {Moment} moment @param {string} [locale] */
export const formatTime = (moment, locale = ownLocale) =>
  format(locale, { hour: "2-digit", minute: "2-digit" }).format(new Date(moment));

/** "Tuesday 24 November 2026 at 09:31:07", for titles. @param {Moment} moment @param {string} [locale] */
export const formatFull = (moment, locale = ownLocale) =>
  format(locale, { dateStyle: "full", timeStyle: "medium" }).format(new Date(moment));

/** A day's name, the same for all moments of that day here: "2026-11-24". @param {Moment} moment */
export function dayKey(moment) {
  const date = new Date(moment);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** @param {Moment} one @param {Moment} other */
export const sameDay = (one, other) => dayKey(one) === dayKey(other);

/**
 * "Today, Tuesday 24 November", "Yesterday, …", "Friday 20 November", with the year when it is another one.
 * @param {Moment} moment @param {Moment} [now] @param {string} [locale]
 */
export function formatDay(moment, now = Date.now(), locale = ownLocale) {
  const date = new Date(moment);
  const today = new Date(now);
  const sameYear = date.getFullYear() === today.getFullYear();
  const day = format(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(date);
  if (sameDay(date, today)) return _("Today, {day}", { day });
  // Noon of the day before: a day of 23 or 25 hours can't mislead it.
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1, 12);
  return sameDay(date, yesterday) ? _("Yesterday, {day}", { day }) : day;
}

/**
 * Whether a message begins a new run (shows its author again).
 * @param {{ by: Wire.Id, at: Moment } | null | undefined} previous the message above, null after a notice or a hole
 * @param {{ by: Wire.Id, at: Moment, reply_to?: number | null }} message
 */
export function startsRun(previous, message) {
  if (!previous || previous.by !== message.by || message.reply_to) return true;
  const gap = new Date(message.at).getTime() - new Date(previous.at).getTime();
  return gap >= RUN_MS || !sameDay(previous.at, message.at);
}
