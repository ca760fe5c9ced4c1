/**
 * One's own messages on their way. Each is stored before it is sent and stays stored until the server has acknowledged
 * it or it has been seen in the log; within a room they go out one after the other, so their order holds.
 */
import { Notifier } from "./notifier.js";
import { ChatError, asChatError } from "./errors.js";
import { backoffDelay } from "./backoff.js";
import { newClientId } from "./browser.js";
import { cleanText, isSame, isWaiting, sendCommand, view } from "./outgoing.js";
import { isFinal } from "./refusals.js";

/** A refusal that asks for patience without saying how much. */
const MIN_RETRY_MS = 500;

/** @typedef {import("./outgoing.js").Entry} Entry */

export class Outbox extends Notifier {
  /** In the order of `n`. @type {Map<string, Entry>} */
  #entries = new Map();
  /** Settled or dropped here: a snapshot of the storage may still hold them. @type {Set<string>} */
  #gone = new Set();
  /** Being sent by this tab: memory knows better than the storage. @type {Set<string>} */
  #sending = new Set();
  /** Counts the changes made here, so that a snapshot taken before one is taken again. */
  #version = 0;
  /** Rooms whose list has changed since `takeTouched`. @type {Set<Wire.Id>} */
  #touched = new Set();
  /** @type {Map<Wire.Id, boolean>} room → something was added while it was drained */
  #draining = new Map();
  /** @type {Map<Wire.Id, { failures: number, cancel: Core.Cancel | null }>} */
  #pauses = new Map();
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
  }

  /** Takes up what an earlier page or another tab has left. */
  async start() {
    this.#unlisten = this.options.tabs.listen((news) => void this.#onNews(news));
    await this.#reload();
  }

  stop() {
    this.#unlisten();
    for (const pause of this.#pauses.values()) pause.cancel?.();
    this.#pauses.clear();
  }

  get durable() {
    return this.options.storage.durable;
  }

  get waiting() {
    return this.#count("waiting");
  }

  get failed() {
    return this.#count("failed");
  }

  /** @param {Wire.Id} [room] all rooms when left out @returns {Core.OutgoingView[]} in the order of sending */
  list(room) {
    return [...this.#entries.values()].filter((entry) => !room || entry.room === room).map(view);
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
    this.#put(entry);
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
    this.#forget(entry);
    await this.options.storage.removeOutgoing(clientId);
    this.#tell(entry.room);
  }

  /** The rooms whose messages have changed since the last call. */
  takeTouched() {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }

  /** The connection is good: send what waits, in every room. */
  resume() {
    for (const room of this.#waitingRooms()) {
      this.#unpause(room);
      this.#drain(room);
    }
  }

  /** The log has this message: it needs no keeping, acknowledged or not. @param {string} clientId */
  settle(clientId) {
    const entry = this.#entries.get(clientId);
    if (!entry) return;
    this.#forget(entry);
    void this.options.storage.removeOutgoing(clientId);
  }

  /** The room has come to `seq`, perhaps by a leap: what was acknowledged up to there is in the log. @param {Wire.Id} room @param {number} seq */
  settleUpTo(room, seq) {
    for (const entry of this.#entries.values()) {
      if (entry.room === room && entry.sentAs !== null && entry.sentAs <= seq) this.settle(entry.client_id);
    }
  }

  #count(/** @type {"waiting" | "failed"} */ state) {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.state === state && entry.sentAs === null) count += 1;
    return count;
  }

  #waitingRooms() {
    const waiting = [...this.#entries.values()].filter(isWaiting);
    return new Set(waiting.map((entry) => entry.room));
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

  #put(/** @type {Entry} */ entry) {
    this.#entries.set(entry.client_id, entry);
    const sorted = [...this.#entries.values()].sort((a, b) => a.n - b.n);
    this.#entries = new Map(sorted.map((each) => [each.client_id, each]));
    this.#touch(entry.room);
  }

  #forget(/** @type {Entry} */ entry) {
    this.#entries.delete(entry.client_id);
    this.#gone.add(entry.client_id);
    this.#touch(entry.room);
  }

  #touch(/** @type {Wire.Id} */ room) {
    this.#version += 1;
    this.#touched.add(room);
    this.changed();
  }

  #tell(/** @type {Wire.Id} */ room, /** @type {Core.TabNews["sent"]} */ sent = undefined) {
    this.options.tabs.post({ type: "outbox", room, ...(sent ? { sent } : {}) });
  }

  async #onNews(/** @type {Core.TabNews} */ news) {
    if (news.type !== "outbox") return;
    if (news.sent) this.#acknowledged(news.sent.client_id, news.sent.seq);
    await this.#reload();
    this.#drain(news.room);
  }

  /** Makes memory say what storage says; what was acknowledged and isn't in the log yet stays to be seen. */
  async #reload() {
    let version = this.#version;
    let stored = await this.options.storage.allOutgoing();
    while (version !== this.#version) {
      version = this.#version;
      stored = await this.options.storage.allOutgoing();
    }
    const before = [...this.#entries.values()];
    const kept = before.filter((entry) => entry.sentAs !== null || this.#sending.has(entry.client_id));
    const others = stored.filter((entry) => !this.#gone.has(entry.client_id) && !kept.some(isSame(entry)));
    const all = [...kept, ...others.map((entry) => this.#adopt(entry))].sort((a, b) => a.n - b.n);
    this.#entries = new Map(all.map((entry) => [entry.client_id, entry]));
    for (const entry of [...before, ...stored]) this.#touch(entry.room);
  }

  /** The entry as it is stored, in the object that is known already. @returns {Entry} */
  #adopt(/** @type {Core.Outgoing} */ stored) {
    return Object.assign(this.#entries.get(stored.client_id) ?? { sentAs: null }, stored);
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
    return this.options.canSend() && !this.#pauses.get(room)?.cancel && this.#next(room) !== undefined;
  }

  #next(/** @type {Wire.Id} */ room) {
    for (const entry of this.#entries.values()) if (entry.room === room && isWaiting(entry)) return entry;
    return undefined;
  }

  async #sendAll(/** @type {Wire.Id} */ room) {
    // Another tab may have sent some of these while this one waited for its turn.
    await this.#reload();
    while (this.#mayDrain(room)) {
      const entry = /** @type {Entry} */ (this.#next(room));
      this.#sending.add(entry.client_id);
      const there = await this.#sendOne(entry).finally(() => this.#sending.delete(entry.client_id));
      if (!there) await this.#reload();
    }
  }

  /** False: another tab has sent or dropped it. */
  async #sendOne(/** @type {Entry} */ entry) {
    const attempts = entry.attempts + 1;
    if (!(await this.options.storage.updateOutgoing(entry.client_id, { attempts }))) return false;
    entry.attempts = attempts;
    this.#touch(entry.room);
    try {
      const reply = await this.options.request(sendCommand(entry));
      await this.#accepted(entry, Number(reply.seq));
    } catch (error) {
      await this.#refused(entry, asChatError(error));
    }
    return true;
  }

  async #accepted(/** @type {Entry} */ entry, /** @type {number} */ seq) {
    this.#pauses.delete(entry.room);
    this.#acknowledged(entry.client_id, seq);
    await this.options.storage.removeOutgoing(entry.client_id);
    this.#tell(entry.room, { client_id: entry.client_id, seq });
  }

  #acknowledged(/** @type {string} */ clientId, /** @type {number} */ seq) {
    const entry = this.#entries.get(clientId);
    if (!entry) return;
    entry.sentAs = seq;
    if (this.options.isApplied(entry.room, seq)) this.#forget(entry);
    else this.#touch(entry.room);
  }

  async #refused(/** @type {Entry} */ entry, /** @type {ChatError} */ error) {
    const { storage, onFailed } = this.options;
    const failures = (this.#pauses.get(entry.room)?.failures ?? 0) + 1;
    if (!this.#entries.has(entry.client_id)) return;
    if (isFinal(error, failures)) {
      this.#pauses.delete(entry.room);
      const change = /** @type {const} */ ({ state: "failed", error: error.toBody() });
      Object.assign(entry, change);
      await storage.updateOutgoing(entry.client_id, change);
      this.#tell(entry.room);
      this.#touch(entry.room);
      onFailed(view(entry));
      return;
    }
    this.#pause(entry.room, failures, error);
  }

  /** Waits before the room's next try; a lost connection ends the wait when it is back (`resume`). */
  #pause(/** @type {Wire.Id} */ room, /** @type {number} */ failures, /** @type {ChatError} */ error) {
    const { clock } = this.options;
    const jittered = Math.max(MIN_RETRY_MS, backoffDelay(failures, clock.random()));
    const delay = Math.max(error.retryAfterMs ?? 0, error.retryAfterMs === null ? jittered : 0);
    const cancel = clock.after(delay, () => {
      this.#unpause(room);
      void this.#drain(room);
    });
    this.#pauses.set(room, { failures, cancel });
  }

  #unpause(/** @type {Wire.Id} */ room) {
    const pause = this.#pauses.get(room);
    pause?.cancel?.();
    if (pause) pause.cancel = null;
  }
}
