/** Where the outbox and drafts live: IndexedDB, or memory when the browser keeps nothing. */
import { openDB } from "idb";

/** @implements {Core.Storage} */
export class MemoryStorage {
  durable = false;
  /** @type {Map<string, Core.Outgoing>} */
  #outgoing = new Map();
  /** @type {Map<Wire.Id, Core.Draft>} */
  #drafts = new Map();
  #lastN = 0;

  /** @param {Core.NewOutgoing} entry @param {number} [n] its place in the order, when another storage has given it */
  async addOutgoing(entry, n = this.#lastN + 1) {
    this.#lastN = Math.max(this.#lastN, n);
    this.#outgoing.set(entry.client_id, { ...entry, n });
    return n;
  }

  async allOutgoing() {
    return [...this.#outgoing.values()].map((entry) => ({ ...entry })).sort((a, b) => a.n - b.n);
  }

  /** @param {string} clientId */
  async getOutgoing(clientId) {
    const entry = this.#outgoing.get(clientId);
    return entry && { ...entry };
  }

  /** @param {string} clientId @param {Partial<Core.Outgoing>} change */
  async updateOutgoing(clientId, change) {
    const entry = this.#outgoing.get(clientId);
    if (entry) Object.assign(entry, change);
    return entry !== undefined;
  }

  /** @param {string} clientId */
  async removeOutgoing(clientId) {
    this.#outgoing.delete(clientId);
  }

  /** @param {Wire.Id} room */
  async getDraft(room) {
    return this.#drafts.get(room);
  }

  /** @param {Core.Draft} draft */
  async putDraft(draft) {
    this.#drafts.set(draft.room, draft);
  }

  /** @param {Wire.Id} room */
  async removeDraft(room) {
    this.#drafts.delete(room);
  }

  async draftRooms() {
    return [...this.#drafts.keys()];
  }
}

/** @implements {Core.Storage} */
export class IdbStorage {
  durable = true;

  /** @param {Awaited<ReturnType<typeof openDB>>} db */
  constructor(db) {
    this.db = db;
  }

  /** @param {Core.NewOutgoing} entry */
  async addOutgoing(entry) {
    // `n` is the store's own counter: one order for all tabs, whatever their clocks say.
    return Number(await this.db.add("outbox", entry));
  }

  async allOutgoing() {
    return await this.db.getAll("outbox");
  }

  /** @param {string} clientId */
  async getOutgoing(clientId) {
    return await this.db.getFromIndex("outbox", "client_id", clientId);
  }

  /** @param {string} clientId @param {Partial<Core.Outgoing>} change */
  async updateOutgoing(clientId, change) {
    const transaction = this.db.transaction("outbox", "readwrite");
    const entry = await transaction.store.index("client_id").get(clientId);
    if (entry) await transaction.store.put({ ...entry, ...change });
    await transaction.done;
    return entry !== undefined;
  }

  /** @param {string} clientId */
  async removeOutgoing(clientId) {
    const transaction = this.db.transaction("outbox", "readwrite");
    const key = await transaction.store.index("client_id").getKey(clientId);
    if (key !== undefined) await transaction.store.delete(key);
    await transaction.done;
  }

  /** @param {Wire.Id} room */
  async getDraft(room) {
    return await this.db.get("drafts", room);
  }

  /** @param {Core.Draft} draft */
  async putDraft(draft) {
    await this.db.put("drafts", draft);
  }

  /** @param {Wire.Id} room */
  async removeDraft(room) {
    await this.db.delete("drafts", room);
  }

  async draftRooms() {
    return /** @type {Wire.Id[]} */ (await this.db.getAllKeys("drafts"));
  }
}

/**
 * A storage that never refuses: what the first one can't take (full, blocked, gone) stays in memory, and `durable` then
 * says so.
 * @implements {Core.Storage}
 */
export class FallbackStorage {
  #memory = new MemoryStorage();
  #lastN = 0;

  /** @param {Core.Storage} first @param {() => void} [onChange] called when `durable` turned */
  constructor(first, onChange = () => {}) {
    this.first = first;
    this.onChange = onChange;
    this.durable = first.durable;
  }

  /**
   * @template T
   * @param {() => Promise<T>} attempt
   * @param {() => T | Promise<T>} otherwise
   */
  async #try(attempt, otherwise) {
    try {
      return await attempt();
    } catch {
      if (this.durable) {
        this.durable = false;
        this.onChange();
      }
      return await otherwise();
    }
  }

  /** @param {Core.NewOutgoing} entry */
  async addOutgoing(entry) {
    // A thousandth keeps what memory took behind its predecessors and before what the store numbers next.
    const kept = () => this.#memory.addOutgoing(entry, this.#lastN + 0.001);
    this.#lastN = Math.max(this.#lastN, await this.#try(() => this.first.addOutgoing(entry), kept));
    return this.#lastN;
  }

  async allOutgoing() {
    const stored = await this.#try(
      () => this.first.allOutgoing(),
      () => [],
    );
    const all = [...stored, ...(await this.#memory.allOutgoing())].sort((a, b) => a.n - b.n);
    this.#lastN = Math.max(this.#lastN, all.at(-1)?.n ?? 0);
    return all;
  }

  /** @param {string} clientId */
  async getOutgoing(clientId) {
    const kept = await this.#memory.getOutgoing(clientId);
    return (
      kept ??
      (await this.#try(
        () => this.first.getOutgoing(clientId),
        () => undefined,
      ))
    );
  }

  /** @param {string} clientId @param {Partial<Core.Outgoing>} change */
  async updateOutgoing(clientId, change) {
    if (await this.#memory.updateOutgoing(clientId, change)) return true;
    return await this.#try(
      () => this.first.updateOutgoing(clientId, change),
      () => true,
    );
  }

  /** @param {string} clientId */
  async removeOutgoing(clientId) {
    await this.#memory.removeOutgoing(clientId);
    await this.#try(
      () => this.first.removeOutgoing(clientId),
      () => {},
    );
  }

  /** @param {Wire.Id} room */
  async getDraft(room) {
    return (
      (await this.#memory.getDraft(room)) ??
      (await this.#try(
        () => this.first.getDraft(room),
        () => undefined,
      ))
    );
  }

  /** @param {Core.Draft} draft */
  async putDraft(draft) {
    await this.#memory.removeDraft(draft.room);
    await this.#try(
      () => this.first.putDraft(draft),
      () => this.#memory.putDraft(draft),
    );
  }

  /** @param {Wire.Id} room */
  async removeDraft(room) {
    await this.#memory.removeDraft(room);
    await this.#try(
      () => this.first.removeDraft(room),
      () => {},
    );
  }

  async draftRooms() {
    const stored = await this.#try(
      () => this.first.draftRooms(),
      () => [],
    );
    return [...new Set([...stored, ...(await this.#memory.draftRooms())])];
  }
}

/**
 * The storage of one person in this browser; memory when there is no IndexedDB.
 * @param {Wire.Id} user
 * @param {() => void} [onChange] called when `durable` turned
 * @returns {Promise<Core.Storage>}
 */
export async function openStorage(user, onChange) {
  try {
    const db = await openDB(`chat-${user}`, 1, {
      upgrade(database) {
        const outbox = database.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
        outbox.createIndex("client_id", "client_id", { unique: true });
        database.createObjectStore("drafts", { keyPath: "room" });
      },
      // A newer page wants to change the database: let it, this page goes on in memory.
      blocking: (_current, _blocked, event) => /** @type {any} */ (event.target).close(),
    });
    return new FallbackStorage(new IdbStorage(db), onChange);
  } catch {
    return new MemoryStorage();
  }
}
