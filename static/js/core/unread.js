/** Counts of unread messages and mentions of one room. */

export class Unread {
  count = 0;
  mentions = 0;
  /** The server's own counts hold up to this `seq`; later events are counted here. */
  #countedTo = 0;
  /** Counted messages, so that reading or deleting one takes it off: seq → names me. @type {Map<number, boolean>} */
  #counted = new Map();
  read = 0;

  /** @param {Wire.Id} me */
  constructor(me) {
    this.me = me;
  }

  /**
   * The server's word at the moment of subscription. What one has read beyond its `read` is for the caller to repeat.
   * @param {{ head: number, read: number, unread: number, mentions: number }} state
   */
  reset(state) {
    this.#counted.clear();
    this.#countedTo = state.head;
    this.count = state.unread;
    this.mentions = state.mentions;
    this.read = state.read;
  }

  /** A message that came live, or was missed. @param {Core.Message} message */
  add(message) {
    if (message.seq <= this.#countedTo || message.seq <= this.read) return;
    if (message.by === this.me || message.deleted || this.#counted.has(message.seq)) return;
    const named = message.mentions.includes(this.me);
    this.#counted.set(message.seq, named);
    this.count += 1;
    if (named) this.mentions += 1;
  }

  /**
   * A message was deleted by event `seq`. The server's counts leave out what was deleted up to `#countedTo`.
   * @param {Core.Message} message as it was before
   * @param {number} seq
   */
  remove(message, seq) {
    if (this.#counted.has(message.seq)) this.#takeOff(message.seq);
    else if (seq > this.#countedTo && this.#isUnread(message)) {
      this.count = Math.max(0, this.count - 1);
      if (message.mentions.includes(this.me)) this.mentions = Math.max(0, this.mentions - 1);
    }
  }

  /**
   * Moves the read watermark; true if it moved.
   * @param {number} seq
   * @param {(from: number, to: number) => Core.Message[] | undefined} messagesIn the messages of a stretch, undefined when
   * it is not wholly known
   * @param {boolean} atHead nothing newer exists: both counts are then 0, whatever was known
   */
  advance(seq, messagesIn, atHead) {
    if (seq <= this.read) return false;
    const from = this.read + 1;
    this.read = seq;
    for (const counted of [...this.#counted.keys()]) if (counted <= seq) this.#takeOff(counted);
    if (atHead) {
      this.count = this.mentions = 0;
      this.#counted.clear();
      return true;
    }
    // What the server counted and we now read: exact when the stretch is loaded.
    const passed = messagesIn(from, Math.min(seq, this.#countedTo)) ?? [];
    const foreign = passed.filter((message) => message.by !== this.me && !message.deleted);
    this.count = Math.max(this.#counted.size, this.count - foreign.length);
    const named = foreign.filter((message) => message.mentions.includes(this.me)).length;
    this.mentions = Math.max(0, this.mentions - named);
    return true;
  }

  #isUnread(/** @type {Core.Message} */ message) {
    return message.by !== this.me && !message.deleted && message.seq > this.read;
  }

  #takeOff(/** @type {number} */ seq) {
    if (this.#counted.get(seq)) this.mentions = Math.max(0, this.mentions - 1);
    this.#counted.delete(seq);
    this.count = Math.max(0, this.count - 1);
  }
}
