/** What stands around the message field: why one cannot write, what is replied to, the note beside the button, the keys of an empty field. */
import { html, nothing } from "lit";
import { icon } from "./icons.js";
import { sends } from "./wishes.js";
import { gist } from "./words_files.js";
import { bytesLeft, replyingTo, says, tooMany } from "./words_talk.js";

/** The counter shows from this many bytes before the limit on. */
export const COUNTER_FROM = 200;
/** How much of what is replied to is shown. */
const MOST = 140;

/** In the field's place where one may not write. The words that one had written can still be taken along. @param {import("./composer.js").Composer} composer */
export function closed(composer) {
  const { page, unsent } = composer;
  const { room } = page;
  const why = room.archived ? says.closed : room.settings.read_only ? says.readOnly : says.mayNotWrite;
  const kept = html`<textarea class="input" readonly rows="2" dir="auto" aria-label=${says.unsent} .value=${unsent}></textarea>
    <button class="btn btn--s" type="button" @click=${() => page.acts.copy(unsent, says.copied)}>${says.copyText}</button>
    <button class="btn btn--s" type="button" @click=${composer.drop}>${says.remove}</button>
    ${composer.kept ? html`<span class="note">${says.draftKept}</span>` : nothing}`;
  return html`<div class="comp__closed"><p>${why}</p>${unsent ? kept : nothing}</div>`;
}

/** @param {import("./composer.js").Composer} composer */
export function replyBar(composer) {
  const { page, replying } = composer;
  if (replying === null) return nothing;
  const original = page.originals.get(replying);
  const name = (original && page.person(original.by)?.display_name) ?? "…";
  return html`<div class="replying">
    ${icon("reply", true)}
    <span class="cut"><b>${replyingTo(name)}</b>${original ? html`: ${gist(original, MOST)}` : nothing}</span>
    <button class="icon icon--s" type="button" aria-label=${says.stopReplying} title=${says.stopReplying} @click=${() => composer.replyTo(null)}>
      ${icon("x", true)}
    </button>
  </div>`;
}

/**
 * @param {{ problem: string, field: { left: number }, kept: boolean, empty: boolean }} writing `left`: bytes until the limit
 * @param {string} [id]
 */
export function note({ problem, field: { left }, kept, empty }, id = "note") {
  const words = problem || noteWords(left) || (kept && !empty ? says.draftKept : nothing);
  return html`<span class=${left < 0 || problem ? "note note--over" : "note"} id=${id}>${words}</span>`;
}

/** @param {number} left */
function noteWords(left) {
  if (left < 0) return tooMany(-left);
  return left < COUNTER_FROM ? bytesLeft(left) : "";
}

/**
 * Without words in the field Ctrl Z brings back what was removed last: a file, else a message.
 * @param {import("./composer.js").Composer} composer @param {KeyboardEvent} event @returns {boolean} whether there was something
 */
export function undoes({ page, field }, event) {
  const asked = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
  return asked && field.blank && (page.toast.undo() || page.acts.undo());
}

/**
 * In an empty field: Up changes one's last message, Shift Up replies to the latest.
 * @param {import("./composer.js").Composer} composer @param {KeyboardEvent} event
 */
export function emptyKeys(composer, event) {
  const { page, field } = composer;
  const { acts } = page;
  if (sends(event)) return event.preventDefault();
  if (event.key !== "ArrowUp" || event.altKey || event.ctrlKey || event.metaKey || field.box.value?.value) return;
  const wanted = event.shiftKey ? "reply" : "edit";
  const item = page.room
    .items()
    .findLast((/** @type {any} */ one) => one.type === "message" && acts.may(wanted, one.message));
  if (!item) return;
  event.preventDefault();
  if (event.shiftKey) composer.replyTo(item.seq);
  else acts.edit(item.seq);
}
