/** The socket's stream of events: subscribed with cursors, checked against the heads, repaired when something is missing. */

/** Missing more than this, a room is not streamed: its newest page is loaded and the rest is a hole. */
const MAX_STREAMED = 1_000;
const PAGE = 300;
/** The server takes at most this many bytes a frame; a cursor is well under 100. */
const MAX_CURSORS = 400;
const SHOW_HOLE_AFTER_MS = 300;
/** Behind without moving for this long: the stream is not going to bring it. */
const STUCK_AFTER_MS = 5_000;
const RETRY_MS = 1_000;

/**
 * @typedef {import("./rooms.js").Rooms} Rooms
 * @typedef {import("./room-store.js").Room} Room
 * @typedef {import("./errors.js").ChatError} ChatError
 */

export class Feed {
  /** The server has answered the subscription on this connection. */
  subscribed = false;
  /** @type {number | null} */
  behindSince = null;
  /** Missed events that came since it was level last. */
  done = 0;

  /** @type {Set<Room>} */
  #behind = new Set();
  /** @type {Set<Wire.Id>} */
  #repairing = new Set();
  /** @type {Set<Room>} */
  #recounting = new Set();
  /** @type {Core.Cancel} */
  #cancelRetry = () => {};
  /** @type {Core.Cancel} */
  #cancelCheck = () => {};

  /**
   * @param {{
   *   rooms: Rooms,
   *   clock: Core.Clock,
   *   request: (command: Wire.Frame) => Promise<Wire.Frame>,
   *   reconnect: () => void,
   *   onEvent: (room: Room, event: Wire.Event, live: boolean) => void,
   *   onSubscribed: (room: Room, state: Wire.SubscribedRoom, lost: boolean) => void,
   *   onLeapt: (room: Room) => void,
   *   onReady: (ids: Set<Wire.Id>) => void,
   *   onChange: () => void,
   * }} options `onLeapt`: the room
   * goes on from its head, with a hole behind; `onReady`: subscribed to these rooms, all of one's own; `onChange`: `level` or the counts may have changed
   */
  constructor(options) {
    this.options = options;
  }

  get level() {
    return this.#behind.size === 0;
  }

  /** What is missing in all rooms together, the part that has come since included. */
  get total() {
    let missing = 0;
    for (const room of this.#behind) missing += room.behind;
    return this.done + missing;
  }

  /** A connection is open: subscribe to everything, from where each room stands. */
  async connected() {
    const cursors = this.#cursors();
    try {
      const reply = await this.options.request({ type: "subscribe", rooms: "all", cursors });
      this.subscribed = true;
      for (const state of reply.rooms) this.#onState(state, cursors[state.room]?.after ?? null);
      this.#checkLevel();
      this.options.onReady(new Set(reply.rooms.map((/** @type {Wire.SubscribedRoom} */ state) => state.room)));
    } catch (error) {
      this.#onSubscribeFailed(/** @type {ChatError} */ (error));
    }
  }

  disconnected() {
    this.subscribed = false;
    this.#cancelRetry();
    this.#cancelCheck();
    this.#repairing.clear();
    this.options.onChange();
  }

  /**
   * Subscribes to one room by name, which tells receipts and presence too.
   * @param {Room} room
   * @param {boolean} fresh just joined: everything that one may see is to come
   */
  async subscribe(room, fresh) {
    const { epoch } = room;
    const after = room.cursor ?? (fresh ? 0 : null);
    const cursor = { ...(epoch === null ? {} : { epoch }), ...(after === null ? {} : { after }) };
    const reply = await this.options.request({ type: "subscribe", rooms: [{ room: room.id, ...cursor }] });
    for (const state of reply.rooms) this.#onState(state, after);
    // Of a large room it tells nothing; what comes from now on is all that is told.
    room.watermarks.told = true;
    this.#checkLevel();
  }

  /** Subscribes by name to rooms that are subscribed already, to hear their state. @param {Room[]} rooms */
  async subscribeAgain(rooms) {
    const asked = rooms.filter((room) => room.cursor !== null && room.epoch !== null).slice(0, MAX_CURSORS);
    if (!asked.length) return;
    const cursors = new Map(asked.map((room) => [room.id, room.cursor]));
    const named = asked.map((room) => ({ room: room.id, epoch: room.epoch, after: room.cursor }));
    const reply = await this.options.request({ type: "subscribe", rooms: named });
    for (const state of reply.rooms) this.#onState(state, cursors.get(state.room) ?? null);
    this.#checkLevel();
  }

  /** @param {Wire.Frame} frame a heartbeat */
  onHeartbeat(frame) {
    for (const [id, head] of Object.entries(frame.heads ?? {})) {
      const room = this.options.rooms.get(id);
      room?.noteHead(head);
      if (room) this.#noteBehind(room);
    }
    this.#checkLevel();
  }

  /** @param {Wire.Event} event */
  onEvent(event) {
    const room = this.options.rooms.ensure(event.room);
    // Another epoch's event can only follow a subscription that told of it.
    if (room.epoch !== null && room.epoch !== event.epoch) return;
    room.epoch ??= event.epoch;
    const live = event.seq > room.head;
    this.#take(room, event, live);
    if (!live) this.done += 1;
    // It came, and the cursor did not reach it: something before it is missing.
    if (event.seq > /** @type {number} */ (room.cursor)) void this.repair(room);
    this.#noteBehind(room);
    this.#checkLevel();
    if (room.counts.uncertain) this.recount(room);
  }

  /** Asks the server for the counts that cannot be told here, once for all that happens in a second. @param {Room} room */
  recount(room) {
    if (this.#recounting.has(room)) return;
    this.#recounting.add(room);
    this.options.clock.after(RETRY_MS, () => {
      this.#recounting.delete(room);
      // Failing, it is made good by the next subscription, which tells the counts too.
      if (this.subscribed && room.counts.uncertain) this.subscribe(room, false).catch(() => {});
    });
  }

  #take(/** @type {Room} */ room, /** @type {Wire.Event} */ event, /** @type {boolean} */ live) {
    if (room.ingest(event)) this.options.onEvent(room, event, live);
  }

  /** Drops a room from the account. @param {Room} room */
  forget(room) {
    this.#behind.delete(room);
    this.#checkLevel();
  }

  /** Only rooms with something to continue: the others begin at their head, their history is loaded when opened. */
  #cursors() {
    /** @type {Record<Wire.Id, { epoch: string | number, after: number }>} */
    const cursors = {};
    const rooms = [...this.options.rooms.all()].filter((room) => room.cursor !== null && room.epoch !== null);
    rooms.sort((a, b) => Number(b.opened) - Number(a.opened));
    for (const room of rooms.slice(0, MAX_CURSORS)) {
      cursors[room.id] = {
        epoch: /** @type {string} */ (room.epoch),
        after: /** @type {number} */ (room.cursor),
      };
    }
    return cursors;
  }

