/** The messages on their way in memory, kept level with the storage, which other tabs change too. */
import { isSame, isWaiting } from "./outgoing.js";

/** @typedef {import("./outgoing.js").Entry} Entry */

export class OutgoingList {
  /** In the order of `n`. @type {Map<string, Entry>} */
  #entries = new Map();
  /** Settled or dropped here: a snapshot of the storage may still hold them. @type {Set<string>} */
  #gone = new Set();
  /** Counts the changes made here, so that a snapshot taken before one is taken again. */
  #version = 0;
  /** Rooms whose list has changed since `takeTouched`. @type {Set<Wire.Id>} */
  #touched = new Set();
  /** Being sent by this tab: memory knows better than the storage. @type {Set<string>} */
  sending = new Set();

  /** @param {Core.Storage} storage @param {() => void} onChange */
  constructor(storage, onChange) {
    this.storage = storage;
    this.onChange = onChange;
  }

  /** In the order of sending. */
  all() {
    return [...this.#entries.values()];
  }

  /** @param {string} clientId */
  get(clientId) {
    return this.#entries.get(clientId);
  }

  /** The first that waits in a room. @param {Wire.Id} room */
  next(room) {
    for (const entry of this.#entries.values()) if (entry.room === room && isWaiting(entry)) return entry;
    return undefined;
  }

  /** @param {"waiting" | "failed"} state */
  count(state) {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.state === state && entry.sentAs === null) count += 1;
    return count;
  }

  /** @param {Entry} entry */
  put(entry) {
    this.#set([...this.all(), entry]);
    this.touch(entry.room);
  }

  /** @param {Entry} entry */
  forget(entry) {
    this.#entries.delete(entry.client_id);
    this.#gone.add(entry.client_id);
    this.touch(entry.room);
  }

  /** A room's messages have changed. @param {Wire.Id} room */
  touch(room) {
    this.#version += 1;
    this.#touched.add(room);
    this.onChange();
  }

  /** The rooms whose messages have changed since the last call. */
  takeTouched() {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }

  /** Makes memory say what storage says; what was acknowledged and isn't in the log yet stays to be seen. */
  async reload() {
    let version = this.#version;
    let stored = await this.storage.allOutgoing();
    while (version !== this.#version) {
      version = this.#version;
      stored = await this.storage.allOutgoing();
    }
    const before = this.all();
    const kept = before.filter((entry) => entry.sentAs !== null || this.sending.has(entry.client_id));
    const others = stored.filter((entry) => !this.#gone.has(entry.client_id) && !kept.some(isSame(entry)));
    this.#set([...kept, ...others.map((entry) => this.#adopt(entry))]);
    for (const entry of [...before, ...stored]) this.touch(entry.room);
  }

  #set(/** @type {Entry[]} */ entries) {
    entries.sort((a, b) => a.n - b.n);
    this.#entries = new Map(entries.map((entry) => [entry.client_id, entry]));
  }

  /** The entry as it is stored, in the object that is known already. @returns {Entry} */
  #adopt(/** @type {Core.Outgoing} */ stored) {
    return Object.assign(this.#entries.get(stored.client_id) ?? { sentAs: null }, stored);
  }
}
