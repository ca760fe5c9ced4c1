/** Where the list stands when a room is opened, and how one gets to a message far away and back again. */
import { CATCHING_UP_AFTER_MS } from "../core/line.js";
import { problem } from "./words.js";
import { says } from "./words_talk.js";

/** A message that one jumped to is outlined for this long. */
const TARGET_MS = 2_000;

export class Place {
  /** Where to go once it is drawn: a message, the "New" line, the end. @type {number | "new" | "end" | null} */
  aim = null;
  /** From where one jumped; null: no way back is offered. @type {number | "end" | null} */
  back = null;
  /** What is being looked for, the last that was asked for. @type {object | null} */
  #search = null;
  /** The first unread message was looked for, whether it was found or not. */
  #looked = false;
  /** When the room was opened, as `performance.now()` tells it. */
  since = 0;

  /** @param {import("./list.js").MessageList} list */
  constructor(list) {
    this.list = list;
  }

  reset() {
    this.aim = this.back = this.#search = null;
    this.#looked = false;
    this.since = performance.now();
  }

  /** A room was opened, and where in it is still to be found out: what would be shown now would be the wrong messages. */
  get unknown() {
    const { placed, page } = this.list;
    if (placed || this.aim !== null) return false;
    // Without a connection nothing more comes: then what is here is all there is.
    return this.#search !== null || !(page.room.opened || page.cutOff);
  }

  /** Before a drawing: a room that was opened gets its place as soon as that is known. */
  choose() {
    const { list } = this;
    const { room } = list.page;
    if (room?.opened && !list.placed && this.aim === null && !this.#search) this.#open(room);
  }

  /** After a drawing: false if the list stays where it is. */
  settle() {
    if (this.aim === null) return false;
    this.#arrive(this.aim);
    return true;
  }

  /** At what the address names, at the "New" line, or at the end. @param {any} room */
  #open(room) {
    const { list } = this;
    const { chat, where } = list.page;
    const { messageWanted } = where;
    where.messageWanted = null;
    if (messageWanted !== null) {
      void this.goTo(messageWanted);
      return;
    }
    const marked = chat.markers.get(room.id);
    if (room.unread > 0 && list.newAfter === null) {
      list.newAfter = marked ? marked.seq - 1 : room.readSeq;
      list.unread = room.unread;
    }
    const first = Math.max(Number(list.newAfter) + 1, room.minSeq);
    if (list.newAfter !== null && !room.covers(first) && !this.#looked) {
      void this.#lookForNew(room, first);
      return;
    }
    const fresh = list.firstNew(list.items());
    list.window.around(fresh?.key ?? null);
    this.aim = fresh ? "new" : "end";
  }

  /** Brings the surroundings of the first unread message, once. @param {any} room @param {number} first */
  async #lookForNew(room, first) {
    this.#looked = true;
    if (await this.#bring(room, first)) this.list.page.schedule();
  }

  /**
   * Brings a message and what is around it.
   * @param {any} room @param {number} seq
   * @returns {Promise<{ error: unknown } | null>} null: something else is wanted by now
   */
  async #bring(room, seq) {
    this.#search = {};
    const search = this.#search;
    if (!this.list.placed) setTimeout(() => this.list.page.schedule(), CATCHING_UP_AFTER_MS + 1); // the line says so then
    const error = await this.list.page.chat.loadAround(room.id, seq).then(
      () => null,
      (/** @type {unknown} */ reason) => reason,
    );
    if (this.#search !== search) return null;
    this.#search = null;
    return { error };
  }

  /** It is drawn: there we are. @param {number | "new" | "end"} aim */
  #arrive(aim) {
    const { scroller, window, page } = this.list;
    const element = scroller.list;
    if (!element) return;
    this.aim = null;
    this.list.placed = true;
    if (typeof aim === "number") {
      const row = element.querySelector(`[data-seq="${aim}"]`);
      if (row) scroller.place(row, 1 / 3);
      this.#outline(aim);
      return;
    }
    const line = aim === "new" ? element.querySelector(".new") : null;
    const below = line ? element.scrollHeight - element.scrollTop - scroller.offset(line) : 0;
    if (line && (window.after || below > element.clientHeight)) {
      scroller.place(line, 1 / 3);
      this.list.missed = page.room.unread;
    } else {
      window.follow();
      scroller.cut = false;
      scroller.toEnd();
    }
    page.schedule();
  }

  /** @param {number} seq */
  #outline(seq) {
    const { list } = this;
    list.target = seq;
    list.page.schedule();
    setTimeout(() => {
      if (list.target === seq) list.target = null;
      list.page.schedule();
    }, TARGET_MS);
  }

  toEnd() {
    this.back = this.#search = null;
    this.list.window.latest();
    this.aim = "end";
    this.list.page.draw();
  }

  goBack = () => {
    const back = this.back;
    this.back = null;
    if (back === "end") this.toEnd();
    else if (back !== null) void this.goTo(back, { near: true });
  };

  /**
   * Goes to a message, wherever in the history it is. If it is not there, one hears so and stays.
   * @param {number} seq
   * @param {{ back?: boolean, near?: boolean }} [options] `back`: a way back is offered; `near`: the next row will do, too
   */
  async goTo(seq, { back = false, near = false } = {}) {
    const { list } = this;
    const { page, scroller } = list;
    const { room } = page;
    const from = scroller.atEnd ? "end" : list.seqInSight;
    const brought = await this.#bring(room, seq);
    if (!brought) return;
    const there = near ? room.covers(seq) : room.message(seq) !== undefined;
    const item = there ? list.items().find((one) => "seq" in one && one.seq >= seq) : undefined;
    if (!item) {
      page.toast.say(brought.error ? problem(brought.error) : says.originalMissing);
      return;
    }
    if (back) this.back = from;
    this.aim = item.seq;
    list.window.around(item.key);
    page.draw();
  }
}
