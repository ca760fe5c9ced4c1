/** A message's row, in the log or still waiting here: who, what, and how far it went. */
import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { formatFull, formatTime, renderMarkdown } from "../core/index.js";
import { avatar } from "./avatars.js";
import { dressCode } from "./code.js";
import { files } from "./files.js";
import { icon } from "./icons.js";
import { pressable } from "./name_chips.js";
import { quote, quoted } from "./quote.js";
import { reactions } from "./reactions.js";
import { roomInUrl } from "./router.js";
import { tools } from "./tools.js";
import { ledgerWords, markWord, refusal } from "./words.js";
import { editedAt, notSent, replies, rowLabel, says } from "./words_talk.js";

const MARK_ICONS = /** @type {Record<string, string>} */ ({
  waiting: "clock",
  sent: "check",
  delivered: "check-check",
  read: "read",
  failed: "circle-alert",
});
/** Of those who have seen one's newest message so many are shown. */
const SHOWN_READERS = 3;
/** A message of nothing but so many emoji is printed large. */
const ONLY_EMOJI = onlyEmoji();

/** Older browsers do not know which signs together are one emoji; there nothing is printed large. */
function onlyEmoji() {
  try {
    /** @type {string} */
    const sets = "v";
    return new RegExp("^(?:\\p{RGI_Emoji}\\s*){1,3}$", sets);
  } catch {
    return /^(?!)/;
  }
}

/** A moment: the short time, the full one as a title. @param {string | number} at */
export const clock = (at) =>
  html`<time datetime=${new Date(at).toISOString()} title=${formatFull(at)}>${formatTime(at)}</time>`;

/**
 * The rendered text. Made once for each text; links inside are no tab stops of their own until the row is entered.
 * @param {View.Page} page @param {string} text @param {"me" | "others" | null} everyone whom its `@everyone` names
 */
function body(page, text, everyone) {
  return guard([text, page.namesVersion, everyone], () => {
    const mention = everyone ? (/** @type {string} */ name) => everyoneOr(page, name, everyone) : page.names.person;
    const fragment = renderMarkdown(text, { mention, room: page.names.room });
    for (const pre of fragment.querySelectorAll("pre")) dressCode(pre);
    pressable(page, fragment);
    for (const stop of fragment.querySelectorAll(":is(a, button, pre, [role=button])"))
      stop.setAttribute("tabindex", "-1");
    // A link into this place is followed here, not in a tab of its own.
    for (const link of fragment.querySelectorAll("a")) if (roomInUrl(link.href)) link.removeAttribute("target");
    return fragment;
  });
}

/** @param {View.Page} page @param {string} name @param {string} everyone */
const everyoneOr = (page, name, everyone) =>
  name.toLowerCase() === "everyone" ? { id: "", label: name, me: everyone === "me" } : page.names.person(name);

/** The mark in the ledger; in the log it opens "who and when". @param {View.Page} page @param {string} mark @param {number | null} seq */
function ledgerMark(page, mark, seq) {
  const words = markWord(mark, page.room?.kind === "direct");
  const drawn = html`${icon(MARK_ICONS[mark] ?? "check")}<span class="sr">${words}</span>`;
  if (seq === null) return html`<span class="mark" data-state=${mark} title=${words}>${drawn}</span>`;
  return html`<button
    class="mark"
    type="button"
    tabindex="-1"
    data-state=${mark}
    title=${words}
    @click=${(/** @type {Event} */ event) => page.acts.run("seen", seq, /** @type {HTMLElement} */ (event.currentTarget))}
  >
    ${drawn}
  </button>`;
}

/**
 * One message. A message that waits here and the same message in the log are one row with one key.
 * @param {View.Page} page @param {View.Row} row @param {any} facts see `messageRow` and `outgoingRow`
 */
