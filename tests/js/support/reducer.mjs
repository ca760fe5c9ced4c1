/**
 * What a room shows, told event by event: the reference model of tests/contracts/reducer.py, for the page. It shares no
 * code with the page: the page lays changes over a message in whatever order they came, this walks once along the log.
 */

/** @param {any} event */
const created = ({ seq, by, at, client_id, data }) => ({
  seq,
  by,
  at,
  client_id: client_id ?? null,
  text: data.text,
  reply_to: data.reply_to ?? null,
  mentions: data.mentions ?? [],
  everyone: data.everyone ?? false,
  attachments: data.attachments ?? [],
  edited_at: null,
  deleted: false,
  reactions: [],
});

/** @type {Record<string, (message: any, event: any) => void>} */
const CHANGES = {
  "message.edited"(message, { at, data }) {
    message.edited_at = at;
    if (message.deleted) return;
    message.text = data.text;
    message.mentions = data.mentions ?? message.mentions;
    message.everyone = data.everyone ?? false;
  },
  "message.deleted"(message) {
    Object.assign(message, { deleted: true, text: "", mentions: [], everyone: false, attachments: [], reactions: [] });
  },
  "reaction.added"(message, { by, data: { emoji } }) {
    if (message.deleted) return;
    const found = message.reactions.find((/** @type {any} */ each) => each.emoji === emoji);
    if (!found) message.reactions.push({ emoji, users: [by] });
    else if (!found.users.includes(by)) found.users.push(by);
  },
  "reaction.removed"(message, { by, data: { emoji } }) {
    for (const each of message.reactions) {
      if (each.emoji === emoji) each.users = each.users.filter((/** @type {string} */ user) => user !== by);
    }
    message.reactions = message.reactions.filter((/** @type {any} */ each) => each.users.length > 0);
  },
};

/** The messages of a room, by its log. @param {any[]} events in the order of `seq` @returns {any[]} */
export function reduce(events) {
  const messages = new Map();
  events.forEach((event, index) => {
    if (event.seq !== index + 1) throw new Error(`the log has a hole before ${event.seq}`);
    if (event.kind === "message.created") messages.set(event.seq, created(event));
    else CHANGES[event.kind]?.(messages.get(event.data.message), event);
  });
  return [...messages.values()];
}
