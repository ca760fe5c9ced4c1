/**
 * One's own messages on their way. Each is stored before it is sent and stays stored until the server has acknowledged
 * it or it has been seen in the log; within a room they go out one after the other, so their order holds.
 */
import { Notifier } from "./notifier.js";
import { ChatError, asChatError } from "./errors.js";
import { newClientId } from "./browser.js";
import { OutgoingList } from "./outgoing-list.js";
import { cleanText, isWaiting, sendCommand, view } from "./outgoing.js";
import { Pauses } from "./pauses.js";
import { isFinal } from "./refusals.js";

/** @typedef {import("./outgoing.js").Entry} Entry */

export class Outbox extends Notifier {
  #entries;
  #pauses;
  /** @type {Map<Wire.Id, boolean>} room → something was added while it was drained */
  #draining = new Map();
  /** @type {Core.Cancel} */
  #unlisten = () => {};

  /**
   * @param {{
   *   me: Wire.Id,
   *   storage: Core.Storage,
   *   locks: Core.Locks,
   *   tabs: Core.TabChannel,
   *   clock: Core.Clock,
   *   request: (command: Wire.Frame) => Promise<Wire.Frame>,
   *   canSend: () => boolean,
   *   isApplied: (room: Wire.Id, seq: number) => boolean,
   *   onFailed: (outgoing: Core.OutgoingView) => void,
   * }} options `isApplied`: whether the room has come past that `seq`
   */
  constructor(options) {
    super();
    this.options = options;
    this.#entries = new OutgoingList(options.storage, () => this.changed());
    this.#pauses = new Pauses(options.clock);
  }

  /** Takes up what an earlier page or another tab has left. */
  async start() {
    this.#unlisten = this.options.tabs.listen((news) => void this.#onNews(news));
    await this.#entries.reload();
  }

  stop() {
    this.#unlisten();
    this.#pauses.stop();
  }

  get durable() {
    return this.options.storage.durable;
  }

  get waiting() {
    return this.#entries.count("waiting");
  }

  get failed() {
    return this.#entries.count("failed");
  }

  /** @param {Wire.Id} [room] all rooms when left out @returns {Core.OutgoingView[]} in the order of sending */
  list(room) {
    return this.#entries
      .all()
      .filter((entry) => !room || entry.room === room)
      .map(view);
  }

  /**
   * Stores a message and sends it as soon as its turn comes.
   * @param {Wire.Id} room @param {string} text @param {number | null} replyTo
   * @param {Wire.Attachment[]} [attachments] uploaded already
   * @returns {Promise<Core.OutgoingView>} once it is stored
   */
  async add(room, text, replyTo, attachments = []) {
    const clean = cleanText(text);
    if (clean.trim() === "" && !attachments.length)
      throw new ChatError({ code: "bad_request", message: "There is no text.", field: "text" });
    const { storage, clock } = this.options;
    /** @type {Core.NewOutgoing} */
    const fresh = {
      client_id: newClientId(),
      room,
      text: clean,
      reply_to: replyTo,
      attachments,
      at: clock.now(),
      state: "waiting",
      attempts: 0,
      error: null,
    };
    const n = await storage.addOutgoing(fresh);
    const entry = { ...fresh, n, sentAs: null };
    this.#entries.put(entry);
    this.#tell(room);
    this.#drain(room);
    return view(entry);
  }

  /** Sends a failed message again, at the end of what waits. @param {string} clientId */
  async retry(clientId) {
    const entry = this.#failedEntry(clientId);
    await this.#replace(entry, entry.text);
  }

  /** Sends a failed message again with another text. @param {string} clientId @param {string} text */
  async edit(clientId, text) {
    const entry = this.#failedEntry(clientId);
    await this.#replace(entry, text);
  }

  /** Drops a message that was refused, or that has never left this browser. @param {string} clientId */
  async discard(clientId) {
    const entry = this.#entries.get(clientId);
    if (!entry || (entry.state !== "failed" && entry.attempts > 0)) {
      throw new ChatError({ code: "conflict", message: "The message is on its way." });
    }
    this.#entries.forget(entry);
    await this.options.storage.removeOutgoing(clientId);
    this.#tell(entry.room);
  }

  /** The rooms whose messages have changed since the last call. */
  takeTouched() {
    return this.#entries.takeTouched();
  }

  /** The connection is good: send what waits, in every room. */
  resume() {
    const waiting = this.#entries.all().filter(isWaiting);
    for (const room of new Set(waiting.map((entry) => entry.room))) {
      this.#pauses.end(room);
      this.#drain(room);
    }
  }

  /** The log has this message: it needs no keeping, acknowledged or not. @param {string} clientId */
  settle(clientId) {
    const entry = this.#entries.get(clientId);
    if (!entry) return;
    this.#entries.forget(entry);
    void this.options.storage.removeOutgoing(clientId);
  }

