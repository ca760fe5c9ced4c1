/** One room as the page knows it: its rows, members, counts and watermarks. It fetches nothing itself. */
import { RoomFacts } from "./room-facts.js";
import { Timeline, outgoingKey } from "./timeline.js";
import { Unread } from "./unread.js";
import { Watermarks } from "./watermarks.js";
import { Writers } from "./writers.js";

/** A room that nobody looks at keeps this many newest events in memory. */
const KEEP_UNOPENED = 500;
/** Fewer than this at the end are no page to show. */
const ENOUGH = 50;
/** Of a room that somebody looks at, this many events are kept on each side of what is being read, and at the end. */
const KEEP_AROUND = 600;
const KEEP_NEWEST = 200;

/**
 * @typedef {{
 *   me: Wire.Id,
 *   isPerson: (user: Wire.Id) => boolean,
 *   outgoing: (room: Wire.Id) => Core.OutgoingView[],
 *   marked: (room: Wire.Id) => number,
 * }} RoomContext what a room needs from its surroundings; `marked`: read messages that the person marked as unread
 */

export class Room extends RoomFacts {
  /** @type {string | number | null} */
  epoch = null;
  head = 0;
  minSeq = 1;
  /** Everything up to here has been applied, in order; null before the first word from the server. @type {number | null} */
  cursor = null;
  /** A first page of history is here. */
  opened = false;
  loadingOlder = false;
  /** Somebody looks at it. */
  viewed = false;
  /** Behind for so long that the missing tail should be seen as a hole. */
  slow = false;
  writers = new Writers(() => this.changed());
  watermarks = new Watermarks();

  /** @type {{ rows: Core.Item[], outgoing: string, tail: string, items: Core.Item[] } | null} */
  #shown = null;

  /** @param {Wire.Id} id @param {RoomContext} context */
  constructor(id, context) {
    super();
    this.id = id;
    this.context = context;
    this.timeline = new Timeline(context.me);
    this.counts = new Unread(context.me);
  }

  get unread() {
    return this.counts.count + this.context.marked(this.id);
  }

  get mentions() {
    return this.counts.mentions;
  }

  get readSeq() {
    return this.counts.read;
  }

  /** Events known of that are not here yet. */
  get behind() {
    return this.cursor === null ? 0 : Math.max(0, this.head - this.cursor);
  }

  /** Whether the counts are final. */
  get settled() {
    return this.cursor !== null && this.behind === 0;
  }

  get hasOlder() {
    const lowest = this.timeline.log.lowest ?? (this.cursor ?? 0) + 1;
    return lowest > this.minSeq;
  }

  /** Whether the newest page has to be fetched before the room can be shown. */
  get needsNewest() {
    if (!this.opened || this.cursor === null) return true;
    const start = this.timeline.log.startOf(this.cursor) ?? this.cursor + 1;
    return start > this.minSeq && this.cursor - start < ENOUGH;
  }

  get typing() {
    return this.writers.list;
  }

  /** @param {number} seq */
  message(seq) {
    return this.timeline.message(seq);
  }

  /** Whether the log is here at that place, be it a message or not. @param {number} seq */
  covers(seq) {
    return this.timeline.log.covers(seq);
  }

  /** How many of the messages here reply to this one. @param {number} seq */
  replies(seq) {
    return this.timeline.replies(seq);
  }

  /**
   * The server's answer to a subscription. True: what was known is void, the room has to be loaded again.
   * @param {Wire.SubscribedRoom} state
   * @param {number | null} after the cursor that was given; null: none, so nothing that was missed follows
   */
  subscribed(state, after) {
    const restarted = this.epoch !== null && this.epoch !== state.epoch;
    const lost = restarted || !state.recovered;
    if (lost) this.#forget();
    this.epoch = state.epoch;
    this.minSeq = state.min_seq;
    this.head = lost ? state.head : Math.max(this.head, state.head);
    const from = after === null || lost ? state.head : Math.max(after, state.min_seq - 1);
    this.cursor = Math.max(this.cursor ?? 0, from);
    const mine = this.readSeq;
    this.counts.reset(state);
    this.markRead(mine);
    for (const receipt of state.receipts ?? []) this.watermarks.advance(receipt);
    if (state.receipts) this.watermarks.told = true;
    this.changed();
    return lost;
  }

