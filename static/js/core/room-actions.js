/** What is done to rooms over REST, and how the page's rooms learn of it. */

import { asChatError } from "./errors.js";

/** @typedef {import("./rooms.js").Rooms} Rooms */
/** @typedef {import("./api.js").Api} Api */

/** The server's largest page. */
const MOST_MESSAGES = 300;
/** The server takes no longer part of a name. */
const LONGEST_QUERY = 80;

export class RoomActions {
  /**
   * @param {{ api: Api, rooms: Rooms }} options
   */
  constructor({ api, rooms }) {
    this.api = api;
    this.rooms = rooms;
  }

  /** Names, kinds and roles of all one's rooms. */
  async describeAll() {
    const rooms = /** @type {Wire.Room[]} */ (await this.api.list("rooms/?mine=true&limit=300"));
    for (const room of rooms) this.rooms.ensure(room.id).describe(room);
  }

  /** @param {Wire.Id} id */
  async describe(id) {
    const room = /** @type {Wire.Room} */ (await this.api.get(path(id)));
    this.rooms.ensure(id).describe(room);
  }

  /** Who is in the room. @param {Wire.Id} id */
  async loadMembers(id) {
    const room = this.rooms.ensure(id);
    // Whatever came over the socket after this moment is newer than the answer.
    const atSeq = room.cursor ?? 0;
    room.setMembers(await this.api.list(`${path(id)}members/?limit=300`), atSeq);
  }

  /**
   * Some of the public rooms that one is not in: whose name or topic has this in it.
   * @param {string} q @returns {Promise<{ rooms: Wire.Room[], more: boolean }>}
   */
  async discover(q) {
    const found = await this.api.get(`rooms/?joinable=true&q=${encodeURIComponent(q.slice(0, LONGEST_QUERY))}`);
    return { rooms: found.results, more: found.next !== null };
  }

  /** A room that one is not in, if one may join it. @param {Wire.Id} id @returns {Promise<Wire.Room | null>} */
  async joinable(id) {
    try {
      const room = /** @type {Wire.Room} */ (await this.api.get(path(id)));
      return room.my_role === null && !room.archived ? room : null;
    } catch (error) {
      if (asChatError(error).code === "not_found") return null;
      throw error;
    }
  }

  /** @param {{ name: string, kind: "public" | "private", topic?: string }} room @returns {Promise<Wire.Room>} */
  async create(room) {
    return this.#adopt(await this.api.post("rooms/", room));
  }

  /** @param {Wire.Id[]} users @returns {Promise<Wire.Room>} */
  async openDirect(users) {
    return this.#adopt(await this.api.post("direct-rooms/", { users }));
  }

  /** @param {Wire.Id} id */
  async join(id) {
    await this.api.post(`${path(id)}join/`);
    await this.describe(id);
  }

  /** @param {Wire.Id} id */
  async leave(id) {
    await this.api.post(`${path(id)}leave/`);
    this.rooms.remove(id);
  }

  /** @param {Wire.Id} id @param {Wire.Id} user @param {Wire.Role} [role] */
  async addMember(id, user, role) {
    await this.api.post(`${path(id)}members/`, role ? { user, role } : { user });
  }

  /** @param {Wire.Id} id @param {Wire.Id} user */
  async removeMember(id, user) {
    await this.api.delete(`${path(id)}members/${encodeURIComponent(user)}/`);
  }

  /** @param {Wire.Id} id @param {{ name?: string, topic?: string }} change */
  async change(id, change) {
    this.rooms.ensure(id).describe(await this.api.patch(path(id), change));
  }

  /** How one keeps the room in one's own list. @param {Wire.Id} id @param {Partial<Wire.Marks>} marks */
  async mark(id, marks) {
    const room = this.rooms.ensure(id);
    const before = { favourite: room.favourite, muted: room.muted, notify: room.notify };
    room.setMarks({ ...before, ...marks });
    try {
      room.setMarks(await this.api.call("PUT", `${path(id)}marks/`, marks));
    } catch (error) {
      room.setMarks(before);
      throw error;
    }
  }

  /** @param {Wire.Id} id */
  async archive(id) {
    await this.api.delete(path(id));
  }

  /** @param {Wire.Id} id @param {number} seq @param {boolean} on */
  async pin(id, seq, on) {
    await this.api.call(on ? "PUT" : "DELETE", `${path(id)}messages/${seq}/pin/`);
  }

  /** The pinned messages in their present state, the newest pin first. @param {Wire.Id} id */
  async pinned(id) {
    return /** @type {Wire.Json[]} */ ((await this.api.get(`${path(id)}pins/`)).results);
  }

  /**
   * A page of the files of its messages, the newest first.
   * @param {Wire.Id} id @param {number} limit @param {string | null} cursor
   * @returns {Promise<{ results: Wire.RoomFile[], next: string | null }>}
   */
  async files(id, limit, cursor) {
    const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    return await this.api.get(`${path(id)}attachments/?limit=${limit}${from}`);
  }

  /** @param {Wire.Id} id @param {number} seq */
  async receiptsOf(id, seq) {
    return await this.api.get(`${path(id)}messages/${seq}/receipts/`);
  }

  /** The messages between two numbers, in their present state. @param {Wire.Id} id @param {number} after @param {number} before */
  async messages(id, after, before) {
    const limit = Math.min(MOST_MESSAGES, before - after - 1);
    return (await this.api.get(`${path(id)}messages/?after=${after}&before=${before}&limit=${limit}`)).results;
  }

  /** @param {Wire.Id} id @param {number} after @param {number} limit @returns {Promise<{ results: Wire.Json[] }>} */
  async messagesAfter(id, after, limit) {
    return await this.api.get(`${path(id)}messages/?after=${after}&limit=${limit}`);
  }

  #adopt(/** @type {Wire.Room} */ room) {
    this.rooms.ensure(room.id).describe(room);
    return room;
  }
}

const path = (/** @type {Wire.Id} */ id) => `rooms/${encodeURIComponent(id)}/`;