  #onState(/** @type {Wire.SubscribedRoom} */ state, /** @type {number | null} */ after) {
    if (state.error) return;
    const room = this.options.rooms.ensure(state.room);
    const lost = room.subscribed(state, after);
    this.#noteBehind(room);
    this.options.onSubscribed(room, state, lost);
    if (room.behind > MAX_STREAMED) void this.#leap(room);
  }

  /** Too much was missed to stream it: go on from the head, with a hole behind. */
  async #leap(/** @type {Room} */ room) {
    try {
      await this.options.request({ type: "unsubscribe", rooms: [room.id] });
      const reply = await this.options.request({
        type: "subscribe",
        rooms: [{ room: room.id, epoch: room.epoch }],
      });
      for (const state of reply.rooms) this.#onState(state, null);
      this.#checkLevel();
      this.options.onLeapt(room);
    } catch {
      this.options.reconnect();
    }
  }

  #onSubscribeFailed(/** @type {ChatError} */ error) {
    if (error.code === "connection_lost") return;
    if (error.retryable && error.code !== "timeout") {
      const wait = error.retryAfterMs ?? RETRY_MS;
      this.#cancelRetry = this.options.clock.after(wait, () => void this.connected());
    } else {
      this.options.reconnect();
    }
  }

  #noteBehind(/** @type {Room} */ room) {
    if (room.behind > 0) this.#behind.add(room);
    else if (this.#behind.delete(room)) room.slow = false;
  }

  /** Looks whether everything known of is here, and keeps watch while it is not. */
  #checkLevel() {
    if (this.level) {
      this.behindSince = null;
      this.done = 0;
      this.#cancelCheck();
    } else if (this.behindSince === null) {
      this.behindSince = this.options.clock.now();
      this.#watch(this.#positions(), SHOW_HOLE_AFTER_MS);
    }
    this.options.onChange();
  }

  /** Shows what is missing for long as a hole, and fetches what does not come by itself. */
  #watch(/** @type {Map<Room, number | null>} */ before, /** @type {number} */ ms) {
    this.#cancelCheck = this.options.clock.after(ms, () => {
      for (const room of this.#behind) {
        room.slow = true;
        room.changed();
        if (ms === STUCK_AFTER_MS && before.get(room) === room.cursor) void this.repair(room);
      }
      this.#watch(this.#positions(), STUCK_AFTER_MS);
    });
  }

  #positions() {
    return new Map([...this.#behind].map((room) => [room, room.cursor]));
  }

  /**
   * Reads the log from the room's cursor on, until it is level.
   * @param {Room} room
   */
  async repair(room) {
    if (!this.subscribed || this.#repairing.has(room.id)) return;
    this.#repairing.add(room.id);
    try {
      let more = true;
      while (more && room.behind > 0 && this.subscribed) more = await this.#repairPage(room);
    } catch {
      // The watch comes back to it.
    } finally {
      this.#repairing.delete(room.id);
    }
  }

  async #repairPage(/** @type {Room} */ room) {
    const after = /** @type {number} */ (room.cursor);
    const { head, epoch } = room;
    const page = await this.options.request({ type: "events.fetch", room: room.id, after, limit: PAGE });
    if (page.epoch !== epoch) return false;
    for (const event of page.events) this.#take(room, { ...event, room: room.id, epoch }, false);
    // The log's end was reached: what the head promised beyond it is nothing that one may see.
    const last = page.events.at(-1)?.seq ?? after;
    room.merge([], after + 1, page.more ? last : Math.max(last, head));
    this.done += page.events.length;
    this.#noteBehind(room);
    this.#checkLevel();
    return page.more === true;
  }
}
