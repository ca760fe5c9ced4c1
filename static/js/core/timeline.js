/** The rows of one room: messages, notices and holes, made from the log and cached until something changes. */
import { foldMessage, isChange } from "./messages.js";
import { RoomLog } from "./room-log.js";

const NOTICE_KINDS = new Set(["member.joined", "member.left", "member.changed", "room.changed", "room.archived"]);

export class Timeline {
  log = new RoomLog();
  /** Changes by the `seq` of the message that they change. @type {Map<number, Wire.Event[]>} */
  #changes = new Map();
  /** What the server told of messages from which the log to the present is not all here. @type {Map<number, Core.Base>} */
  #bases = new Map();
  /** Replies by the `seq` of the message that they reply to. @type {Map<number, Set<number>>} */
  #replies = new Map();
  /** @type {Map<number, Core.Message>} */
  #messages = new Map();
  /** Rows by `seq`, kept so that an unchanged row is the same object. @type {Map<number, Core.Item>} */
  #rows = new Map();
  /** @type {Core.Item[] | null} */
  #items = null;
  /** Ranges being loaded, by the `from` of their hole. @type {Set<number>} */
  loading = new Set();

  /** @param {Wire.Id} me */
  constructor(me) {
    this.me = me;
  }

  /** @param {Wire.Event} event */
  add(event) {
    this.log.add(event);
    this.#items = null;
    this.#forgetMessage(event.seq);
    if (event.data.reply_to) this.#noteReply(Number(event.data.reply_to), event.seq);
    if (!isChange(event)) return;
    const subject = Number(event.data.message);
    const changes = (this.#changes.get(subject) ?? []).filter((known) => known.seq !== event.seq);
    changes.push(event);
    changes.sort((a, b) => a.seq - b.seq);
    this.#changes.set(subject, changes);
    this.#forgetMessage(subject);
  }

  #noteReply(/** @type {number} */ subject, /** @type {number} */ seq) {
    const known = this.#replies.get(subject);
    if (known) known.add(seq);
    else this.#replies.set(subject, new Set([seq]));
  }

  /** How many messages here reply to this one, deleted ones left out. @param {number} seq */
  replies(seq) {
    let count = 0;
    for (const reply of this.#replies.get(seq) ?? []) if (this.message(reply)?.deleted === false) count += 1;
    return count;
  }

  /** @param {number} from @param {number} to */
  cover(from, to) {
    this.log.cover(from, to);
    this.#items = null;
  }

  /** The rows shown depend on something else than the log (a hole's button, say). */
  touch() {
    this.#items = null;
  }

  clear() {
    this.log.clear();
    for (const part of [this.#changes, this.#bases, this.#replies, this.#messages, this.#rows, this.loading])
      part.clear();
    this.#items = null;
  }

  /** Forgets all but the newest `keep` events. @param {number} keep */
  trim(keep) {
    const newest = this.log.sorted().at(-keep);
    if (newest) this.drop(0, newest.seq - 1);
  }

  /** Forgets a stretch of the log. @param {number} from @param {number} to */
  drop(from, to) {
    for (const event of this.log.drop(from, to)) {
      this.#forgetMessage(event.seq);
      this.#bases.delete(event.seq);
      // What is still in the log is needed when the message comes back, and what a message that stays needs stays too.
      if (event.kind === "message.created") this.#keepChanges(event.seq, (change) => this.log.covers(change.seq));
      else if (isChange(event) && !this.log.get(Number(event.data.message))) {
        this.#keepChanges(Number(event.data.message), (change) => change.seq !== event.seq);
      }
    }
    this.#items = null;
  }

  #keepChanges(/** @type {number} */ subject, /** @type {(change: Wire.Event) => boolean} */ keep) {
    const left = (this.#changes.get(subject) ?? []).filter(keep);
    if (left.length) this.#changes.set(subject, left);
    else this.#changes.delete(subject);
  }

  /** What the server told of a message. @param {number} seq @param {Core.Base} base */
  setBase(seq, base) {
    this.#bases.set(seq, base);
    this.#forgetMessage(seq);
    this.#items = null;
  }

  /** @param {number} seq @returns {Core.Message | undefined} */
  message(seq) {
    const known = this.#messages.get(seq);
    if (known) return known;
    const created = this.log.get(seq);
    if (created?.kind !== "message.created") return undefined;
    const message = foldMessage(created, this.#changes.get(seq) ?? [], this.#bases.get(seq));
    this.#messages.set(seq, message);
    return message;
  }

  /** Top to bottom. The same array until something changes. @returns {Core.Item[]} */
  items() {
    this.#items ??= this.#build();
    return this.#items;
  }

  #build() {
    const holes = this.log.holes();
    /** @type {Core.Item[]} */
    const items = [];
    let next = 0;
    for (const event of this.log.sorted()) {
      for (let hole = holes[next]; hole && hole.from < event.seq; hole = holes[++next]) items.push(this.hole(hole));
      const row = this.#row(event);
      if (row) items.push(row);
    }
    for (const hole of holes.slice(next)) items.push(this.hole(hole));
    return items;
  }

  /** @param {{ from: number, to: number }} range @returns {Core.Item} */
  hole({ from, to }) {
    const loading = this.loading.has(from);
    return { type: "hole", key: `hole-${to}`, from, to, count: to - from + 1, loading };
  }

  /** @param {Wire.Event} event @returns {Core.Item | undefined} */
  #row(event) {
    const { seq } = event;
    const known = this.#rows.get(seq);
    if (known) return known;
    const row = this.#makeRow(event);
    if (row) this.#rows.set(seq, row);
    return row;
  }

  /** @param {Wire.Event} event @returns {Core.Item | undefined} */
  #makeRow(event) {
    const { seq, kind, by = null, at, data } = event;
    const message = this.message(seq);
    if (message) {
      const mine = message.by === this.me;
      return { type: "message", key: rowKey(message.client_id, seq, mine), seq, message, mine };
    }
    if (NOTICE_KINDS.has(kind)) return { type: "notice", key: `seq-${seq}`, seq, kind, by, at, data };
    return undefined;
  }

  #forgetMessage(/** @type {number} */ seq) {
    this.#messages.delete(seq);
    this.#rows.delete(seq);
  }
}

/**
 * One's own message keeps its key from the moment it is written, so its row is not torn down when its event comes.
 * @param {string | null} clientId @param {number} seq @param {boolean} mine
 */
const rowKey = (clientId, seq, mine) => (mine && clientId ? outgoingKey(clientId) : `seq-${seq}`);

/** @param {string} clientId */
export const outgoingKey = (clientId) => `own-${clientId}`;
