/** The keyboard among the messages: one tab stop, from row to row, into a row and out again, and a key for each action. */

import { scrolls } from "./code.js";

/** @param {HTMLElement | undefined} list */
const rowsOf = (list) => /** @type {HTMLElement[]} */ ([...(list?.querySelectorAll("[data-key]") ?? [])]);

/** What can be gone to inside a row. */
const INSIDE = "a[href], button, pre, [role=button]";

/** Enter on a row: into its links and buttons. @param {KeyboardEvent} event @param {HTMLElement} row */
function enter(event, row) {
  const inside = /** @type {HTMLElement[]} */ ([...row.querySelectorAll(INSIDE)]).filter((stop) => stop.offsetParent);
  for (const stop of inside) stop.tabIndex = 0;
  if (!inside[0]) return;
  event.preventDefault();
  inside[0].focus();
}

/** Esc inside a row: back out to the row. @param {KeyboardEvent} event @param {HTMLElement} row */
function leave(event, row) {
  event.preventDefault();
  event.stopPropagation();
  const inside = /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll(INSIDE));
  for (const stop of inside) stop.tabIndex = stop.matches("pre") && scrolls(stop) ? 0 : -1;
  row.focus();
}

/**
 * Up and Down by message, Page by screen, Home and End.
 * @param {KeyboardEvent} event @param {HTMLElement} row @param {HTMLElement} list
 */
function move(event, row, list) {
  const rows = rowsOf(list);
  const here = rows.indexOf(row);
  const box = list.getBoundingClientRect();
  const inSight = (/** @type {HTMLElement} */ one) => {
    const { bottom, top } = one.getBoundingClientRect();
    return bottom > box.top && top < box.bottom;
  };
  const screen = Math.max(1, rows.filter(inSight).length - 1);
  const steps = /** @type {Record<string, number>} */ ({
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: -screen,
    PageDown: screen,
    Home: -rows.length,
    End: rows.length,
  });
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

/** Only while a message has the focus, so that typing and speech input are safe. */
const ACTIONS = /** @type {Record<string, string>} */ ({
  r: "reply",
  e: "edit",
  "+": "react",
  u: "unread",
  s: "seen",
  c: "copy",
  t: "thread",
  g: "jump",
  Delete: "remove",
});

/**
 * @param {View.Page} page @param {HTMLElement} list @param {KeyboardEvent} event
 */
export function listKeys(page, list, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.altKey || event.ctrlKey || event.metaKey || target.closest("textarea, input")) return;
  const row = /** @type {HTMLElement | null} */ (target.closest("[data-key]"));
  if (target !== row) {
    if (event.key === "Escape" && row) leave(event, row);
    return;
  }
  const action = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (event.key === "Enter") enter(event, row);
  else if (action && row.dataset.seq) {
    if (page.acts.run(action, Number(row.dataset.seq), row)) event.preventDefault();
  } else move(event, row, list);
}
