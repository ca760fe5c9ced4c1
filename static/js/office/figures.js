/**
 * What the server tells of itself, gathered over time: plain data, no DOM.
 *
 * @typedef {(number | null)[]} Column
 * @typedef {{name: string, up_seconds: number, seen_ms_ago: number, draining: boolean, sockets: number, people: number,
 *   people_everywhere: number | null, writing: number, tasks: number | null, stored: number, cut: number, refused: number,
 *   p50: number | null, p99: number | null, redis_ms: number | null, database_ms: number | null}} Server
 * @typedef {{t: number[], people: Column, sockets: Column, messages: Column, p50: Column, p99: Column, writing: Column,
 *   tasks: Column, cut: Column, refused: Column, redis: Column, database: Column, starts: number[],
 *   servers: Record<string, Column>}} Columns
 * @typedef {{faults: number, checked: number, at: number | null, behind: boolean}} Checked
 * @typedef {{now: number, away: boolean, embedded: boolean, servers: Server[], today: number, log: Checked,
 *   columns: Columns}} Answer
 */
import { _, locale, ngettext } from "../core/i18n.js";

const NAMES = /** @type {const} */ ([
  "people",
  "sockets",
  "messages",
  "p50",
  "p99",
  "writing",
  "tasks",
  "cut",
  "refused",
  "redis",
  "database",
]);

const KEPT_S = 3600;

/** @returns {Columns} */
export function noColumns() {
  const empty = /** @type {any} */ ({ t: [], starts: [], servers: {} });
  for (const name of NAMES) empty[name] = [];
  return empty;
}

/**
 * `known` with what came after it, the last hour of both. Servers come and go: where one was not there it has null.
 * @param {Columns} known @param {Columns} news @returns {Columns}
 */
export function join(known, news) {
  const last = known.t.at(-1) ?? 0;
  const from = news.t.findIndex((t) => t > last);
  if (from < 0) return known;
  const t = [...known.t, ...news.t.slice(from)];
  const oldest = (t.at(-1) ?? 0) - KEPT_S;
  const cut = t.findIndex((each) => each > oldest);
  const starts = [...new Set([...known.starts, ...news.starts])].filter((each) => each > oldest);
  const joined = /** @type {any} */ ({ t: t.slice(cut), starts, servers: {} });
  for (const name of NAMES) joined[name] = [...known[name], ...news[name].slice(from)].slice(cut);
  for (const name of new Set([...Object.keys(known.servers), ...Object.keys(news.servers)])) {
    const before = known.servers[name] ?? known.t.map(() => null);
    const after = news.servers[name] ?? news.t.map(() => null);
    const column = [...before, ...after.slice(from)].slice(cut);
    if (column.some((value) => value !== null)) joined.servers[name] = column;
  }
  return joined;
}

/** @param {Column} column */
export const sum = (column) => column.reduce((/** @type {number} */ total, value) => total + (value ?? 0), 0);

/** The last value that is known. @param {Column} column @returns {number | null} */
export const latest = (column) => column.findLast((value) => value !== null) ?? null;

/** Two columns added up; null only where both are. @param {Column} one @param {Column} other @returns {Column} */
export const added = (one, other) =>
  one.map((value, n) => (value === null && other[n] === null ? null : (value ?? 0) + (other[n] ?? 0)));

/** @param {number} value @param {Intl.NumberFormatOptions} options */
const written = (value, options) => value.toLocaleString(locale, options);

/** @param {number | null | undefined} value */
export function shown(value) {
  if (value === null || value === undefined) return "–";
  if (value >= 1_000_000) return written(value, { notation: "compact", maximumFractionDigits: 1 });
  if (value >= 100 || Number.isInteger(value)) return written(value, { maximumFractionDigits: 0 });
  const digits = value >= 10 ? 1 : 2;
  return written(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 60) return _("{n} s", { n: seconds });
  if (seconds < 3600) return _("{n} min", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) {
    return _("{hours} h {minutes} min", {
      hours: Math.floor(seconds / 3600),
      minutes: Math.floor((seconds % 3600) / 60),
    });
  }
  return ngettext("{n} day", "{n} days", Math.floor(seconds / 86_400));
}

/** A round number at or above a value, whose half is round too. @param {number} value */
export function roundAbove(value) {
  if (value <= 0) return 1;
  const step = 10 ** Math.floor(Math.log10(value));
  const times = [1, 2, 4, 6, 8, 10].find((each) => each * step >= value) ?? 10;
  return times * step;
}
