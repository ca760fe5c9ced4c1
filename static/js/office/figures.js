/**
 * What the server tells of itself, gathered over time: plain data, no DOM.
 *
 * @typedef {(number | null)[]} Column
 * @typedef {{name: string, up_seconds: number, seen_ms_ago: number, draining: boolean, sockets: number, people: number,
 *   people_everywhere: number | null, writing: number, tasks: number | null, stored: number, cut: number, refused: number,
 *   p50: number | null, p99: number | null, redis_ms: number | null, database_ms: number | null}} Server
 * @typedef {{t: number[], people: Column, sockets: Column, messages: Column, p50: Column, p99: Column, writing: Column,
 *   tasks: Column, cut: Column, refused: Column, redis: Column, database: Column, servers: Record<string, Column>}} Columns
 * @typedef {{now: number, away: boolean, embedded: boolean, servers: Server[], columns: Columns}} Answer
 */

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
  const empty = /** @type {any} */ ({ t: [], servers: {} });
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
  const joined = /** @type {any} */ ({ t: t.slice(cut), servers: {} });
  for (const name of NAMES) joined[name] = [...known[name], ...news[name].slice(from)].slice(cut);
  for (const name of new Set([...Object.keys(known.servers), ...Object.keys(news.servers)])) {
    const before = known.servers[name] ?? known.t.map(() => null);
    const after = news.servers[name] ?? news.t.map(() => null);
    const column = [...before, ...after.slice(from)].slice(cut);
    if (column.some((value) => value !== null)) joined.servers[name] = column;
  }
  return joined;
}

/**
 * The last minutes of all columns.
 * @param {Columns} columns @param {number} minutes @returns {Columns}
 */
export function lastMinutes(columns, minutes) {
  const oldest = (columns.t.at(-1) ?? 0) - minutes * 60;
  const cut = Math.max(
    0,
    columns.t.findIndex((t) => t > oldest),
  );
  const found = /** @type {any} */ ({ t: columns.t.slice(cut), servers: {} });
  for (const name of NAMES) found[name] = columns[name].slice(cut);
  for (const [name, column] of Object.entries(columns.servers)) found.servers[name] = column.slice(cut);
  return found;
}

/** @param {Column} column */
export const sum = (column) => column.reduce((/** @type {number} */ total, value) => total + (value ?? 0), 0);

/** The last value that is known. @param {Column} column @returns {number | null} */
export const latest = (column) => column.findLast((value) => value !== null) ?? null;

/** Two columns added up; null only where both are. @param {Column} one @param {Column} other @returns {Column} */
export const added = (one, other) =>
  one.map((value, n) => (value === null && other[n] === null ? null : (value ?? 0) + (other[n] ?? 0)));

/** @param {number | null | undefined} value */
export function shown(value) {
  if (value === null || value === undefined) return "–";
  if (value >= 1_000_000) return `${(value / 1_000_000).toFixed(1)} M`;
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A round number at or above a value, whose half is round too. @param {number} value */
export function roundAbove(value) {
  if (value <= 0) return 1;
  const step = 10 ** Math.floor(Math.log10(value));
  const times = [1, 2, 4, 6, 8, 10].find((each) => each * step >= value) ?? 10;
  return times * step;
}
