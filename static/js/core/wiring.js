/** The parts of a chat, how they are joined, and what becomes of what the server says. */
import { Api } from "./api.js";
import { Asking } from "./asking.js";
import { browserClock, browserKept, browserLocks, browserSignals, browserTabs, defaultSocketUrl } from "./browser.js";
import { Drafts } from "./drafts.js";
import { Feed } from "./feed.js";
import { History } from "./history.js";
import { _ } from "./i18n.js";
import { LineState } from "./line.js";
import { Markers } from "./markers.js";
import { Outbox } from "./outbox.js";
import { OwnPresence } from "./own-presence.js";
import { People } from "./people.js";
import { Prefetch } from "./prefetch.js";
import { RECEIPT_ID, Receipts } from "./receipts.js";
import { RoomActions } from "./room-actions.js";
import { Rooms } from "./rooms.js";
import { ChatSocket } from "./socket.js";
import { Standing } from "./standing.js";
import { TypingTeller } from "./typing.js";

/** Events about who is there and how the room is run, not about what is said. */
const OF_THE_ROOM = /^(member|room)\./;

/** @typedef {import("./room-store.js").Room} Room */

export class Wiring extends EventTarget {
  #everReady = false;
  /** The room that the person looks at. @type {Room | null} */
  current = null;
  /** Files on their way, once there were any. @type {import("./uploads.js").Uploads | null} */
  uploads = null;
  /** @type {Core.Cancel} */
  #unlisten = () => {};

  /**
   * @param {Core.ChatOptions} options
   * @param {Core.Storage} storage
   */
  constructor(options, storage) {
    super();
    const { me, clock = browserClock, signals = browserSignals } = options;
    this.me = me;
    this.clock = clock;
    this.locks = options.locks ?? browserLocks;
    this.signals = signals;
    this.standing = new Standing(this);
    this.asking = new Asking(this);
    this.tabs = options.tabs ?? browserTabs(`chat-${me.id}`);
    this.api = new Api({ baseUrl: options.apiUrl, csrfToken: options.csrfToken, fetch: options.fetch });
    const fetchUsers = async (/** @type {{ ids: Wire.Id[] } | { q: string }} */ asked) => {
      const query =
        "ids" in asked ? `ids=${asked.ids.join(",")}&limit=300` : `q=${encodeURIComponent(asked.q)}&limit=100`;
      return (await this.api.get(`users/?${query}`)).results;
    };
    this.people = new People({ fetchUsers, clock });
    this.people.add([me]);
    /** @type {Rooms} */
    this.rooms = new Rooms({
      me: me.id,
      isPerson: (user) => this.people.peek(user)?.kind !== "bot",
      outgoing: (room) => this.outbox.list(room),
      marked: (room) => this.markers.get(room)?.count ?? 0,
    });
    /** @type {Markers} */
    this.markers = new Markers({
      kept: options.kept ?? browserKept(`parley.marked.${me.id}`),
      onChange: (room) => this.rooms.get(room)?.changed(),
    });
    this.actions = new RoomActions({ api: this.api, rooms: this.rooms });
    this.socket = this.#makeSocket(options);
    const request = (/** @type {Wire.Frame} */ command) => this.socket.request(command);
    const send = (/** @type {Wire.Frame} */ frame) => this.socket.send(frame);
    const messages = this.actions.messages.bind(this.actions);
    this.history = new History({ request, messages });
    this.receipts = new Receipts({ send, clock });
    this.prefetch = new Prefetch({ history: this.history, receipts: this.receipts });
    this.teller = new TypingTeller({ send, clock });
    this.presence = new OwnPresence({ send });
    /** @type {Outbox} */
    this.outbox = this.#makeOutbox(storage, request);
    this.drafts = new Drafts({
      storage,
      clock,
      onChange: (id) => this.rooms.get(id)?.changed(),
      onKept: (room) => this.tabs.post({ type: "draft", room }),
    });
    /** @type {Feed} */
    this.feed = this.#makeFeed(request);
    this.line = new LineState({ clock, facts: () => this.standing.facts(this), tryNow: () => this.socket.tryNow() });
    this.outbox.addEventListener("change", () => this.#onOutboxChange());
    this.tabs.listen((news) => this.#onTabNews(news));
  }

  #onTabNews(/** @type {Core.TabNews} */ { type, room }) {
    if (type === "marker") this.markers.reload();
    else if (type === "draft") void this.drafts.reload(room).then(() => this.#tell("draft", { room }));
  }

  #makeSocket(/** @type {Core.ChatOptions} */ options) {
    const { openSocket = (url, protocol) => new WebSocket(url, protocol) } = options;
    const url = options.socketUrl ?? defaultSocketUrl();
    return new ChatSocket(
      { url, openSocket, clock: this.clock, signals: this.signals },
      {
        onOpen: (welcome) => this.#onOpen(welcome),
        onFrame: (frame) => this.#onFrame(frame),
        onClosed: () => this.#onClosed(),
        onState: () => this.line?.update(),
      },
    );
  }

  /**
   * @param {Core.Storage} storage
   * @param {(command: Wire.Frame) => Promise<Wire.Frame>} request
   */
  #makeOutbox(storage, request) {
    return new Outbox({
      me: this.me.id,
      storage,
      locks: this.locks,
      tabs: this.tabs,
      clock: this.clock,
      request,
      canSend: this.canSend,
      isApplied: (room, seq) => (this.rooms.get(room)?.cursor ?? 0) >= seq,
      onFailed: (outgoing) => this.#tell("failed", { outgoing }),
    });
  }

