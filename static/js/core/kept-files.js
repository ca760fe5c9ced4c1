/**
 * The files of drafts, so that a reload loses none: in a database of their own, because a draft is written anew with every
 * few keys and a file is large. Where the browser keeps nothing they are in memory.
 */
import { openDB } from "idb";

/** A file that no message has named for so long is gone at the server, and here. */
const KEPT_MS = 24 * 3_600_000;

/** @implements {Core.KeptFiles} */
export class MemoryFiles {
  /** @type {Map<string, Core.KeptFile>} */
  #files = new Map();

  /** @param {string} id */
  async get(id) {
    return this.#files.get(id);
  }

  /** @param {Core.KeptFile} file */
  async put(file) {
    this.#files.set(file.id, { ...file });
  }

  /** @param {string} id */
  async remove(id) {
    this.#files.delete(id);
  }
}

/**
 * A file that the database cannot take stays in memory.
 * @implements {Core.KeptFiles}
 */
class IdbFiles {
  #memory = new MemoryFiles();

  /** @param {Awaited<ReturnType<typeof openDB>>} db */
  constructor(db) {
    this.db = db;
  }

  /** @param {string} id @returns {Promise<Core.KeptFile | undefined>} */
  async get(id) {
    return (await this.#memory.get(id)) ?? (await this.db.get("files", id).catch(() => undefined));
  }

  /** @param {Core.KeptFile} file */
  async put(file) {
    await this.#memory.remove(file.id);
    await this.db.put("files", file).catch(() => this.#memory.put(file));
  }

  /** @param {string} id */
  async remove(id) {
    await this.#memory.remove(id);
    await this.db.delete("files", id).catch(() => {});
  }

  /** @param {number} before ms since 1970 */
  async sweep(before) {
    for (const file of /** @type {Core.KeptFile[]} */ (await this.db.getAll("files"))) {
      if (file.at < before) await this.remove(file.id);
    }
  }
}

/**
 * @param {Wire.Id} user @param {number} now ms since 1970
 * @returns {Promise<Core.KeptFiles>}
 */
export async function openKeptFiles(user, now) {
  try {
    const db = await openDB(`chat-files-${user}`, 1, {
      upgrade(database) {
        database.createObjectStore("files", { keyPath: "id" });
      },
    });
    const files = new IdbFiles(db);
    await files.sweep(now - KEPT_MS);
    return files;
  } catch {
    return new MemoryFiles();
  }
}
