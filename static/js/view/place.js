/** Where the list stands when a room is opened, and how one gets to a message far away and back again. */
import { says } from "./words_talk.js";

/** A message that one jumped to is outlined for this long. */
const TARGET_MS = 2_000;

export class Place {
  /** Where to go once it is drawn: a message, the "New" line, the end. @type {number | "new" | "end" | null} */
  aim = null;
  /** From where one jumped; null: no way back is offered. @type {number | "end" | null} */
  back = null;
  /** A message is being looked for: until it is there, the room has no place. */
  #going = false;
  /** The first unread message was asked for: "asked", then "answered", whether it came or not. */
  #unread = "";

  /** @param {import("./list.js").MessageList} list */
  constructor(list) {
    this.list = list;
  }

  reset() {
    this.aim = this.back = null;
    this.#going = false;
    this.#unread = "";
  }

  /** After a drawing: false if the list has its place already. */
  settle() {
    const { list } = this;
    if (this.aim !== null) this.#arrive(this.aim);
    else if (list.page.room.opened && !list.placed && !this.#going) this.#open();
    else return false;
    return true;
  }

  /** At what the address names, at the "New" line, or at the end. */
  #open() {
    const { list } = this;
    const { page } = list;
    const { room, chat } = page;
    const { messageWanted } = page.where;
    page.where.messageWanted = null;
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
    if (list.newAfter !== null && !room.covers(first) && this.#unread !== "answered") {
      this.#search(room, first);
      return;
    }
    const fresh = list.firstNew(list.items());
    list.window.around(fresh?.key ?? null);
    this.aim = fresh ? "new" : "end";
    page.schedule();
  }

  /** Brings the surroundings of the first unread message, once. @param {any} room @param {number} first */
  #search(room, first) {
    if (this.#unread) return;
    this.#unread = "asked";
    const done = () => {
      this.#unread = "answered";
      this.list.page.schedule();
    };
    this.list.page.chat.loadAround(room.id, first).then(done, done);
  }

  /** It is drawn: there we are. @param {number | "new" | "end"} aim */
  #arrive(aim) {
    const { scroller, window, page } = this.list;
    const element = scroller.list;
    this.aim = null;
    this.list.placed = true;
    if (!element) return;
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
    this.back = null;
    this.list.window.latest();
    this.aim = "end";
    this.list.page.draw();
  }

  goBack = () => {
    const back = this.back;
    this.back = null;
    if (back === "end") this.toEnd();
    else if (back !== null) void this.goTo(back);
  };

  /**
   * Goes to a message, wherever in the history it is.
   * @param {number} seq @param {{ back?: boolean }} [options] `back`: a way back is offered
   */
  async goTo(seq, { back = false } = {}) {
    const { list } = this;
    const { page, scroller } = list;
    const { room } = page;
    const from = scroller.atEnd ? "end" : list.seqInSight;
    this.#going = true;
    await page.chat.loadAround(room.id, seq).catch(() => false);
    if (page.room !== room) return;
    this.#going = false;
    const item = room.covers(seq) ? list.items().find((one) => "seq" in one && one.seq >= seq) : undefined;
    if (!item) {
      page.toast.say(says.originalMissing);
      return;
    }
    if (back) this.back = from;
    this.aim = item.seq;
    list.window.around(item.key);
    page.draw();
  }
}
