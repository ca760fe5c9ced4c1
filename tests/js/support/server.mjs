/**
 * A server of chat.v1 in this process: a room log, sockets, and faults on request. It keeps the rules that the client
 * leans on (consecutive `seq` on a socket, exactly-once by `client_id`), unless a test breaks them.
 */

import { foldMessage } from "../../../static/js/core/messages.js";

const LATENCY_MS = 5;
const HEARTBEAT_MS = 20_000;

/** @typedef {{ id: string, epoch: string, events: any[], minSeq: number, name: string, kind: string, members: Map<string, any>, marks: Map<string, any> }} FakeRoom */

export class FakeServer {
  /** @type {Map<string, FakeRoom>} */
  rooms = new Map();
  /** @type {Set<FakeSocket>} */
  sockets = new Set();
  /** @type {Map<string, any>} */
  users = new Map();
  /** Every command that arrived, in order. @type {any[]} */
  commands = [];
  down = false;
  /** Events of a room that are streamed at once. */
  pace = 20;

  /** @param {import("./clock.mjs").FakeClock} clock */
  constructor(clock) {
    this.clock = clock;
    /**
     * What to do with a command instead of serving it; null: serve it. "lose" serves it and loses the reply, with the
     * connection; an object is an error body.
     * @type {(command: any, socket: FakeSocket) => null | "lose" | "ignore" | any}
     */
    this.fault = () => null;
    /** Whether to drop, double or pass an event frame. @type {(event: any) => "pass" | "drop" | "double"} */
    this.onDeliver = () => "pass";
    this.latency = () => LATENCY_MS;
    for (const name of ["alice", "bob", "carol", "mallory"]) this.addUser(name);
    this.addUser("robo", "bot");
  }

  /** @param {string} name */
  addUser(name, kind = "person") {
    const user = {
      id: `u-${name}`,
      username: name,
      display_name: name[0]?.toUpperCase() + name.slice(1),
      avatar: null,
      kind,
    };
    this.users.set(user.id, user);
    return user;
  }

  /** What everybody may do, if it is told. @type {string[] | null} */
  rights = null;
  /** What was asked of the directory of people. @type {Record<string, string>[]} */
  lookups = [];

  /** A room whose log begins with its members' joining. @param {string} id @param {string[]} members the first owns it */
  addRoom(id, members = ["alice", "bob"], kind = "private") {
    /** @type {FakeRoom} */
    const room = {
      id,
      epoch: "e1",
      events: [],
      minSeq: 1,
      name: id,
      kind,
      members: new Map(),
      marks: new Map(),
    };
    this.rooms.set(id, room);
    for (const name of members) this.join(id, `u-${name}`, room.members.size === 0 ? "owner" : "member");
    return room;
  }

  /** @param {string} id @param {string} user @param {string} role */
  join(id, user, role = "member") {
    const room = this.room(id);
    const event = this.append(id, "member.joined", user, { user, role });
    room.members.set(user, { user, role, joined_seq: event.seq });
    room.marks.set(user, { delivered: event.seq, read: event.seq });
    return event;
  }

  /** @param {string} id */
  room(id) {
    const room = this.rooms.get(id);
    if (!room) throw new Error(`no room ${id}`);
    return room;
  }

  /** Puts an event into a room's log and streams it. @param {string} id @param {string} kind @param {string} by @param {any} data @param {any} [more] */
  append(id, kind, by, data, more = {}) {
    const room = this.room(id);
    const seq = room.events.length + 1;
    const event = {
      room: id,
      epoch: room.epoch,
      seq,
      kind,
      by,
      at: new Date(this.clock.now()).toISOString(),
      data,
      ...more,
    };
    room.events.push(event);
    for (const socket of this.sockets) socket.feed(id);
    return event;
  }

  /** @param {string} id @param {string} name @param {string} text @param {any} [more] */
  say(id, name, text, more = {}) {
    const data = { text, attachments: [], mentions: [], ...more };
    return this.append(id, "message.created", `u-${name}`, data, { client_id: crypto.randomUUID() });
  }

  /** The log was restored from a backup: its end is gone, and it has another epoch. @param {string} id @param {number} keep */
  restore(id, keep) {
    const room = this.room(id);
    room.epoch = `e${Number(room.epoch.slice(1)) + 1}`;
    room.events = room.events.slice(0, keep).map((event) => ({ ...event, epoch: room.epoch }));
    this.closeAll(1012);
  }

  /** @param {number} code @param {any} [goodbye] */
  closeAll(code, goodbye) {
    for (const socket of [...this.sockets]) {
      if (goodbye) socket.say({ type: "goodbye", code, ...goodbye });
      socket.closeFromServer(code);
    }
  }

  /** What the page gives to its chat, for one person. @param {string} name */
  doors(name) {
    return {
      openSocket: () => new FakeSocket(this, `u-${name}`),
      fetch: (/** @type {any} */ url) => this.#rest(String(url), `u-${name}`),
    };
  }

