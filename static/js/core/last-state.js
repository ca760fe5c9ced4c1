/**
 * The rooms' last state, kept in this browser so that the page can be read without a connection. One person's at a time:
 * whoever begins clears what is another's, and the service worker empties it all when one signs out.
 */
import { openDB } from "idb";

/** `worker.js` knows this name too. */
const NAME = "parley-last";
/** Newest events of a room. */
const EVENTS = 100;
/** More members are not needed to read. */
const MEMBERS = 200;
const SAVE_AFTER_MS = 2_000;
/** Of rooms of which nothing is here yet, so many are looked into, so far back. */
const AHEAD_ROOMS = 30;
const AHEAD_EVENTS = 50;

/** @typedef {import("./room-store.js").Room} Room */

export class LastState {
  /** What was saved of each room, so that only what changed is written. @type {Map<Wire.Id, string>} */
  #saved = new Map();
  #namesSaved = -1;
  #due = false;
  #stopped = true;

  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** Shows what was last known; nothing once the server has answered, or if it is another person's. */
  async restore() {
    const { chat } = this;
    const db = await open();
    const owner = await db.get("meta", "owner");
    const [people, records] = [await db.get("meta", "people"), await db.getAll("rooms")];
    db.close();
    if (owner !== chat.me.id || chat.socket.state === "open" || chat.rooms.loaded) return;
    chat.people.add(people ?? []);
    for (const record of records) {
      const room = chat.rooms.ensure(record.described.id);
      if (room.cursor === null) bringBack(room, record);
    }
    chat.rooms.recalled = true;
    chat.rooms.changed();
  }

  /** From now on keeps the state of these rooms, as it changes. Call it when the server has said who is here. */
  async begin() {
    if (!this.#stopped) return;
    this.#stopped = false;
    const db = await open();
    const change = db.transaction(["meta", "rooms"], "readwrite");
    const mine = (await change.objectStore("meta").get("owner")) === this.chat.me.id;
    if (!mine) await Promise.all([change.objectStore("meta").clear(), change.objectStore("rooms").clear()]);
    await change.objectStore("meta").put(this.chat.me.id, "owner");
    await change.done;
    const before = mine ? await db.getAll("rooms") : [];
    db.close();
    await this.#lookAhead(new Map(before.map(({ described, cursor }) => [described.id, cursor])));
    this.chat.rooms.addEventListener("change", () => this.#soon());
    this.#soon();
  }

  /** Nothing more is kept. */
  stop() {
    this.#stopped = true;
  }

  #soon() {
    if (this.#due) return;
    this.#due = true;
    this.chat.clock.after(SAVE_AFTER_MS, () => {
      this.#due = false;
      this.save().catch(() => this.stop()); // a full disk: then there is nothing to start with, and no harm
    });
  }

  /** Writes what has changed since the last time. */
  async save() {
    const { chat } = this;
    const rooms = chat.rooms.list().filter((room) => room.cursor !== null && this.#saved.get(room.id) !== mark(room));
    if (this.#stopped || !chat.feed.subscribed) return;
    const db = await open();
    const change = db.transaction(["meta", "rooms"], "readwrite");
    const [meta, kept] = [change.objectStore("meta"), change.objectStore("rooms")];
    if ((await meta.get("owner")) !== chat.me.id) this.stop();
    else {
      for (const room of rooms) {
        await kept.put(withEvents(recordOf(room), await kept.get(room.id)), room.id);
        this.#saved.set(room.id, mark(room));
      }
      if (this.#namesSaved !== chat.people.namesVersion) await meta.put(chat.people.all(), "people");
      this.#namesSaved = chat.people.namesVersion;
      if (chat.rooms.loaded)
        for (const id of await kept.getAllKeys())
          if ((chat.rooms.get(/** @type {string} */ (id))?.myRole ?? null) === null) await kept.delete(id);
    }
    await change.done;
    db.close();
  }

  /** Brings the newest of rooms that nobody has opened here, so that they can be read too. */
  async #lookAhead(/** @type {Map<Wire.Id, number>} */ before) {
    const lacking = this.chat.rooms
      .list()
      .filter((room) => room.cursor && room.timeline.log.size === 0 && before.get(room.id) !== room.cursor);
    for (const room of lacking.slice(0, AHEAD_ROOMS))
      await this.chat.history.loadAhead(room, AHEAD_EVENTS).catch(() => {}); // it is kept when it is opened
  }
}

const open = () =>
  openDB(NAME, 1, {
    upgrade(database) {
      database.createObjectStore("meta");
      database.createObjectStore("rooms");
    },
  });

/** Another one means that there is something to write. @param {Room} room */
const mark = (room) =>
  JSON.stringify([
    [room.epoch, room.cursor, room.readSeq, room.counts.count, room.mentions, room.timeline.log.lowest],
    [room.name, room.topic, room.archived, room.myRole, room.favourite, room.muted, room.notify, room.members.size],
  ]);

/** @param {Room} room @returns {Wire.Json} */
export function recordOf(room) {
  const cursor = /** @type {number} */ (room.cursor);
  const start = room.timeline.log.startOf(cursor) ?? cursor + 1;
  const events = room.timeline.log.sorted().filter(({ seq }) => start <= seq && seq <= cursor);
  const newest = events.slice(-EVENTS);
  const { id, kind, name, topic, archived, settings, people, favourite, muted, notify, myRole, myRights } = room;
  return {
    described: {
      ...{ id, kind, name, topic, archived, settings, people, head: cursor },
      ...{ my_role: myRole, my_rights: myRights && [...myRights], my_marks: { favourite, muted, notify } },
    },
    ...{ epoch: room.epoch, minSeq: room.minSeq, cursor, from: newest[0]?.seq ?? cursor + 1 },
    ...{ read: room.readSeq, unread: room.counts.count, mentions: room.mentions },
    members: [...room.members.values()].slice(0, MEMBERS),
    events: newest.map((event) => present(room, event)),
  };
}

/** What was kept before still holds where nothing has happened since, and the page has loaded less of it. */
function withEvents(/** @type {Wire.Json} */ record, /** @type {Wire.Json} */ before) {
  const same = before?.cursor === record.cursor && before.epoch === record.epoch;
  if (!same || record.events.length >= before.events.length) return record;
  return { ...record, from: before.from, events: before.events, members: before.members };
}

/** An event as the log would tell it now: an earlier text is kept nowhere. @returns {Wire.Event} */
function present(/** @type {Room} */ room, /** @type {Wire.Event} */ event) {
  if (event.kind === "message.edited") {
    const { text: _gone, ...data } = event.data;
    return { ...event, data };
  }
  const message = event.kind === "message.created" ? room.message(event.seq) : undefined;
  if (!message) return event;
  const { text, attachments, mentions, everyone } = message;
  return { ...event, data: { ...event.data, text, attachments, mentions, everyone } };
}

/** @param {Room} room @param {Wire.Json} record */
export function bringBack(room, record) {
  const { described, epoch, minSeq, cursor, from, read, unread, mentions, members, events } = record;
  room.describe(described);
  Object.assign(room, { epoch, minSeq, cursor, head: cursor, opened: events.length > 0 });
  room.counts.reset({ head: cursor, read, unread, mentions });
  if (members.length) room.setMembers(members, cursor);
  if (events.length) room.merge(events, from, cursor);
}
