/** Puts a chat and a fake server together, all in one process and under one clock. */
import { createChat } from "../../../static/js/core/index.js";
import { MemoryStorage } from "../../../static/js/core/storage.js";
import { FakeClock, seeded } from "./clock.mjs";
import { FakeServer } from "./server.mjs";

/** The browser's signals, in the hands of the test. */
export class FakeSignals {
  online = true;
  visible = true;
  /** @type {Set<(signal: any) => void>} */
  #listeners = new Set();
  isOnline = () => this.online;
  isVisible = () => this.visible;
  listen = (/** @type {(signal: any) => void} */ run) => {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  };

  /** @param {"online" | "offline" | "visible"} signal */
  say(signal) {
    if (signal !== "visible") this.online = signal === "online";
    for (const run of this.#listeners) run(signal);
  }
}

/** Locks as the browser has them: one holder a name, the others in line. */
export function fakeLocks() {
  /** @type {Map<string, Promise<unknown>>} */
  const tails = new Map();
  return async (/** @type {string} */ name, /** @type {() => Promise<any>} */ work) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work, work);
    tails.set(
      name,
      turn.catch(() => {}),
    );
    return await turn;
  };
}

/** The channel between tabs. */
export class FakeTabs {
  /** @type {{ owner: object, run: (message: any) => void }[]} */
  #listeners = [];

  open() {
    const owner = {};
    return {
      post: (/** @type {any} */ message) => {
        for (const each of this.#listeners) if (each.owner !== owner) queueMicrotask(() => each.run(message));
      },
      listen: (/** @type {(message: any) => void} */ run) => {
        const entry = { owner, run };
        this.#listeners.push(entry);
        return () => {
          this.#listeners = this.#listeners.filter((each) => each !== entry);
        };
      },
      close() {},
    };
  }
}

/** One browser: its storage, locks and tabs outlive a reload. */
export class World {
  signals = new FakeSignals();
  storage = new MemoryStorage();
  locks = fakeLocks();
  tabs = new FakeTabs();
  /** @type {any[]} */
  #chats = [];

  constructor(seed = 1) {
    this.random = seeded(seed);
    this.clock = new FakeClock(this.random);
    this.server = new FakeServer(this.clock);
  }

  /** Opens a page (a tab) for Alice. @param {any} [more] */
  async openPage(more = {}) {
    const chat = await createChat({
      me: this.server.users.get("u-alice"),
      socketUrl: "ws://chat.test/ws/",
      apiUrl: "http://chat.test/api/v1/",
      csrfToken: () => "token",
      storage: this.storage,
      locks: this.locks,
      tabs: this.tabs.open(),
      clock: this.clock,
      signals: this.signals,
      ...this.server.doors("alice"),
      ...more,
    });
    this.#chats.push(chat);
    chat.start();
    return chat;
  }

  /** What a reload does to a page: everything in memory is gone. @param {any} chat */
  async closePage(chat) {
    chat.stop();
    this.#chats = this.#chats.filter((each) => each !== chat);
  }

  async end() {
    for (const chat of this.#chats) chat.stop();
  }
}

/** The texts of one person's messages in a room's log, in order. @param {World} world @param {string} id @param {string} name */
export const said = (world, id, name) =>
  world.server
    .room(id)
    .events.filter((event) => event.kind === "message.created" && event.by === `u-${name}`)
    .map((event) => event.data.text);

/** The texts that a room shows, one's own waiting ones too. @param {any} room */
export const shown = (room) =>
  room
    .items()
    .filter((/** @type {any} */ item) => item.type === "message" || item.type === "outgoing")
    .map((/** @type {any} */ item) => (item.type === "message" ? item.message.text : item.outgoing.text));
