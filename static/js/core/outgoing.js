/** One outgoing message: its states, its command, and what the page shows of it. */
import { failureActions } from "./refusals.js";

/** @typedef {Core.Outgoing & { sentAs: number | null }} Entry `sentAs`: acknowledged as this `seq`, event not seen yet */

export const isSame = (/** @type {Core.Outgoing} */ one) => (/** @type {Entry} */ other) =>
  one.client_id === other.client_id;

export const isWaiting = (/** @type {Entry} */ entry) => entry.state === "waiting" && entry.sentAs === null;

/** Half a surrogate pair and NUL are no text: the server would refuse the whole message for them. */
export const cleanText = (/** @type {string} */ text) =>
  text.replace(/\0/g, "").replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

/** @param {Entry} entry @returns {Wire.Frame} */
export function sendCommand(entry) {
  const { room, client_id, text, reply_to, attachments } = entry;
  /** @type {Wire.Frame} */
  const command = { type: "message.send", room, client_id, text };
  if (reply_to !== null) command.reply_to = reply_to;
  if (attachments?.length) command.attachments = attachments.map(({ id }) => id);
  return command;
}

/** @param {Entry} entry @returns {Core.OutgoingView} */
export function view(entry) {
  const { n, client_id, room, text, reply_to, attachments = [], at, state, attempts, error, sentAs } = entry;
  const actions = state === "failed" ? failureActions(error) : attempts === 0 ? /** @type {const} */ (["discard"]) : [];
  return {
    n,
    client_id,
    room,
    text,
    reply_to,
    attachments,
    at,
    state: sentAs === null ? state : "sent",
    error,
    actions: sentAs === null ? [...actions] : [],
    seq: sentAs,
  };
}
