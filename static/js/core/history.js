/** Loads a room's past: newest page, older pages, holes, and the surroundings of one message. */

const PAGE = 100;
const HOLE_PAGE = 300;
/** Events on each side of a message that one jumps to. */
const AROUND = 50;

/** @typedef {import("./room-store.js").Room} Room */

export class History {
  /** Requests under way, so that parallel calls share one. @type {Map<string, Promise<boolean>>} */
  #underWay = new Map();

  /**
   * @param {{
   *   request: (command: Wire.Frame) => Promise<Wire.Frame>,
   *   messages: (room: Wire.Id, after: number, before: number) => Promise<Wire.Json[]>,
   * }} options `messages`: those between two numbers, in their present state
   */
  constructor({ request, messages }) {
    this.request = request;
    this.messages = messages;
  }

  /**
   * The newest events, for a room that is not shown yet.
   * @param {Room} room @param {number} limit 1 to 300
   */
  async loadAhead(room, limit) {
    await this.#before(room, /** @type {number} */ (room.cursor) + 1, limit);
  }

  /**
   * The newest page, up to the room's cursor (what comes after it streams by itself).
   * @param {Room} room
   * @returns {Promise<boolean>} whether there is more before it
   */
  loadNewest(room) {
    return this.#share(`newest ${room.id}`, async () => {
      const before = /** @type {number} */ (room.cursor) + 1;
      const more = before > room.minSeq && (await this.#before(room, before, PAGE));
      room.opened = true;
      room.changed();
      return more;
    });
  }

  /** @param {Room} room @returns {Promise<boolean>} whether there is more before it */
  loadOlder(room) {
    return this.#share(`older ${room.id}`, async () => {
      if (!room.hasOlder) return false;
      room.loadingOlder = true;
      room.changed();
      try {
        // Beyond the cursor the stream is to bring it, so that it is counted and told.
        const before = Math.min(room.timeline.log.lowest ?? Infinity, /** @type {number} */ (room.cursor) + 1);
        return await this.#before(room, before, PAGE);
      } finally {
        room.loadingOlder = false;
        room.changed();
      }
    });
  }

  /**
   * A page of a hole below the cursor.
   * @param {Room} room @param {number} from @param {number} to
   * @param {"newer" | "older"} [end] the end of the hole to begin at
   * @returns {Promise<boolean>} whether some of it is still missing
   */
  loadHole(room, from, to, end = "newer") {
    return this.#share(`hole ${room.id} ${from} ${to}`, async () => {
      const { loading } = room.timeline;
      loading.add(from);
      room.timeline.touch();
      room.changed();
      const limit = Math.min(HOLE_PAGE, to - from + 1);
      try {
        if (end === "newer") await this.#before(room, to + 1, limit, from);
        else await this.#after(room, from - 1, limit);
        return !room.timeline.log.covers(end === "newer" ? from : to);
      } finally {
        loading.delete(from);
        room.timeline.touch();
        room.changed();
      }
    });
  }

  /**
   * @param {Room} room @param {number} seq
   * @returns {Promise<boolean>} whether the message is there to be shown
   */
  loadAround(room, seq) {
    return this.#share(`around ${room.id} ${seq}`, async () => {
      // Newer than the cursor is the stream's to bring: taken as covered here, it would never be shown.
      if (seq > (room.cursor ?? 0)) return false;
      if (!room.timeline.log.covers(seq)) {
        // Both at once: until both are here, one sees another place.
        await Promise.all([this.#before(room, seq + 1, AROUND), this.#after(room, seq, AROUND)]);
      }
      return room.message(seq) !== undefined;
    });
  }

  #share(/** @type {string} */ key, /** @type {() => Promise<boolean>} */ work) {
    let promise = this.#underWay.get(key);
    if (!promise) {
      promise = work().finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, promise);
    }
    return promise;
  }

  /** @param {Room} room @param {number} before @param {number} limit @param {number} [floor] */
  async #before(room, before, limit, floor = 0) {
    const page = await this.page(room, { before, limit });
    if (!page) return false;
    const first = page.events[0]?.seq ?? before;
    // Without more before it, everything below is covered: there is nothing that one may see.
    const from = page.more ? first : Math.min(first, room.minSeq);
    room.merge(page.events, Math.max(from, page.more ? 0 : floor), before - 1);
    await this.#complete(room, page.events);
    return page.more === true;
  }

  /** @param {Room} room @param {number} after @param {number} limit */
  async #after(room, after, limit) {
    const page = await this.page(room, { after, limit });
    if (!page) return;
    // Newer than the cursor is the stream's to bring, in order.
    const cursor = /** @type {number} */ (room.cursor);
    const events = page.events.filter((event) => event.seq <= cursor);
    const to = page.more || events.length < page.events.length ? (events.at(-1)?.seq ?? after) : cursor;
    room.merge(events, after + 1, to);
    await this.#complete(room, events);
  }

  /**
   * Edits and reactions are events of their own, perhaps much later in the log. Where the log from a page to the present
   * is not all here, the server is asked how its messages stand.
   */
  async #complete(/** @type {Room} */ room, /** @type {Wire.Event[]} */ events) {
    const seqs = events.filter((event) => event.kind === "message.created").map((event) => event.seq);
    const [first, last] = [seqs[0], seqs.at(-1)];
    const at = /** @type {number} */ (room.cursor);
    if (first === undefined || last === undefined || room.timeline.log.endOf(first) >= at) return;
    const { epoch } = room;
    // Without an answer the messages stand as the log has them; their surroundings are read again with the next page.
    const messages = await this.messages(room.id, first - 1, last + 1).catch(() => []);
    if (room.epoch !== epoch) return;
    for (const { seq, text, reactions } of messages) room.timeline.setBase(seq, { at, text, reactions });
    room.changed();
  }

  /**
   * A page of the log, which is not taken in.
   * @param {Room} room @param {Record<string, number>} bounds
   * @returns {Promise<{ events: Wire.Event[], more: boolean } | null>} null: the log began anew meanwhile
   */
  async page(room, bounds) {
    const { epoch } = room;
    const page = await this.request({ type: "events.fetch", room: room.id, ...bounds });
    if (page.epoch !== epoch || room.epoch !== epoch) return null;
    const events = page.events.map((/** @type {any} */ event) => ({ ...event, room: room.id, epoch }));
    return { events, more: page.more };
  }
}