  /** The room has come to `seq`, perhaps by a leap: what was acknowledged up to there is in the log. @param {Wire.Id} room @param {number} seq */
  settleUpTo(room, seq) {
    for (const entry of this.#entries.all()) {
      if (entry.room === room && entry.sentAs !== null && entry.sentAs <= seq) this.settle(entry.client_id);
    }
  }

  #failedEntry(/** @type {string} */ clientId) {
    const entry = this.#entries.get(clientId);
    if (entry?.state !== "failed") throw new ChatError({ code: "conflict", message: "The message has not failed." });
    return entry;
  }

  /**
   * A refused message was not stored under its `client_id` (or, for a conflict, another body was): a new id is always
   * right. Added before the old one is removed, so that no moment loses it.
   */
  async #replace(/** @type {Entry} */ entry, /** @type {string} */ text) {
    // Files that were refused would be refused again.
    const attachments = entry.error?.field === "attachments" ? [] : entry.attachments;
    const added = await this.add(entry.room, text, entry.reply_to, attachments);
    await this.discard(entry.client_id);
    return added;
  }

  #tell(/** @type {Wire.Id} */ room, /** @type {Core.TabNews["sent"]} */ sent = undefined) {
    this.options.tabs.post({ type: "outbox", room, ...(sent ? { sent } : {}) });
  }

  async #onNews(/** @type {Core.TabNews} */ news) {
    if (news.type !== "outbox") return;
    if (news.sent) this.#acknowledged(news.sent.client_id, news.sent.seq);
    await this.#entries.reload();
    this.#drain(news.room);
  }

  /** Sends what waits in a room, unless that is being done; only one tab at a time does it. */
  async #drain(/** @type {Wire.Id} */ room) {
    if (this.#draining.has(room)) {
      this.#draining.set(room, true);
      return;
    }
    if (!this.#mayDrain(room)) return;
    this.#draining.set(room, false);
    try {
      await this.options.locks(`outbox-${this.options.me}-${room}`, () => this.#sendAll(room));
    } finally {
      const again = this.#draining.get(room);
      this.#draining.delete(room);
      if (again) void this.#drain(room);
    }
  }

  #mayDrain(/** @type {Wire.Id} */ room) {
    return this.options.canSend() && !this.#pauses.has(room) && this.#entries.next(room) !== undefined;
  }

  async #sendAll(/** @type {Wire.Id} */ room) {
    // Another tab may have sent some of these while this one waited for its turn.
    await this.#entries.reload();
    while (this.#mayDrain(room)) {
      const entry = /** @type {Entry} */ (this.#entries.next(room));
      this.#entries.sending.add(entry.client_id);
      const there = await this.#sendOne(entry).finally(() => this.#entries.sending.delete(entry.client_id));
      if (!there) await this.#entries.reload();
    }
  }

  /** False: another tab has sent or dropped it. */
  async #sendOne(/** @type {Entry} */ entry) {
    const attempts = entry.attempts + 1;
    if (!(await this.options.storage.updateOutgoing(entry.client_id, { attempts }))) return false;
    entry.attempts = attempts;
    this.#entries.touch(entry.room);
    try {
      const reply = await this.options.request(sendCommand(entry));
      await this.#accepted(entry, Number(reply.seq));
    } catch (error) {
      await this.#refused(entry, asChatError(error));
    }
    return true;
  }

  async #accepted(/** @type {Entry} */ entry, /** @type {number} */ seq) {
    this.#pauses.forget(entry.room);
    this.#acknowledged(entry.client_id, seq);
    await this.options.storage.removeOutgoing(entry.client_id);
    this.#tell(entry.room, { client_id: entry.client_id, seq });
  }

  #acknowledged(/** @type {string} */ clientId, /** @type {number} */ seq) {
    const entry = this.#entries.get(clientId);
    if (!entry) return;
    entry.sentAs = seq;
    if (this.options.isApplied(entry.room, seq)) this.#entries.forget(entry);
    else this.#entries.touch(entry.room);
  }

  async #refused(/** @type {Entry} */ entry, /** @type {ChatError} */ error) {
    const { storage, onFailed } = this.options;
    if (!this.#entries.get(entry.client_id)) return;
    if (isFinal(error, this.#pauses.failures(entry.room) + 1)) {
      this.#pauses.forget(entry.room);
      const change = /** @type {const} */ ({ state: "failed", error: error.toBody() });
      Object.assign(entry, change);
      await storage.updateOutgoing(entry.client_id, change);
      this.#tell(entry.room);
      this.#entries.touch(entry.room);
      onFailed(view(entry));
      return;
    }
    this.#pauses.begin(entry.room, error.retryAfterMs, () => void this.#drain(entry.room));
  }
}
