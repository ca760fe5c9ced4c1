/** Counts of unread messages and mentions of one room. */
import { names } from "./messages.js";

export class Unread {
  count = 0;
  mentions = 0;
  /** The server's own counts hold up to this `seq`; later events are counted here. */
  #countedTo = 0;
  /** Counted messages, so that reading or deleting one takes it off: seq → names me. @type {Map<number, boolean>} */
  #counted = new Map();
  read = 0;
  /** Something happened to messages that the server counted and that are not loaded: only it can tell the counts. */
  uncertain = false;

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
    this.uncertain = false;
    this.count = state.unread;
    this.mentions = state.mentions;
    this.read = state.read;
  }

  /** A message that came live, or was missed. @param {Core.Message} message */
  add(message) {
    if (message.seq <= this.#countedTo || message.seq <= this.read) return;
    if (message.by === this.me || message.deleted || this.#counted.has(message.seq)) return;
    const named = names(message, this.me);
    this.#counted.set(message.seq, named);
    this.count += 1;
    if (named) this.mentions += 1;
  }

  /**
   * The message `subject` was deleted by event `seq`. What the server counted, it counted without what was deleted by then.
   * @param {number} subject @param {number} seq @param {Core.Message | undefined} message as it was before, if it is loaded
   */
  remove(subject, seq, message) {
    if (this.#counted.has(subject)) this.#takeOff(subject);
    else if (seq > this.#countedTo && subject > this.read && subject <= this.#countedTo) {
      if (!message) this.uncertain = true;
      else if (message.by !== this.me && !message.deleted) this.#lower([message]);
    }
  }

  /**
   * Moves the read watermark; true if it moved. Exact when the log from there to its end is loaded; else the counts are
   * an estimate, `uncertain`, and the server has to be asked.
   * @param {number} seq
   * @param {number} end the newest `seq` that is here
   * @param {(from: number, to: number) => Core.Message[] | undefined} messagesIn undefined for a stretch with gaps
   */
  advance(seq, end, messagesIn) {
    if (seq <= this.read) return false;
    const passed = messagesIn(this.read + 1, Math.min(seq, this.#countedTo));
    const left = messagesIn(seq + 1, end);
    this.read = seq;
    for (const counted of [...this.#counted.keys()]) if (counted <= seq) this.#takeOff(counted);
    if (left) this.#countAgain(left, end);
    else this.#estimate(passed ?? []);
    return true;
  }

  /** Some of these may be deleted by an event that is not loaded, so the server has the last word. */
  #estimate(/** @type {Core.Message[]} */ passed) {
    this.#lower(passed.filter((message) => message.by !== this.me && !message.deleted));
    this.uncertain = true;
  }

  #countAgain(/** @type {Core.Message[]} */ messages, /** @type {number} */ end) {
    this.#counted.clear();
    this.count = this.mentions = 0;
    this.#countedTo = this.read;
    for (const message of messages) this.add(message);
    this.#countedTo = Math.max(this.read, end);
  }

  #lower(/** @type {Core.Message[]} */ messages) {
    const named = messages.filter((message) => names(message, this.me)).length;
    this.count = Math.max(0, this.count - messages.length);
    this.mentions = Math.max(0, this.mentions - named);
  }

  #takeOff(/** @type {number} */ seq) {
    if (this.#counted.get(seq)) this.mentions = Math.max(0, this.mentions - 1);
    this.#counted.delete(seq);
    this.count = Math.max(0, this.count - 1);
  }
}
