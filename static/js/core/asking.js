/** What the page asks the server for by itself: its rooms' descriptions, what one may do in them, what the shown room lacks. */
import { asChatError } from "./errors.js";

const RETRY_MS = 1_000;
/** Within so long all pages have asked anew what their people may do. */
const SPREAD_MS = 500;
/** In a room of so many everybody is looked up when it is opened; in a larger one who is seen, or looked for. */
const KNOWN_MEMBERS = 300;

/** @typedef {import("./room-store.js").Room} Room */

export class Asking {
  /** Whether REST has told of the rooms; names from the last time do not count. @type {"no" | "asked" | "yes"} */
  #described = "no";
  /** Rooms in which one may do something else than is shown, perhaps. @type {Set<Room>} */
  #doubted = new Set();

  /** @param {import("./wiring.js").Wiring} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** All of one's rooms by name. */
  async describe() {
    if (this.#described === "no") this.#described = "asked";
    try {
      await this.chat.actions.describeAll();
      this.#described = "yes";
      this.#noteLoaded();
    } catch {
      // Every new connection asks again.
      if (this.#described === "asked") this.#described = "no";
    }
  }

  /** The names of these rooms, if some are new. @param {Set<Wire.Id>} ids */
  names(ids) {
    const nameless = [...ids].some((id) => this.chat.rooms.get(id)?.myRole === null);
    if (nameless || this.#described === "no") void this.describe();
  }

  /** Subscribed to all rooms. */
  ready() {
    if (this.chat.rooms.loaded) this.#lookWhoIsThere();
    else this.#noteLoaded();
  }

  /** The list of rooms is whole when it was told and subscribed to. */
  #noteLoaded() {
    const { rooms, feed } = this.chat;
    if (rooms.loaded || this.#described !== "yes" || !feed.subscribed) return;
    rooms.loaded = true;
    rooms.changed();
    this.#lookWhoIsThere();
  }

  /** The list shows who is there of one's direct rooms; only a subscription by name tells it. */
  #lookWhoIsThere() {
    const { rooms, feed, current } = this.chat;
    const direct = rooms.list().filter((room) => room.kind === "direct" && room !== current);
    feed.subscribeAgain(direct).catch(() => {}); // the next connection asks again
  }

  /** What one may do may have changed, in any room. */
  doubt() {
    this.#doubted = new Set(this.chat.rooms.all());
  }

  /** So it has, for many at once: everybody here is told at this moment. */
  doubtAndAsk() {
    const { clock } = this.chat;
    this.doubt();
    clock.after(clock.random() * SPREAD_MS, () => void this.#rights());
  }

  /** What one may do in the room that is shown, if that is in doubt; in others when they are. */
  async #rights() {
    const { current, actions } = this.chat;
    if (current && this.#doubted.delete(current)) await actions.describe(current.id).catch(() => {});
  }

  /** Brings what the shown room lacks: receipts, members, its newest page. @param {Room} room */
  async lacking(room) {
    const { clock, feed } = this.chat;
    void this.#rights();
    try {
      await this.#bring(room);
    } catch (error) {
      const { code, retryAfterMs } = asChatError(error);
      if (code === "not_found" || code === "forbidden" || code === "connection_lost") return;
      clock.after(retryAfterMs ?? RETRY_MS, () => {
        if (this.chat.current === room && feed.subscribed) void this.lacking(room);
      });
    }
  }

  async #bring(/** @type {Room} */ room) {
    const { actions, feed, history, line, people, receipts } = this.chat;
    if (room.cursor === null) await feed.subscribe(room, false);
    if (room.needsNewest) {
      const cursor = /** @type {number} */ (room.cursor);
      await history.loadNewest(room);
      line.update();
      receipts.delivered(room.id, cursor);
    }
    await Promise.all([feed.subscribe(room, false), actions.loadMembers(room.id)]);
    if (room.members.size <= KNOWN_MEMBERS) for (const id of room.members.keys()) people.get(id);
  }
}
