/** A message is its `message.created` event with the later changes laid over it, in the order of `seq`. */

const CHANGE_KINDS = new Set(["message.edited", "message.deleted", "reaction.added", "reaction.removed"]);

/** Whether the event changes a message. @param {Wire.Event} event */
export const isChange = (event) => CHANGE_KINDS.has(event.kind);

/** Whether a message names somebody, or everyone. @param {Core.Message} message @param {Wire.Id} user */
export const names = (message, user) => message.everyone || message.mentions.includes(user);

/**
 * The present state of a message. Pure, so the order in which events came does not matter.
 * @param {Wire.Event} created
 * @param {Wire.Event[]} changes events whose `data.message` is this message, ascending by `seq`
 * @param {Core.Base | null} [base] what the server told of it, where the log from it to the present is not all here
 * @returns {Core.Message}
 */
export function foldMessage(created, changes, base = null) {
  const { data } = created;
  /** @type {Core.Message} */
  const message = {
    seq: created.seq,
    by: created.by ?? "",
    at: created.at,
    client_id: created.client_id ?? null,
    text: typeof data.text === "string" ? data.text : "",
    reply_to: data.reply_to ?? null,
    mentions: data.mentions ?? [],
    everyone: data.everyone === true,
    attachments: data.attachments ?? [],
    edited_at: data.edited_at ?? null,
    // A replayed event has the present text, and none when the message was deleted: no message begins empty.
    deleted: !data.text && !data.attachments?.length,
    reactions: [],
  };
  /** @type {Map<string, Set<Wire.Id>>} */
  const reactions = new Map(base?.reactions.map(({ emoji, users }) => [emoji, new Set(users)]));
  if (base) message.text = base.text;
  for (const change of changes) applyChange(message, reactions, change, base !== null && change.seq <= base.at);
  message.reactions = [...reactions]
    .filter(([, users]) => users.size > 0)
    .map(([emoji, users]) => ({ emoji, users: [...users] }));
  if (message.deleted)
    Object.assign(message, { text: "", attachments: [], mentions: [], everyone: false, reactions: [] });
  return message;
}

/**
 * @param {Core.Message} message
 * @param {Map<string, Set<Wire.Id>>} reactions
 * @param {Wire.Event} change
 * @param {boolean} told its effect on text and reactions is there already
 */
function applyChange(message, reactions, change, told) {
  const { data, by = "" } = change;
  if (change.kind === "message.deleted") message.deleted = true;
  else if (change.kind === "message.edited") {
    // The text of an overtaken edit is gone from the log: what is left to tell is when.
    if (typeof data.text === "string" && !told) message.text = data.text;
    if (data.mentions) {
      message.mentions = data.mentions;
      message.everyone = data.everyone === true;
    }
    message.edited_at = change.at;
  } else if (told) {
    return;
  } else if (change.kind === "reaction.added") {
    if (!reactions.has(data.emoji)) reactions.set(data.emoji, new Set());
    reactions.get(data.emoji)?.add(by);
  } else {
    reactions.get(data.emoji)?.delete(by);
  }
}