  #forget() {
    this.timeline.clear();
    this.watermarks.clear();
    this.roster.clear();
    this.forgetFacts();
    this.counts.read = 0;
    this.cursor = null;
    this.head = 0;
    this.opened = false;
  }

  /** The newest `seq` that the server tells of. @param {number} seq */
  noteHead(seq) {
    if (seq <= this.head) return;
    this.head = seq;
    this.changed();
  }

  /**
   * Takes an event of the stream. False: it was here already.
   * @param {Wire.Event} event
   */
  ingest(event) {
    this.cursor ??= event.seq - 1;
    if (event.seq <= this.cursor && this.timeline.log.covers(event.seq)) return false;
    const fresh = event.seq > this.cursor;
    this.#count(event, fresh);
    this.#apply(event);
    this.head = Math.max(this.head, event.seq);
    this.#advanceCursor();
    if (!this.viewed && this.timeline.log.size > 2 * KEEP_UNOPENED) this.timeline.trim(KEEP_UNOPENED);
    this.changed();
    return fresh;
  }

  /**
   * Takes a page of history in.
   * @param {Wire.Event[]} events ascending
   * @param {number} from @param {number} to the stretch that the page answers for, both ends included
   */
  merge(events, from, to) {
    for (const event of events) this.timeline.add(event);
    this.timeline.cover(from, to);
    this.#advanceCursor();
    // Of a stretch of the past it is not known what came after: it tells of its messages only.
    if (this.timeline.log.endOf(from) >= (this.cursor ?? 0)) for (const event of events) this.#apply(event);
    this.changed();
  }

  /** Forgets what is far from what is being read, so that hours of scrolling cost no memory. @param {number} seq */
  keepAround(seq) {
    const { log } = this.timeline;
    if (log.size < 3 * KEEP_AROUND) return;
    const known = log.sorted().map((event) => event.seq);
    const here = known.findIndex((each) => each >= seq);
    const first = known[here - KEEP_AROUND];
    const last = known[here + KEEP_AROUND];
    const newest = known.at(-KEEP_NEWEST) ?? 0;
    if (first !== undefined && here > 0) this.timeline.drop(0, Math.min(first, newest) - 1);
    if (last !== undefined && here >= 0) this.timeline.drop(last + 1, newest - 1);
    this.changed();
  }

  #advanceCursor() {
    const next = /** @type {number} */ (this.cursor) + 1;
    if (this.timeline.log.covers(next)) this.cursor = this.timeline.log.endOf(next);
  }

  #count(/** @type {Wire.Event} */ event, /** @type {boolean} */ fresh) {
    if (!fresh) return;
    if (event.kind === "message.deleted") {
      const subject = Number(event.data.message);
      this.counts.remove(subject, event.seq, this.message(subject));
    } else if (event.kind === "message.created") {
      this.timeline.add(event);
      const message = this.message(event.seq);
      if (message) this.counts.add(message);
    }
  }

  #apply(/** @type {Wire.Event} */ event) {
    this.timeline.add(event);
    const { kind } = event;
    if (kind.startsWith("member.")) this.#applyMember(event);
    else if (kind.startsWith("room.")) this.applyRoom(event);
    else if (kind === "message.created" && event.by) this.writers.stopped(event.by);
    else if (kind === "message.deleted") this.unpin(Number(event.data.message));
  }

  #applyMember(/** @type {Wire.Event} */ event) {
    const { user, role } = event.data;
    if (!this.roster.apply(event) || user !== this.context.me) return;
    if (event.kind !== "member.left" && role) this.myRole = role;
  }

  /**
   * Somebody's watermarks moved, or a large room's sums.
   * @param {Wire.Frame} frame
   */
  receipt(frame) {
    if (frame.summary) this.watermarks.summary = /** @type {any} */ (frame.summary);
    else if (frame.user === this.context.me) this.markRead(frame.read);
    else this.watermarks.advance(/** @type {any} */ (frame));
    this.changed();
  }

  /** Moves one's own read watermark forward; true if it moved. @param {number} seq */
  markRead(seq) {
    // What was missed and has not come yet is counted by the server, so the end is the head.
    const moved = this.counts.advance(seq, this.head, (from, to) => this.#messagesIn(from, to));
    if (moved) this.changed();
    return moved;
  }

  /** Messages of others that are here, from this one on, and that were read. @param {number} from */
  readFrom(from) {
    const rows = this.timeline.items();
    return rows.filter(
      (row) =>
        row.type === "message" && from <= row.seq && row.seq <= this.readSeq && !row.mine && !row.message.deleted,
    ).length;
  }

  #messagesIn(/** @type {number} */ from, /** @type {number} */ to) {
    if (from > to) return [];
    if (this.timeline.log.endOf(from) < to || !this.timeline.log.covers(from)) return undefined;
    const messages = [];
    for (let seq = from; seq <= to; seq++) {
      const message = this.message(seq);
      if (message) messages.push(message);
    }
    return messages;
  }

  /** @param {Wire.Id} user @param {boolean} on @param {number} ttlMs @param {Core.Clock} clock */
  setTyping(user, on, ttlMs, clock) {
    if (!on) this.writers.stopped(user);
    else if (user !== this.context.me) this.writers.started(user, ttlMs, clock);
  }

  /** The people for whom a message was meant: members when it was sent, less those who left, oneself and bots. */
  #audience(/** @type {number} */ seq) {
    const { me, isPerson } = this.context;
    return this.roster.since(seq, (user) => user !== me && isPerson(user));
  }

  /** @param {number} seq @returns {Core.Ledger} */
  ledger(seq) {
    return this.watermarks.ledger(seq, this.#audience(seq));
  }

  /** @param {number} seq */
  seenBy(seq) {
    return this.watermarks.groups(seq, this.#audience(seq));
  }

  /** Rows, then what is missing at the end, then one's own messages that aren't in the log yet. @returns {Core.Item[]} */
  items() {
    const rows = this.timeline.items();
    const outgoing = this.context.outgoing(this.id);
    const tail = this.#tail();
    const outgoingNow = JSON.stringify(outgoing);
    const tailNow = JSON.stringify(tail);
    const shown = this.#shown;
    if (shown && shown.rows === rows && shown.outgoing === outgoingNow && shown.tail === tailNow) return shown.items;
    const items = [...rows, ...tail, ...outgoing.map(outgoingItem)];
    this.#shown = { rows, outgoing: outgoingNow, tail: tailNow, items };
    return items;
  }

  /** @returns {Core.Item[]} */
  #tail() {
    const highest = this.timeline.log.highest;
    const end = this.slow ? this.head : (this.cursor ?? 0);
    return highest !== undefined && highest < end ? [this.timeline.hole({ from: highest + 1, to: end })] : [];
  }
}

/** @param {Core.OutgoingView} outgoing @returns {Core.Item} */
const outgoingItem = (outgoing) => ({ type: "outgoing", key: outgoingKey(outgoing.client_id), outgoing });
