/**
 * A phone's rows show what was said last. Where nothing of a room is here, a few of its newest events are asked for: of rows in
 * sight only, one room after the other, each once a connection. However many rooms one has, it is a few questions a second.
 */
import { lastMessage, lastSaid } from "./last_said.js";

/** Well below what a person may ask on the socket in a second. */
const PAUSE_MS = 100;

export class Glimpses {
  /** Rows in sight, in the order in which they came there. @type {Set<string>} */
  #inSight = new Set();
  /** Rooms that were asked for on this connection. @type {Set<string>} */
  #asked = new Set();
  #asking = false;
  /** @type {WeakSet<Element>} */
  #watched = new WeakSet();
  #watcher = new IntersectionObserver((entries) => this.#seen(entries));

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    page.chat.addEventListener("connected", () => this.#asked.clear());
  }

  /** What a room's row says. @param {any} room */
  said(room) {
    return lastSaid(this.page, room);
  }

  /** After a drawing: rows that are new are watched. */
  drawn() {
    for (const row of this.page.root.querySelectorAll(".rm[data-room]")) {
      if (this.#watched.has(row)) continue;
      this.#watched.add(row);
      this.#watcher.observe(row);
    }
    if (!this.#asking) void this.#ask();
  }

  #seen(/** @type {IntersectionObserverEntry[]} */ entries) {
    for (const { target, isIntersecting } of entries) {
      const id = /** @type {HTMLElement} */ (target).dataset.room ?? "";
      if (isIntersecting) this.#inSight.add(id);
      else this.#inSight.delete(id);
    }
    if (!this.#asking) void this.#ask();
  }

  async #ask() {
    const { chat } = this.page;
    this.#asking = true;
    for (let id = this.#next(); id !== undefined; id = this.#next()) {
      this.#asked.add(id);
      await chat.lookInto(id).catch(() => {}); // it is asked for with the next connection
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.#asking = false;
  }

  /** The next room of which nothing is here that could be shown. */
  #next() {
    const { chat } = this.page;
    return chat.canSend() ? [...this.#inSight].find((id) => this.#lacks(chat.rooms.get(id))) : undefined;
  }

  /** @param {any} room */
  #lacks(room) {
    return room?.cursor && !this.#asked.has(room.id) && !lastMessage(room);
  }
}
