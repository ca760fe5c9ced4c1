/** The rows of the list: messages, quiet lines, holes, and what stands there while it is not known which. */
import { html, nothing } from "lit";
import { icon } from "./icons.js";
import { clock, messageRow, outgoingRow } from "./message_row.js";
import { added, notice } from "./words.js";
import { notLoaded, onTheWay, says } from "./words_talk.js";

/** @param {View.Page} page @param {View.Row} row */
function noticeRow(page, row) {
  const nameOf = (/** @type {string | null} */ id) =>
    id === page.me.id ? null : (page.person(id ?? "")?.display_name ?? says.someone);
  const items = [row.item, ...row.more];
  const parts = row.more.length ? added(items, nameOf) : notice(row.item, nameOf);
  const stop = page.list.stop === row.key;
  return html`<p class="said" data-key=${row.key} data-seq=${items.at(-1).seq} tabindex=${stop ? 0 : -1}>
    ${parts.map((part) => (part.name === undefined ? part.words : html`<b>${part.name}</b>`))}${clock(row.item.at)}
  </p>`;
}

/** Above this many missed messages, the person decides whether to fetch them all. */
const MANY = 200;

/** @param {View.Page} page @param {View.Row} row */
function holeRow(page, row) {
  const { from, to, count: missing, loading } = row.item;
  const ask = missing > MANY && !loading;
  return html`<div class="gap" data-from=${from} data-to=${to}>
    ${icon("rotate-cw")}
    <p>${ask ? notLoaded(missing) : onTheWay(missing)}</p>
    ${
      ask
        ? html`<button class="btn btn--s" type="button" @click=${() => page.loadHole(from, to)}>${says.showThem}</button>`
        : nothing
    }
  </div>`;
}

/** @param {View.Page} page @param {View.Row} row */
export function rowOf(page, row) {
  const drawn = { message: messageRow, outgoing: outgoingRow, notice: noticeRow, hole: holeRow }[
    /** @type {"message"} */ (row.item.type)
  ](page, row);
  return row.fresh ? html`${page.list.newLine()}${drawn}` : html`${drawn}`;
}

const TO_COME = Array(12).fill(html`<div class="bone"><i></i><p></p><p></p></div>`);

/** The shape of messages, while it is not known which ones belong here. */
export const rowsToCome = () => html`<div class="bones" aria-hidden="true">${TO_COME}</div>`;