function template(page, row, facts) {
  const { by, at, mark, failed, editing, said } = facts;
  const name = by?.display_name ?? says.someone;
  const reply = facts.replyTo && !facts.deleted;
  const classes = ["msg", row.first && "msg--first", mark === "waiting" && "msg--wait", facts.forMe && "msg--for-me"];
  classes.push(reply && "msg--reply", facts.target && "msg--target");
  return html`<article
    class=${classes.filter(Boolean).join(" ")}
    data-key=${row.key}
    data-seq=${facts.seq ?? nothing}
    data-client-id=${facts.clientId ?? nothing}
    tabindex=${page.list.stop === row.key ? 0 : -1}
    aria-label=${rowLabel(name, formatTime(at), facts.forMe)}
  >
    <div class="msg__side">${row.first ? avatar(by) : clock(at)}</div>
    <div class="msg__body">
      ${reply ? quote(page, facts.replyTo, facts.original) : nothing}
      ${
        row.first
          ? html`<div class="msg__by">
            <h3>${name}</h3>
            ${by?.kind === "bot" ? html`<span class="tag">${says.bot}</span>` : nothing}${clock(at)}
          </div>`
          : nothing
      }
      ${facts.pinned ? html`<p class="msg__pinned">${icon("pin", true)}${says.pinned}</p>` : nothing}
      ${editing ?? content(page, facts)}
      ${said && !facts.deleted && !editing ? html`${reactions(page, said)}${thread(page, said.seq, facts.replies)}` : nothing}
      ${failed && !editing ? failure(page, failed) : nothing}
      ${facts.words ? seen(page, facts) : nothing}
    </div>
    ${mark ? ledgerMark(page, mark, facts.seq) : nothing}
    ${said && !facts.deleted && !editing ? tools(page, said, facts.pointed) : nothing}
  </article>`;
}

/** @param {View.Page} page @param {any} facts */
function content(page, facts) {
  if (facts.removed) {
    return html`<p class="gone">
      ${says.deleted} <button class="link" type="button" @click=${() => page.acts.undo(facts.seq)}>${says.undo}</button>
    </p>`;
  }
  if (facts.deleted) return html`<p class="gone">${says.gone}</p>`;
  const large = ONLY_EMOJI.test(facts.text.trim());
  return html`${facts.text ? html`<div class=${large ? "msg__text msg__text--emoji" : "msg__text"} dir="auto">${body(page, facts.text, facts.everyone ?? null)}</div>` : nothing}
    ${files(page, facts.attachments, facts.seq)}
    ${
      facts.edited
        ? html`<button
          class="edited"
          type="button"
          tabindex="-1"
          title=${editedAt(formatFull(facts.edited))}
          @click=${() => page.toast.say(editedAt(formatFull(facts.edited)))}
        >
          ${says.edited}
        </button>`
        : nothing
    }`;
}

/** @param {View.Page} page @param {number} seq @param {number} count */
const thread = (page, seq, count) =>
  count
    ? html`<button class="inthread" type="button" tabindex="-1" @click=${() => page.acts.openThread(seq)}>
        ${icon("message-square", true)}${replies(count)}
      </button>`
    : nothing;

/** The words of the receipts under one's newest message. @param {View.Page} page @param {any} facts */
const seen = (page, { words, readers, seq }) =>
  html`<div class="foot--seen">
    <button
      class="seen"
      type="button"
      tabindex="-1"
      aria-haspopup="dialog"
      @click=${(/** @type {Event} */ event) => page.acts.run("seen", seq, /** @type {HTMLElement} */ (event.currentTarget))}
    >
      ${readers.length ? html`<span class="stack">${readers.map((/** @type {string} */ id) => avatar(page.person(id), { size: "xs" }))}</span>` : nothing}${words}
    </button>
  </div>`;

