/** The rows of the list: messages (in the log or still here), quiet lines, holes. */
import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { formatFull, formatTime, renderMarkdown } from "../core/index.js";
import { avatar } from "./avatars.js";
import { dressCode } from "./code.js";
import { editForm } from "./edit_form.js";
import { icon } from "./icons.js";
import { added, count, ledgerWords, markWord, notice, refusal } from "./words.js";

const MARK_ICONS = /** @type {Record<string, string>} */ ({
  waiting: "clock",
  sent: "check",
  delivered: "check-check",
  read: "read",
  failed: "circle-alert",
});

/** A moment: the short time, the full one as a title. @param {string | number} at */
const clock = (at) =>
  html`<time datetime=${new Date(at).toISOString()} title=${formatFull(at)}>${formatTime(at)}</time>`;

/**
 * The rendered text. Made once for each text; links inside are no tab stops of their own until the row is entered.
 * @param {View.Page} page @param {string} text
 */
function body(page, text) {
  return guard([text, page.namesVersion], () => {
    const fragment = renderMarkdown(text, { mention: page.mention });
    for (const pre of fragment.querySelectorAll("pre")) dressCode(pre);
    for (const stop of fragment.querySelectorAll("a, button, pre")) stop.setAttribute("tabindex", "-1");
    return fragment;
  });
}

/** The mark in the ledger. @param {string} mark @param {boolean} direct */
const ledgerMark = (mark, direct) =>
  html`<span class="mark" data-state=${mark} title=${markWord(mark, direct)}
    >${icon(MARK_ICONS[mark] ?? "check")}<span class="sr">${markWord(mark, direct)}</span></span
  >`;

/**
 * One message. A message that waits here and the same message in the log are one row with one key.
 * @param {View.Page} page @param {View.Row} row @param {any} facts see `messageFacts` and `outgoingFacts`
 */
function message(page, row, facts) {
  const { by, at, mark, words, text, deleted, edited, failed, editing } = facts;
  const name = by?.display_name ?? "Someone";
  const classes = [
    "msg",
    row.first ? "msg--first" : "",
    mark === "waiting" ? "msg--wait" : "",
    facts.forMe ? "msg--for-me" : "",
  ];
  return html`<article
    class=${classes.filter(Boolean).join(" ")}
    data-key=${row.key}
    data-seq=${facts.seq ?? nothing}
    data-client-id=${facts.clientId ?? nothing}
    tabindex=${page.list.stop === row.key ? 0 : -1}
    aria-label=${`${name}, ${formatTime(at)}${facts.forMe ? ", names you" : ""}`}
  >
    <div class="msg__side">${row.first ? avatar(by) : clock(at)}</div>
    <div class="msg__body">
      ${
        row.first
          ? html`<div class="msg__by">
            <h3>${name}</h3>
            ${by?.kind === "bot" ? html`<span class="tag">bot</span>` : nothing}${clock(at)}
          </div>`
          : nothing
      }
      ${
        editing
          ? editForm(page, facts.clientId, text)
          : deleted
            ? html`<p class="gone">Deleted</p>`
            : html`<div class="msg__text" dir="auto">${body(page, text)}</div>
              ${edited ? html`<span class="edited" title=${formatFull(edited)}>(edited)</span>` : nothing}`
      }
      ${failed && !editing ? failure(page, failed) : nothing}
      ${words ? html`<div class="foot--seen"><span class="seen">${words}</span></div>` : nothing}
    </div>
    ${mark ? ledgerMark(mark, page.room?.kind === "direct") : nothing}
  </article>`;
}

/** Not sent: why, and the ways out. @param {View.Page} page @param {any} outgoing */
function failure(page, outgoing) {
  const { client_id: id, actions, error } = outgoing;
  return html`<div class="fail">
    <span>Not sent. ${refusal(error)}</span>
    ${
      actions.includes("retry")
        ? html`<button type="button" @click=${() => page.chat.retry(id)}>Try again</button>`
        : nothing
    }
    ${
      actions.includes("edit") ? html`<button type="button" @click=${() => page.editFailed(id)}>Edit</button>` : nothing
    }
    ${
      actions.includes("discard")
        ? html`<button type="button" @click=${() => page.discardFailed(id)}>Delete</button>`
        : nothing
    }
  </div>`;
}

/** @param {View.Page} page @param {View.Row} row */
function messageRow(page, row) {
  const { message: said, mine, seq } = row.item;
  const direct = page.room?.kind === "direct";
  const ledger = mine && !said.deleted ? page.room?.ledger(seq) : null;
  const by = page.person(said.by);
  const words = ledger && row.key === page.list.newestOwn ? ledgerWords(ledger, direct) : "";
  const mark = ledger?.mark ?? null;
  const stop = page.list.stop === row.key;
  return guard([row.item, row.first, by, mark, words, stop, page.namesVersion, page.today], () =>
    message(page, row, {
      by,
      at: said.at,
      seq,
      mark,
      words,
      forMe: !mine && (said.mentions.includes(page.me.id) || page.namesMe(said.text)),
      text: said.text,
      deleted: said.deleted,
      edited: said.edited_at,
      failed: null,
      clientId: mine ? said.client_id : null,
      editing: false,
    }),
  );
}

/** @param {View.Page} page @param {View.Row} row */
function outgoingRow(page, row) {
  const { outgoing } = row.item;
  const stop = page.list.stop === row.key;
  const editing = page.editing === outgoing.client_id;
  const { state, error, actions, text } = outgoing;
  return guard([state, error?.code, actions.join(), text, row.first, stop, editing, page.me], () =>
    message(page, row, {
      by: page.me,
      at: outgoing.at,
      seq: null,
      mark: state,
      words: "",
      forMe: false,
      text,
      deleted: false,
      edited: null,
      failed: state === "failed" ? outgoing : null,
      clientId: outgoing.client_id,
      editing,
    }),
  );
}

/** @param {View.Page} page @param {View.Row} row */
function noticeRow(page, row) {
  const nameOf = (/** @type {string | null} */ id) =>
    id === page.me.id ? null : (page.person(id ?? "")?.display_name ?? "Someone");
  const items = [row.item, ...row.more];
  const parts = row.more.length ? added(items, nameOf) : notice(row.item, nameOf);
  const stop = page.list.stop === row.key;
  return html`<p class="said" data-key=${row.key} data-seq=${items.at(-1).seq} tabindex=${stop ? 0 : -1}>
    ${parts.map((part) => (part.name === undefined ? part.words : html`<b>${part.name}</b>`))}${clock(row.item.at)}
  </p>`;
}

/** Above this many missed messages, the person decides whether to fetch them. */
const MANY = 200;

/** @param {View.Page} page @param {View.Row} row */
function holeRow(page, row) {
  const { from, to, count: missing, loading } = row.item;
  const ask = missing > MANY && !loading;
  return html`<div class="gap">
    ${icon("rotate-cw")}
    <p>${ask ? `${count(missing, "message is", "messages are")} not loaded` : `${missing} more are on the way`}</p>
    ${
      ask
        ? html`<button class="btn btn--s" type="button" @click=${() => page.loadHole(from, to)}>Show them</button>`
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
