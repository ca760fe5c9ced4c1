/**
 * The page: which room is open, what lies over it, and one `draw` that brings the document to that state.
 *
 * Everything is drawn from `chat` (the core) and from the few things kept here. Drawing is cheap (unchanged rows are
 * skipped), so any change simply asks for it; it happens once a turn.
 */
import { render } from "lit";
import { plainText } from "../core/index.js";
import { Announcer } from "./announcer.js";
import { boot } from "./boot.js";
import { Composer } from "./composer.js";
import { Details } from "./details.js";
import { frame } from "./frame.js";
import { installKeys } from "./keys.js";
import { lineText } from "./line.js";
import { MessageList } from "./list.js";
import { Reading } from "./reading.js";
import { followLinks, go, roomInAddress, roomUrl } from "./router.js";
import { showTitle } from "./title.js";
import { refusal, waitHere } from "./words.js";

/** How much of a message is spoken. */
const SPOKEN = 200;
const LAST_ROOM = "parley.lastRoom";

export class Page {
  me = boot.me;
  urls = boot.urls;
  limits = boot.limits;
  /** The open room of the core, or null. @type {any} */
  room = null;
  /**
   * The room that the address names, and why it isn't shown.
   * @type {{ id: string | null, problem: string | null, joinable: any }}
   */
  place = { id: null, problem: null, joinable: null };
  /** The dialog on top. @type {{ render: () => unknown } | null} */
  dialog = null;
  /** The refused message that is being changed. @type {string | null} */
  editing = null;
  /** Grows when a name becomes known, so that texts with names are rendered anew. */
  namesVersion = 0;
  today = new Date().toDateString();
  #queued = false;
  #drawing = false;
  #spokenLine = "";

  /** @param {{ chat: any, root: HTMLElement }} options */
  constructor({ chat, root }) {
    this.chat = chat;
    this.root = root;
    this.announcer = new Announcer();
    this.list = new MessageList(this);
    this.reading = new Reading(this);
    this.composer = new Composer(this);
    this.details = new Details(this);
  }

  start() {
    const { chat } = this;
    for (const part of [chat.rooms, chat.outbox, chat.line]) part.addEventListener("change", () => this.schedule());
    chat.people.addEventListener("change", () => {
      this.namesVersion += 1;
      this.schedule();
    });
    chat.rooms.addEventListener("change", () => this.#openSomething());
    chat.addEventListener("message", (/** @type {any} */ event) => this.#message(event.detail));
    chat.addEventListener("failed", (/** @type {any} */ event) => this.#failed(event.detail.outgoing));
    chat.addEventListener("revoked", (/** @type {any} */ event) => this.#revoked(event.detail));
    followLinks(() => void this.route());
    installKeys(this);
    addEventListener("pagehide", () => void chat.drafts.flush());
    addEventListener("beforeunload", (event) => {
      if (!chat.outbox.durable && chat.outbox.waiting > 0) event.preventDefault();
    });
    setInterval(() => this.#newDay(), 30_000);
    chat.start();
    void this.route();
  }

  /** Asks for a drawing; many askings in one turn are one. */
  schedule() {
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.draw();
    });
  }

  draw() {
    if (this.#drawing) return this.schedule();
    this.#drawing = true;
    try {
      this.list.before();
      render(frame(this), this.root);
      this.list.after();
    } finally {
      this.#drawing = false;
    }
    this.reading.check();
    this.#tellLine();
    showTitle({
      room: this.room ? this.titleOf(this.room) : "",
      forYou: this.chat.rooms.totals().mentions,
      offline: ["offline", "unreachable", "signed-out"].includes(this.chat.line.value.state),
    });
  }

  /** Something lies over the messages. */
  get covered() {
    return this.dialog !== null;
  }

  /** @param {string} id */
  person(id) {
    return id === this.me.id ? this.me : this.chat.people.get(id);
  }

  /** @param {any} room */
  titleOf(room) {
    return room.title(this.me, this.chat.people);
  }

  /** Whether one may name the room, add and remove people. @param {any} room */
  manages(room) {
    return room.kind !== "direct" && !room.archived && ["owner", "moderator"].includes(room.myRole);
  }

  /** For rendered text: what a name after @ means. */
  mention = (/** @type {string} */ username) => {
    const user = this.chat.people.byUsername(username);
    return user ? { user, me: user.id === this.me.id } : null;
  };

  // --- Which room ---

  /** Brings the page to what the address says. */
  async route() {
    const id = roomInAddress();
    if (id === this.place.id && (this.room || id === null)) return this.schedule();
    this.#leave();
    this.place = { id, problem: null, joinable: null };
    this.schedule();
    if (id === null) return this.#openSomething();
    localStorageSet(LAST_ROOM, id);
    await this.#open(id);
  }

  #leave() {
    if (this.room) this.chat.closeRoom(this.room.id);
    this.room = null;
    this.editing = null;
    this.list.reset();
    this.reading.reset();
    this.announcer.clear();
    this.details.left();
  }

  /** @param {string} id */
  async #open(id) {
    // A known room is painted at once from what is here; the server only corrects it.
    this.#show(this.chat.rooms.get(id), id);
    try {
      const room = await this.chat.openRoom(id);
      this.#show(room, id);
    } catch (error) {
      await this.#notOpened(id, error);
    }
    this.schedule();
  }

  /** @param {any} room @param {string} id */
  #show(room, id) {
    if (!room || this.place.id !== id || this.room === room) return;
    this.room = room;
    void this.composer.open(room.id);
    this.details.entered();
    this.schedule();
  }

  /** @param {string} id @param {any} error */
  async #notOpened(id, error) {
    if (this.place.id !== id || this.chat.rooms.get(id)?.opened) return;
    const gone = ["not_found", "forbidden"].includes(error?.code);
    if (!gone) {
      // Not the room's fault: the room stays and fills as soon as the server answers.
      if (!this.room) this.place = { ...this.place, problem: "unreachable" };
      return;
    }
    this.room = null;
    const open = await this.chat.discoverRooms().catch(() => []);
    if (this.place.id !== id) return;
    this.place = { id, problem: "not_found", joinable: open.find((/** @type {any} */ one) => one.id === id) ?? null };
  }