  async #rest(/** @type {string} */ url, /** @type {string} */ user) {
    await Promise.resolve();
    if (this.down) throw new TypeError("fetch failed");
    const { pathname, searchParams } = new URL(url);
    const answer = this.#answer(pathname.replace("/api/v1/", ""), user, searchParams);
    const status = answer === null ? 404 : 200;
    const body = answer ?? { error: { code: "not_found", message: "Not found.", retryable: false } };
    return /** @type {any} */ ({
      ok: status === 200,
      status,
      statusText: "",
      json: async () => structuredClone(body),
    });
  }

  #answer(/** @type {string} */ path, /** @type {string} */ user, /** @type {URLSearchParams} */ asked) {
    if (path === "users/") {
      this.lookups.push(Object.fromEntries(asked));
      const ids = asked.get("ids")?.split(",");
      const q = asked.get("q") ?? "";
      const fits = (/** @type {any} */ user) =>
        ids ? ids.includes(user.id) : user.display_name.toLowerCase().includes(q);
      return { results: [...this.users.values()].filter(fits), next: null };
    }
    const mine = [...this.rooms.values()].filter((room) => room.members.has(user));
    if (path === "rooms/") return { results: mine.map((room) => roomJson(room, user)), next: null };
    const [, id, part] = path.split("/");
    const room = mine.find((each) => each.id === id);
    if (!room) return null;
    if (part === "messages")
      return { results: messagesJson(room, Number(asked.get("after")), Number(asked.get("before"))) };
    if (part === "members") return { results: [...room.members.values()], next: null };
    return { ...roomJson(room, user), ...(this.rights ? { my_rights: this.rights } : {}) };
  }
}

/** @param {FakeRoom} room @param {string} user */
const roomJson = (room, user) => ({
  id: room.id,
  kind: room.kind,
  name: room.name,
  topic: "",
  epoch: room.epoch,
  head: room.events.length,
  min_seq: room.minSeq,
  archived: false,
  my_role: room.members.get(user)?.role ?? null,
  settings: {},
});

/** One connection; to the client it is a WebSocket, to the server a peer with subscriptions. */
export class FakeSocket {
  onopen = null;
  onerror = null;
  /** @type {((event: any) => void) | null} */
  onmessage = null;
  /** @type {((event: any) => void) | null} */
  onclose = null;
  open = true;
  /** A frozen connection: nothing comes through, either way, and nobody says so. */
  frozen = false;
  /** The next `seq` to send of each room. @type {Map<string, number>} */
  next = new Map();
  #beat = 0;
  #lastAt = 0;

  /** @param {FakeServer} server @param {string} user */
  constructor(server, user) {
    this.server = server;
    this.user = user;
    server.clock.after(server.latency(), () => {
      if (server.down) return this.#end(1006);
      server.sockets.add(this);
      this.say({ type: "welcome", connection: "c", user, heartbeat_ms: HEARTBEAT_MS, limits: {}, now: "" });
      this.#scheduleBeat();
    });
  }