/** Not sent: why, and the ways out. @param {View.Page} page @param {any} outgoing */
function failure(page, outgoing) {
  const { client_id: id, actions, error } = outgoing;
  return html`<div class="fail">
    <span>${notSent(refusal(error))}</span>
    ${
      actions.includes("retry")
        ? html`<button type="button" @click=${() => page.chat.retry(id)}>${says.tryAgain}</button>`
        : nothing
    }
    ${
      actions.includes("edit")
        ? html`<button type="button" @click=${() => page.refused.edit(id)}>${says.edit}</button>`
        : nothing
    }
    ${
      actions.includes("discard")
        ? html`<button type="button" @click=${() => page.refused.discard(id)}>${says.remove}</button>`
        : nothing
    }
  </div>`;
}

/** @param {View.Page} page @param {View.Row} row */
export function messageRow(page, row) {
  const { message: said, mine, seq } = row.item;
  const { acts, list, room } = page;
  const direct = room?.kind === "direct";
  const removed = acts.isRemoved(seq);
  const deleted = said.deleted || removed;
  const ledger = mine && !deleted ? room?.ledger(seq) : null;
  const by = page.person(said.by);
  for (const id of said.mentions) page.person(id); // their names are shown, too
  const facts = {
    said,
    by,
    at: said.at,
    seq,
    mark: ledger?.mark ?? null,
    words: ledger && row.key === list.newestOwn ? ledgerWords(ledger, direct) : "",
    readers: [],
    forMe: !mine && !deleted && (said.everyone || said.mentions.includes(page.me.id) || page.names.mine(said.text)),
    everyone: said.everyone ? (mine ? "others" : "me") : null,
    pinned: !deleted && room?.pins.includes(seq),
    text: said.text,
    attachments: said.attachments,
    deleted,
    removed,
    edited: said.edited_at,
    failed: null,
    clientId: mine ? said.client_id : null,
    replyTo: said.reply_to,
    original: quoted(page, said.reply_to),
    replies: room?.replies(seq) ?? 0,
    pointed: list.pointed === row.key,
    target: list.target === seq,
    editing: null,
  };
  if (facts.words && !direct) facts.readers = room.seenBy(seq).read.slice(0, SHOWN_READERS);
  const editing = acts.editing === seq;
  const changing = [
    facts.mark,
    facts.words,
    facts.readers.join(),
    removed,
    facts.original,
    facts.replies,
    facts.pointed,
    facts.target,
    facts.pinned,
  ];
  const around = [
    page.previews.version,
    list.stop === row.key,
    list.unfolded.has(seq),
    room?.archived,
    page.namesVersion,
    page.today,
  ];
  return guard([row.item, row.first, by, editing && acts.editProblem, editing, ...changing, ...around], () =>
    template(page, row, { ...facts, editing: editing ? editOwn(page, said) : null }),
  );
}

/** @param {View.Page} page @param {any} said */
const editOwn = (page, said) =>
  page.editForm?.({
    text: said.text,
    send: says.save,
    problem: page.acts.editProblem,
    onSend: (text) => void page.acts.saveEdit(said.seq, text),
    onCancel: () => page.acts.edit(null),
  });

/** @param {View.Page} page @param {View.Row} row */
export function outgoingRow(page, row) {
  const { outgoing } = row.item;
  const stop = page.list.stop === row.key;
  const editing = page.refused.editing === outgoing.client_id;
  const { state, error, actions, text, attachments, client_id: id, reply_to: replyTo } = outgoing;
  const original = quoted(page, replyTo);
  return guard(
    [state, error?.code, actions.join(), text, row.first, stop, editing, original, page.me, page.previews.version],
    () =>
      template(page, row, {
        by: page.me,
        at: outgoing.at,
        seq: null,
        mark: state,
        words: "",
        readers: [],
        text,
        attachments,
        failed: state === "failed" ? outgoing : null,
        clientId: id,
        replyTo,
        original,
        editing: editing
          ? page.editForm?.({
              text,
              send: says.send,
              onSend: (changed) => void page.refused.send(id, changed),
              onCancel: () => page.refused.edit(null),
            })
          : null,
      }),
  );
}
