/**
 * A phone's rows show what was said last. Where nothing of a room is here, a few of its newest events are asked for: of rows in
 * sight only, one room after the other, each once a connection. However many rooms one has, it is a few questions a second.
 */
import { _, plainText } from "../core/index.js";
import { lastMessage, lastSaid } from "./last_said.js";

/** Well below what a person may ask on the socket in a second. */
const PAUSE_MS = 100;
/** Signs of a draft: more do not fit. */
const DRAFT = 80;

export class Glimpses {
  /** Rows in sight, in the order in which they came there. @type {Set<string>} */
  #inSight = new Set();
  /** Rooms that were asked for on this connection. @type {Set<string>} */
  #asked = new Set();
  #asking = false;
  /** What was begun in rooms, once it was read here; forgotten where it may become another. @type {Map<string, string>} */
  #drafts = new Map();
  /** @type {WeakSet<Element>} */
  #watched = new WeakSet();
  #watcher = new IntersectionObserver((entries) => this.#seen(entries));

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    page.chat.addEventListener("draft", () => this.forgetDrafts());
    page.chat.addEventListener("connected", () => this.#asked.clear());
  }

  /** What a room's row says. @param {any} room */
  said(room) {
    const said = lastSaid(this.page, room);
    const begun = this.page.chat.drafts.has(room.id) ? this.#drafts.get(room.id) : "";
    return begun ? { time: said?.time ?? "", text: _("Draft: {text}", { text: begun }) } : said;
  }

  /** A room was open, or another tab wrote: drafts are read again. */
  forgetDrafts() {
    this.#drafts.clear();
  }

  async #readDrafts() {
    const { drafts } = this.page.chat;
    for (const id of drafts.rooms.filter((/** @type {string} */ one) => !this.#drafts.has(one))) {
      this.#drafts.set(id, "");
      this.#drafts.set(id, plainText((await drafts.load(id))?.text ?? "", DRAFT));
      this.page.schedule();
    }
  }

  /** After a drawing: rows that are new are watched. */
  drawn() {
    for (const row of this.page.root.querySelectorAll(".rm[data-room]")) {
      if (this.#watched.has(row)) continue;
      this.#watched.add(row);
      this.#watcher.observe(row);
    }
    if (!this.#asking) void this.#ask();
    void this.#readDrafts();
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
