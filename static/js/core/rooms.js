/** All rooms of the person, in a steady order. */
import { Notifier } from "./notifier.js";
import { Room } from "./room-store.js";

export class Rooms extends Notifier {
  /** The list is complete: REST has told it and the socket is subscribed. */
  loaded = false;
  /** What this browser has kept of them is there. */
  recalled = false;
  /** @type {Map<Wire.Id, Room>} */
  #rooms = new Map();

  /** @param {ConstructorParameters<typeof Room>[1]} context */
  constructor(context) {
    super();
    this.context = context;
  }

  /** @param {Wire.Id} id */
  get(id) {
    return this.#rooms.get(id);
  }

  /** The room, made when it isn't known. @param {Wire.Id} id */
  ensure(id) {
    let room = this.#rooms.get(id);
    if (!room) {
      room = new Room(id, this.context);
      room.addEventListener("change", () => this.changed());
      this.#rooms.set(id, room);
      this.changed();
    }
    return room;
  }

  /** @param {Wire.Id} id */
  remove(id) {
    if (this.#rooms.delete(id)) this.changed();
  }

  /** One's own, by name, then by id; never by activity, so that rows stay where they are. */
  list() {
    const mine = [...this.#rooms.values()].filter((room) => room.myRole !== null);
    return mine.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  }

  all() {
    return this.#rooms.values();
  }

  totals() {
    let unread = 0;
    let mentions = 0;
    for (const room of this.#rooms.values()) {
      unread += room.muted ? 0 : room.unread;
      mentions += room.kind === "direct" && !room.muted ? room.unread : room.mentions;
    }
    return { unread, mentions };
  }
}
