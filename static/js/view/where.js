/** Which room is open: the one that the address names, if it is one's own; else why it is not shown. */
import { followAddress } from "./addressed.js";
import { noteOpened, recentRooms } from "./recent.js";
import { go, layerInAddress, messageInAddress, roomInAddress, roomUrl } from "./router.js";

export class Where {
  /** The room that the address names. @type {string | null} */
  id = null;
  /** Why it isn't shown. @type {string | null} */
  problem = null;
  /** The room itself, where one may join it. @type {any} */
  joinable = null;
  /** The message that the address names, until it was gone to. @type {number | null} */
  messageWanted = null;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** Brings the page to what the address says. */
  async route() {
    const { page } = this;
    followAddress(page);
    const id = layerInAddress() ? this.id : roomInAddress();
    const seq = messageInAddress();
    if (id === this.id && (page.room || id === null)) {
      if (page.room && seq !== null) void page.list.place.goTo(seq, { back: true });
      return page.schedule();
    }
    page.leaveRoom();
    this.messageWanted = seq;
    this.#set(id);
    page.schedule();
    if (id === null) this.#openSomething();
    else await this.#openAddressed(id);
  }

  /** @param {string} id @param {boolean} [replace] */
  goTo(id, replace = false) {
    go(roomUrl(id), () => void this.route(), replace);
  }

  /** @param {string} id */
  async join(id) {
    await this.page.chat.joinRoom(id);
    this.goTo(id);
    if (this.id === id && !this.page.room) await this.#openAddressed(id);
  }

  /** The address names the room again, not one of its messages. */
  leaveMessage() {
    const { room } = this.page;
    if (room && messageInAddress() !== null) history.replaceState(history.state, "", roomUrl(room.id));
  }

  /** One is out of the room that is open. */
  leftRoom() {
    this.page.leaveRoom();
    this.#set(this.id, "left");
    this.page.schedule();
  }

  /** The list of rooms has changed: what the address names may be among them now. */
  roomsChanged() {
    const { id, problem } = this;
    if (id === null) this.#openSomething();
    else if (!this.page.room && (problem === null || this.#isMine(id))) void this.#openAddressed(id);
  }

  #set(
    /** @type {string | null} */ id,
    /** @type {string | null} */ problem = null,
    /** @type {any} */ joinable = null,
  ) {
    this.id = id;
    this.problem = problem;
    this.joinable = joinable;
  }

  /** @param {string} id */
  #isMine(id) {
    const room = this.page.chat.rooms.get(id);
    return room !== undefined && (room.myRole !== null || room.cursor !== null);
  }

  /** One of one's own rooms is painted at once; of another it is found out whether one may join it. @param {string} id */
  async #openAddressed(id) {
    if (this.#isMine(id)) await this.#open(id);
    else if (this.page.chat.rooms.loaded) await this.#lookForIt(id);
  }

  /** @param {string} id */
  async #open(id) {
    const { page } = this;
    const room = await page.chat.openRoom(id).catch(() => null);
    if (!room || this.id !== id || page.room === room) return;
    this.#set(id);
    noteOpened(id);
    page.enterRoom(room);
  }

  /** @param {string} id */
  async #lookForIt(id) {
    this.#set(id, "looking");
    const room = await this.page.chat.joinableRoom(id).catch(() => undefined);
    if (this.id !== id || this.page.room) return;
    this.#set(id, room === undefined ? "unreachable" : "not_found", room ?? null);
    this.page.schedule();
  }

  /** With no room in the address, a wide page opens the last one; a phone shows the list. */
  #openSomething() {
    const { rooms } = this.page.chat;
    if (this.id !== null || !(rooms.loaded || rooms.recalled) || matchMedia("(max-width: 47.99rem)").matches) return;
    const [last] = recentRooms();
    const all = rooms.list();
    const named = all.find((/** @type {any} */ one) => one.kind !== "direct");
    const room = (last && rooms.get(last)) || named || all[0];
    if (!room) return;
    if (!layerInAddress()) return this.goTo(room.id, true);
    this.#set(room.id);
    void this.#openAddressed(room.id);
  }
}