  #scheduleBeat() {
    this.server.clock.after(HEARTBEAT_MS, () => {
      if (!this.open) return;
      this.beat();
      this.#scheduleBeat();
    });
  }

  beat() {
    const heads = Object.fromEntries([...this.next.keys()].map((id) => [id, this.server.room(id).events.length]));
    this.say({ type: "heartbeat", n: ++this.#beat, heads });
  }

  /** Sends a frame, after the latency and never before an earlier one. @param {any} frame */
  say(frame) {
    const { clock } = this.server;
    this.#lastAt = Math.max(clock.now() + this.server.latency(), this.#lastAt);
    clock.after(this.#lastAt - clock.now(), () => {
      if (this.open && !this.frozen) this.onmessage?.({ data: JSON.stringify(frame) });
    });
  }

  /** @param {number} code */
  closeFromServer(code) {
    this.server.sockets.delete(this);
    const { clock } = this.server;
    clock.after(Math.max(0, this.#lastAt - clock.now()), () => this.#end(code));
  }

  #end(/** @type {number} */ code) {
    if (!this.open) return;
    this.open = false;
    this.server.sockets.delete(this);
    this.onclose?.({ code });
  }

  // The client's side.
  close() {
    this.open = false;
    this.server.sockets.delete(this);
  }

  /** @param {string} data */
  send(data) {
    const command = JSON.parse(data);
    this.server.clock.after(this.server.latency(), () => {
      if (!this.open || this.frozen || this.server.down) return;
      this.server.commands.push({ ...command, user: this.user, receivedAt: this.server.clock.now() });
      this.#serve(command);
    });
  }

  #serve(/** @type {any} */ command) {
    const fault = this.server.fault(command, this);
    if (fault === "ignore") return;
    if (fault && fault !== "lose")
      return this.say({ type: "error", id: command.id, retryable: false, message: "", ...fault });
    const reply = this.#reply(command);
    if (fault === "lose") return this.#end(1006);
    if (reply) this.say({ id: command.id, ...reply });
    for (const id of this.next.keys()) this.feed(id);
  }

  #reply(/** @type {any} */ command) {
    if (command.type === "subscribe") return this.#subscribe(command);
    if (command.type === "unsubscribe") {
      for (const id of command.rooms) this.next.delete(id);
      return { type: "ok" };
    }
    if (command.type === "message.send") return this.#store(command);
    if (command.type === "events.fetch") return this.#fetch(command);
    if (command.type.startsWith("receipt.")) this.#mark(command);
    return null;
  }

  #store(/** @type {any} */ { room: id, client_id, text, reply_to }) {
    const room = this.server.rooms.get(id);
    if (!room?.members.has(this.user)) return { type: "error", code: "not_found", message: "", retryable: false };
    const known = room.events.find((event) => event.by === this.user && event.client_id === client_id);
    if (known && known.data.text !== text) return { type: "error", code: "conflict", message: "", retryable: false };
    const data = { text, attachments: [], mentions: [], ...(reply_to ? { reply_to } : {}) };
    const event = known ?? this.server.append(id, "message.created", this.user, data, { client_id });
    return { type: "ok", room: id, seq: event.seq, at: event.at, ...(known ? { duplicate: true } : {}) };
  }

  #fetch(/** @type {any} */ { room: id, before, after, limit }) {
    const room = this.server.room(id);
    const visible = room.events.filter((event) => event.seq >= room.minSeq);
    const found = before ? visible.filter((event) => event.seq < before) : visible.filter((event) => event.seq > after);
    const events = before ? found.slice(-limit) : found.slice(0, limit);
    return { type: "events.page", room: id, epoch: room.epoch, events, more: found.length > limit };
  }

  #mark(/** @type {any} */ { type, room, seq }) {
    const mark = this.server.room(room).marks.get(this.user);
    mark.delivered = Math.max(mark.delivered, seq);
    if (type === "receipt.read") mark.read = Math.max(mark.read, seq);
  }

  #subscribe(/** @type {any} */ { rooms, cursors = {} }) {
    const mine = [...this.server.rooms.values()].filter((room) => room.members.has(this.user));
    const asked = rooms === "all" ? mine.map(({ id }) => ({ room: id, ...cursors[id] })) : rooms;
    const states = asked.map((/** @type {any} */ each) => this.#subscribeRoom(each, rooms !== "all"));
    return { type: "subscribed", rooms: states };
  }

  #subscribeRoom(/** @type {any} */ { room: id, epoch, after }, /** @type {boolean} */ named) {
    const room = this.server.rooms.get(id);
    const mark = room?.marks.get(this.user);
    if (!room || !mark) return { room: id, error: { code: "not_found", message: "" } };
    const head = room.events.length;
    const other = epoch !== undefined && epoch !== room.epoch;
    const recovered = !other && !(after > head) && !(after > 0 && after < room.minSeq - 1);
    const from = recovered && after !== undefined ? Math.max(after, room.minSeq - 1) : head;
    this.next.set(id, from + 1);
    const unread = room.events.filter(
      (event) =>
        event.kind === "message.created" &&
        event.seq > mark.read &&
        event.by !== this.user &&
        !room.events.some((later) => later.kind === "message.deleted" && later.data.message === event.seq),
    ).length;
    const receipts = [...room.marks]
      .filter(([user]) => user !== this.user)
      .map(([user, marks]) => ({ user, ...marks }));
    return {
      room: id,
      epoch: room.epoch,
      head,
      min_seq: room.minSeq,
      recovered,
      ...mark,
      unread,
      mentions: 0,
      ...(named ? { receipts } : {}),
    };
  }

  /** Streams what a room's subscription has not had yet. @param {string} id */
  feed(id) {
    let next = this.next.get(id);
    if (next === undefined) return;
    const { events } = this.server.room(id);
    const until = Math.min(events.length, next + this.server.pace - 1);
    for (; next <= until; next++) {
      const event = { type: "event", ...events[next - 1] };
      const how = this.server.onDeliver(event);
      if (how !== "drop") this.say(event);
      if (how === "double") this.say(event);
    }
    this.next.set(id, next);
    // Catching up goes at the pace at which the client reads.
    if (next <= events.length) this.server.clock.after(this.server.latency(), () => this.open && this.feed(id));
  }
}

/** Messages between two numbers, as they are now. @param {FakeRoom} room @param {number} after @param {number} before */
function messagesJson(room, after, before) {
  const created = room.events.filter(
    (event) => event.kind === "message.created" && after < event.seq && event.seq < before,
  );
  return created.map((event) => {
    const changes = room.events.filter((change) => change.data.message === event.seq);
    const { text, reactions } = foldMessage(event, changes);
    return { seq: event.seq, text, reactions };
  });
}