  #makeFeed(/** @type {(command: Wire.Frame) => Promise<Wire.Frame>} */ request) {
    return new Feed({
      rooms: this.rooms,
      clock: this.clock,
      request,
      reconnect: () => this.socket.reconnect(),
      onEvent: (room, event, live) => this.#onEvent(room, event, live),
      onSubscribed: (room, state, lost) => this.#onSubscribed(room, state, lost),
      onLeapt: (room) => {
        if (room === this.current) void this.asking.lacking(room);
      },
      onReady: (ids) => this.#onReady(ids),
      onChange: () => this.line?.update(),
    });
  }

  /** Whether what waits here can go out. */
  canSend = () => this.socket.state === "open" && this.feed.subscribed;

  start() {
    this.#unlisten = this.signals.listen((signal) => this.#onSignal(signal));
    if (this.standing.start()) this.#tell("unreached", null);
    this.socket.start();
    void this.asking.describe();
  }

  stop() {
    this.#unlisten();
    this.socket.stop();
    this.outbox.stop();
    this.uploads?.stop();
    this.receipts.stop();
    this.line.stop();
    void this.drafts.flush();
    this.tabs.close();
  }

  /** The server runs a newer version of the page (the view learns of it). */
  noteNewVersion() {
    this.standing.newVersion = true;
    this.line.update();
  }

  #onOpen(/** @type {Wire.Frame} */ welcome) {
    // Another person has signed in in this browser: nothing of this page may go out in their name.
    if (welcome.user !== this.me.id) {
      this.socket.signOut();
      return;
    }
    this.receipts.connected();
    this.presence.connected();
    void this.feed.connected();
    this.#tell("connected", null);
  }

  #onClosed() {
    if (!this.standing.everOpen) this.#tell("unreached", null);
    this.standing.closed();
    this.feed.disconnected();
    this.uploads?.changed();
    this.people.forgetPresence();
  }

  #onSignal(/** @type {string} */ signal) {
    if (signal === "offline") this.standing.wentOffline();
    this.line.update();
  }

  #onFrame(/** @type {Wire.Frame} */ frame) {
    const room = this.rooms.get(frame.room);
    if (frame.type === "event") this.feed.onEvent(/** @type {any} */ (frame));
    else if (frame.type === "heartbeat") this.#onHeartbeat(frame);
    else if (frame.type === "receipt") room?.receipt(frame);
    else if (frame.type === "typing") room?.setTyping(frame.user, frame.on, frame.ttl_ms, this.clock);
    else if (frame.type === "presence") this.people.setPresence(frame.user, frame.state);
    else if (frame.type === "room.joined") void this.#onJoined(frame.room);
    else if (frame.type === "room.revoked") this.#onRevoked(frame.room, frame.reason);
    else if (frame.type === "announcement") this.#tell("announcement", frame);
    else if (frame.type === "error" && frame.id === RECEIPT_ID) this.receipts.refused(/** @type {any} */ (frame));
    this.line.update();
  }

  #onHeartbeat(/** @type {Wire.Frame} */ frame) {
    this.feed.onHeartbeat(frame);
    for (const id of Object.keys(frame.lists ?? {})) this.#tell("room", { room: id });
    for (const [id, marks] of Object.entries(frame.marks ?? {})) this.rooms.get(id)?.setMarks(marks);
    if (frame.notifications) this.#tell("wishes", {});
    if (!frame.rights) return;
    this.#tell("room", { room: null });
    this.asking.doubtAndAsk();
  }

  async #onJoined(/** @type {Wire.Id} */ id) {
    const room = this.rooms.ensure(id);
    try {
      await Promise.all([this.actions.describe(id), this.feed.subscribe(room, true)]);
    } catch {
      // The next connection subscribes to it and names it.
    }
  }

  #onRevoked(/** @type {Wire.Id} */ id, /** @type {string} */ reason) {
    const room = this.rooms.get(id);
    if (!room) return;
    this.rooms.remove(id);
    this.feed.forget(room);
    this.receipts.forget(id);
    if (this.current === room) this.current = null;
    this.#tell("revoked", { room: id, reason });
  }

  #onSubscribed(/** @type {Room} */ room, /** @type {Wire.SubscribedRoom} */ state, /** @type {boolean} */ lost) {
    if (lost) {
      this.receipts.forget(room.id);
      this.outbox.settleUpTo(room.id, Infinity);
      if (room === this.current) void this.asking.lacking(room);
    }
    this.receipts.resume(room.id, state);
    this.outbox.settleUpTo(room.id, room.cursor ?? 0);
    for (const { user, state: presence } of state.present ?? []) this.people.setPresence(user, presence);
    if (state.head > state.delivered && !room.viewed) this.prefetch.add(room, state.head - state.delivered);
  }

  /** @param {Set<Wire.Id>} ids all rooms that one is in */
  #onReady(ids) {
    this.standing.ready();
    for (const room of [...this.rooms.all()]) {
      if (!ids.has(room.id) && room.cursor !== null) this.#onRevoked(room.id, "left");
    }
    this.asking.names(ids);
    // What was told while the connection was lost was not heard.
    if (this.#everReady) this.asking.doubt();
    this.#tell("room", { room: null });
    this.#everReady = true;
    if (this.current) void this.asking.lacking(this.current);
    this.outbox.resume();
    this.uploads?.resume();
    void this.prefetch.run();
    this.asking.ready();
    this.line.update();
  }

  #onEvent(/** @type {Room} */ room, /** @type {Wire.Event} */ event, /** @type {boolean} */ live) {
    if (event.kind === "member.left" && event.data.deleted) this.people.forget(event.data.user, _("Deleted user"));
    // Another role has other rights, which only the server knows.
    if (event.kind === "member.changed" && event.data.user === this.me.id)
      this.actions.describe(room.id).catch(() => {});
    if (OF_THE_ROOM.test(event.kind)) this.#tell("room", { room: room.id });
    if (event.kind !== "message.created") return;
    const mine = event.by === this.me.id;
    if (mine && event.client_id) this.outbox.settle(event.client_id);
    if (!mine) this.receipts.delivered(room.id, event.seq);
    this.#tell("message", { room, message: room.message(event.seq), mine, live });
  }

  #onOutboxChange() {
    for (const room of this.outbox.takeTouched()) this.rooms.get(room)?.changed();
    this.line.update();
  }

  #tell(/** @type {string} */ type, /** @type {unknown} */ detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