  /** With no room in the address, a wide page opens the last one; a phone shows the list. */
  #openSomething() {
    if (this.place.id !== null || !this.chat.rooms.loaded || matchMedia("(max-width: 47.99rem)").matches) return;
    const last = localStorageGet(LAST_ROOM);
    const room = (last && this.chat.rooms.get(last)) || this.chat.rooms.list()[0];
    if (room) this.goTo(room.id, true);
  }

  /** @param {string} id @param {boolean} [replace] */
  goTo(id, replace = false) {
    go(roomUrl(id), () => void this.route(), replace);
  }

  /** @param {string} id */
  async join(id) {
    await this.chat.joinRoom(id);
    if (roomInAddress() === id) this.place = { id: null, problem: null, joinable: null };
    this.goTo(id);
  }

  /** One is out of the room that is open. */
  leftOpenRoom() {
    const { id } = this.place;
    this.#leave();
    this.place = { id, problem: "left", joinable: null };
    this.schedule();
  }

  #revoked(/** @type {{ room: string }} */ { room }) {
    if (room === this.place.id) this.leftOpenRoom();
  }

  // --- What happens in it ---

  async loadOlder() {
    const { room } = this;
    if (!room) return;
    await this.chat.loadOlder(room.id).catch(() => {});
    this.schedule();
  }

  /** @param {number} from @param {number} to */
  loadHole(from, to) {
    if (this.room) this.chat.loadHole(this.room.id, from, to).catch(() => {});
  }

  /** @param {{ room: any, message: any, mine: boolean, live: boolean }} news */
  #message({ room, message, mine, live }) {
    const id = room?.id ?? room;
    if (id !== this.room?.id || mine) return;
    this.list.arrived(message, !this.reading.attentive);
    if (!live) return;
    const name = this.person(message.by)?.display_name ?? "Someone";
    this.announcer.message(`${name}: ${plainText(message.text, SPOKEN)}`);
  }

  #failed(/** @type {any} */ outgoing) {
    this.announcer.alert(`Not sent. ${refusal(outgoing.error)}`);
  }

  /** @param {string | null} clientId */
  editFailed(clientId) {
    const before = this.editing;
    this.editing = clientId;
    this.draw();
    if (clientId === null && before) this.focusRow(`[data-client-id="${CSS.escape(before)}"]`);
  }

  /** @param {string} clientId @param {string} text */
  async sendEdited(clientId, text) {
    this.editing = null;
    await this.chat.editOutgoing(clientId, text).catch(() => {});
    this.draw();
    this.focusRow(`[data-client-id="${CSS.escape(clientId)}"]`);
  }

  /** @param {string} clientId */
  async discardFailed(clientId) {
    await this.chat.discard(clientId);
    this.draw();
    this.composer.focus();
  }

  /** @param {string} selector */
  focusRow(selector) {
    const row = /** @type {HTMLElement | null} */ (this.root.querySelector(selector));
    if (row) row.focus();
    else this.composer.focus();
  }

  // --- Layers ---

  /** @param {{ render: () => unknown }} dialog */
  open(dialog) {
    this.dialog = dialog;
    this.draw();
  }

  close() {
    this.dialog = null;
    this.schedule();
  }

  // --- Time and speech ---

  #newDay() {
    const today = new Date().toDateString();
    if (today !== this.today) {
      this.today = today;
      this.schedule();
    }
  }

  /** Outages are spoken when the line names them, and their end only if their beginning was. */
  #tellLine() {
    const { state, waiting } = this.chat.line.value;
    const spoken = { offline: "offline", unreachable: "offline", "signed-out": "signed-out", "up-to-date": "level" };
    const now = /** @type {Record<string, string>} */ (spoken)[state];
    if (!now || now === this.#spokenLine || this.chat.line.value.stale) return;
    const before = this.#spokenLine;
    this.#spokenLine = now;
    if (now === "signed-out") this.announcer.alert(lineText(this.chat.line.value));
    else if (now === "offline") this.announcer.say(waiting ? `Offline. ${waitHere(waiting)}` : "Offline");
    else if (before) this.announcer.say("Up to date");
  }
}

/** Storage may be refused; then the last room is simply not remembered. @param {string} key */
function localStorageGet(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
function localStorageSet(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // see localStorageGet
  }
}
