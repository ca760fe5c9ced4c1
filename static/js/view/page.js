/**
 * The page: which room is open, what lies over it, and one `draw` that brings the document to that state.
 *
 * Everything is drawn from `chat` (the core) and from the few things kept here. Drawing is cheap (unchanged rows are
 * skipped), so any change simply asks for it; it happens once a turn.
 */
import { render } from "lit";
import { _ } from "../core/index.js";
import { Acts } from "./acts.js";
import { Announcer } from "./announcer.js";
import { boot } from "./boot.js";
import { Composer } from "./composer.js";
import { Details } from "./details.js";
import { fetchAhead, openDirect, openInvited, openSwitch } from "./dialogs.js";
import { frame } from "./frame.js";
import { widenAsBefore } from "./grip.js";
import { Idle } from "./idle.js";
import { installKeys } from "./keys.js";
import { lineText } from "./line.js";
import { MessageList } from "./list.js";
import { Notices } from "./notices.js";
import { Originals } from "./originals.js";
import { Previews } from "./previews.js";
import { Reading } from "./reading.js";
import { noteOpened, recentRooms } from "./recent.js";
import { followLinks, go, messageInAddress, roomInAddress, roomUrl } from "./router.js";
import { loadIcons, showTitle } from "./title.js";
import { Toast } from "./toast.js";
import { watchVersion } from "./version.js";
import { problem, refusal, waitHere } from "./words.js";
import { gist } from "./words_files.js";

/** How much of a message is spoken. */
const SPOKEN = 200;
/** Without an answer for this long, what is kept here is shown. */
const RECALL_MS = 2_000;
/** Dialogs are fetched ahead this long after the start. */
const REST_MS = 5_000;
const FRAME_MS = 16;
const HIDDEN_FRAME_MS = 200;

/** The page lasts without these too. @param {(module: typeof import("./lasting.js")) => Promise<void>} use */
const lasting = (use) => void import("./lasting.js").then(use).catch(() => {});

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
  /** What floats over the page for a moment. @type {import("./float.js").Float | null} */
  float = null;
  /** The message that the address names, until it was gone to. @type {number | null} */
  messageWanted = null;
  /** The refused message that is being changed. @type {string | null} */
  editing = null;
  /** What had the focus before a dialog came. @type {HTMLElement | null} */
  #opener = null;
  today = new Date().toDateString();
  #myName = new RegExp(`(?<![\\w@./-])@${boot.me.username.replace(/[.-]/g, "\\$&")}(?![\\w-])`, "i");
  #queued = false;
  #drawing = false;
  #drawnAt = -Infinity;
  /** How long the last drawing took. */
  drawMs = 0;
  #spokenLine = "";
  /** @type {Promise<import("./desktop.js").Desktop> | undefined} */
  #desktop;

  /** @param {{ chat: any, root: HTMLElement }} options */
  constructor({ chat, root }) {
    this.chat = chat;
    this.root = root;
    this.announcer = new Announcer();
    this.notices = new Notices(this);
    this.acts = new Acts(this);
    this.toast = new Toast(this);
    this.originals = new Originals(this);
    this.previews = new Previews(() => this.schedule());
    this.list = new MessageList(this);
    this.reading = new Reading(this);
    this.composer = new Composer(this);
    this.details = new Details(this);
  }

  start() {
    const { chat } = this;
    for (const part of [chat.rooms, chat.people, chat.outbox, chat.line]) {
      part.addEventListener("change", () => this.schedule());
    }
    chat.rooms.addEventListener("change", () => this.#roomsChanged());
    chat.addEventListener("message", (/** @type {any} */ event) => this.#message(event.detail));
    chat.addEventListener("failed", (/** @type {any} */ event) => this.#failed(event.detail.outgoing));
    chat.addEventListener("draft", (/** @type {any} */ event) => void this.composer.draftElsewhere(event.detail.room));
    chat.addEventListener("revoked", (/** @type {any} */ event) => this.#revoked(event.detail));
    chat.addEventListener("announcement", (/** @type {any} */ event) => this.notices.announced(event.detail));
    this.#recallWhenCutOff();
    watchVersion(this);
    followLinks(() => void this.route());
    installKeys(this);
    new Idle((state) => chat.setPresence(state)).start();
    addEventListener("pagehide", () => void chat.drafts.flush());
    addEventListener("beforeunload", (event) => {
      if (!chat.outbox.durable && chat.outbox.waiting > 0) event.preventDefault();
    });
    setInterval(() => this.#newDay(), 30_000);
    widenAsBefore();
    loadIcons().catch(() => {}); // the icon then simply stays as it is
    setTimeout(() => this.#atRest(), REST_MS);
    chat.start();
    void this.route();
    const asked = new URLSearchParams(location.search);
    const invite = asked.get("invite");
    if (invite) void openInvited(this, invite);
    // The shortcuts of an installed page.
    if (asked.get("open") === "direct") void openDirect(this);
    if (asked.get("open") === "switch") void openSwitch(this);
  }

  /** Without a connection the page begins with what this browser has kept. */
  #recallWhenCutOff() {
    let asked = false;
    const recall = () => {
      if (!asked && !this.chat.rooms.loaded) lasting((module) => module.recall(this));
      asked = true;
    };
    this.chat.addEventListener("unreached", recall);
    setTimeout(recall, RECALL_MS);
  }

  /** What can wait until the page is drawn, and makes it last. */
  #atRest() {
    fetchAhead();
    this.composer.files.ahead();
    lasting((module) => module.install(this));
  }

  /** Asks for a drawing: at once if the last is a frame ago, else with the next frame. Many askings are one. */
  schedule() {
    if (this.#queued) return;
    this.#queued = true;
    const run = () => {
      if (!this.#queued) return;
      this.#queued = false;
      this.draw();
    };
    if (performance.now() - this.#drawnAt > FRAME_MS) queueMicrotask(run);
    else if (document.visibilityState === "visible") requestAnimationFrame(run);
    // A page in the background gets no frames.
    else setTimeout(run, HIDDEN_FRAME_MS);
  }

  draw() {
    if (this.#drawing) return this.schedule();
    this.#drawing = true;
    const begun = performance.now();
    try {
      this.list.before();
      render(frame(this), this.root);
      this.list.after();
    } finally {
      this.#drawing = false;
      this.#drawnAt = performance.now();
      this.drawMs = this.#drawnAt - begun;
    }
    this.reading.check();
    this.#tellLine();
    showTitle({
      room: this.room ? this.titleOf(this.room) : "",
      forYou: this.chat.rooms.totals().mentions,
      offline: ["offline", "unreachable", "signed-out"].includes(this.chat.line.value.state),
    });
  }

  /** Grows when a name becomes known, so that texts with names are rendered anew. */
  get namesVersion() {
    return this.chat.people.namesVersion;
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

  /** The other people's ids; of a direct room they are known before it is opened. @param {any} room @returns {string[]} */
  othersIn(room) {
    const ids = room.kind === "direct" && room.people.length ? room.people : [...room.members.keys()];
    return ids.filter((/** @type {string} */ id) => id !== this.me.id);
  }

  /** Whether one may name the room, add and remove people. @param {any} room */
  manages(room) {
    return room.kind !== "direct" && !room.archived && ["owner", "moderator"].includes(room.myRole);
  }

  /** For rendered text: what a name after @ means. */
  mention = (/** @type {string} */ username) => {
    const user = this.chat.people.byUsername(username);
    return user && { id: user.id, label: user.display_name, me: user.id === this.me.id };
  };

  /** For rendered text: what a name after # means; none where two rooms have it. */
  roomNamed = (/** @type {string} */ name) => {
    const low = name.toLowerCase();
    const rooms = this.chat.rooms
      .list()
      .filter((/** @type {any} */ room) => room.kind !== "direct" && room.name.toLowerCase() === low);
    return rooms.length === 1 ? { href: roomUrl(rooms[0].id), label: rooms[0].name } : undefined;
  };

  /** Whether a text has one's own name in it. @param {string} text */
  namesMe(text) {
    return this.#myName.test(text);
  }

  // --- Which room ---

  /** Brings the page to what the address says. */
  async route() {
    const id = roomInAddress();
    const seq = messageInAddress();
    if (id === this.place.id && (this.room || id === null)) {
      if (this.room && seq !== null) void this.list.place.goTo(seq, { back: true });
      return this.schedule();
    }
    this.#leave();
    this.messageWanted = seq;
    this.place = { id, problem: null, joinable: null };
    this.schedule();
    if (id === null) this.#openSomething();
    else await this.#openAddressed(id);
  }

  #leave() {
    this.list.reset();
    this.acts.reset();
    this.float?.close(false);
    if (this.room) this.chat.closeRoom(this.room.id);
    this.room = null;
    this.editing = null;
    this.reading.reset();
    this.announcer.clear();
    this.details.left();
  }

  #roomsChanged() {
    const { id, problem } = this.place;
    if (id === null) this.#openSomething();
    else if (!this.room && (problem === null || this.#isMine(id))) void this.#openAddressed(id);
  }

  /** @param {string} id */
  #isMine(id) {
    const room = this.chat.rooms.get(id);
    return room !== undefined && (room.myRole !== null || room.cursor !== null);
  }

  /** One of one's own rooms is painted at once; of another it is found out whether one may join it. @param {string} id */
  async #openAddressed(id) {
    if (this.#isMine(id)) await this.#open(id);
    else if (this.chat.rooms.loaded) await this.#lookForIt(id);
  }

  /** @param {string} id */
  async #open(id) {
    const room = await this.chat.openRoom(id).catch(() => null);
    if (!room || this.place.id !== id || this.room === room) return;
    this.place = { id, problem: null, joinable: null };
    this.room = room;
    noteOpened(id);
    void this.composer.open(id);
    this.details.entered();
    this.schedule();
  }

  /** @param {string} id */
  async #lookForIt(id) {
    this.place = { id, problem: "looking", joinable: null };
    /** @type {any[] | null} */
    const open = await this.chat.discoverRooms().catch(() => null);
    if (this.place.id !== id || this.room) return;
    const joinable = open?.find((room) => room.id === id) ?? null;
    this.place = { id, problem: open ? "not_found" : "unreachable", joinable };
    this.schedule();
  }

  /** With no room in the address, a wide page opens the last one; a phone shows the list. */
  #openSomething() {
    const { loaded, recalled } = this.chat.rooms;
    if (this.place.id !== null || !(loaded || recalled) || matchMedia("(max-width: 47.99rem)").matches) return;
    const [last] = recentRooms();
    const rooms = this.chat.rooms.list();
    const named = rooms.find((/** @type {any} */ one) => one.kind !== "direct");
    const room = (last && this.chat.rooms.get(last)) || named || rooms[0];
    if (room) this.goTo(room.id, true);
  }

  /** @param {string} id @param {boolean} [replace] */
  goTo(id, replace = false) {
    go(roomUrl(id), () => void this.route(), replace);
  }

  /** The address names the room again, not one of its messages. */
  leaveMessage() {
    if (this.room && messageInAddress() !== null) history.replaceState(history.state, "", roomUrl(this.room.id));
  }

  /** @param {string} id */
  async join(id) {
    await this.chat.joinRoom(id);
    this.goTo(id);
    if (this.place.id === id && !this.room) await this.#openAddressed(id);
  }

  /** How one keeps a room in one's own list. @param {string} id @param {Partial<Wire.Marks>} marks */
  async markRoom(id, marks) {
    try {
      await this.chat.markRoom(id, marks);
    } catch (error) {
      this.notices.problem(problem(error));
    }
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

  /**
   * @param {number} from @param {number} to @param {"older" | "newer"} [end]
   * @returns {Promise<boolean>} whether it could be asked for
   */
  async loadHole(from, to, end) {
    if (!this.room) return false;
    const done = await this.chat.loadHole(this.room.id, from, to, end).then(
      () => true,
      () => false,
    );
    this.schedule();
    return done;
  }

  /** @param {{ room: any, message: any, mine: boolean, live: boolean }} news */
  #message({ room, message, mine, live }) {
    const id = room?.id ?? room;
    if (id !== this.room?.id || mine) return;
    this.list.arrived(message, !this.reading.attentive);
    if (!live) return;
    const name = this.person(message.by)?.display_name ?? _("Someone");
    this.announcer.message(() => _("{name}: {text}", { name, text: gist(message, SPOKEN) }));
  }

  #failed(/** @type {any} */ outgoing) {
    this.announcer.alert(`${_("Not sent.")} ${refusal(outgoing.error)}`);
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

  /** Notifications of this device, brought once. @returns {Promise<import("./desktop.js").Desktop>} */
  desktop() {
    this.#desktop ??= import("./desktop.js").then(({ Desktop }) => new Desktop(this));
    return this.#desktop;
  }

  // --- Layers ---

  /** @param {{ render: () => unknown }} dialog */
  open(dialog) {
    this.#opener ??= /** @type {HTMLElement | null} */ (document.activeElement);
    this.dialog = dialog;
    this.draw();
  }

  /** Focus goes back to where the dialog was opened from. */
  close() {
    this.dialog = null;
    this.draw();
    const opener = this.#opener;
    this.#opener = null;
    if (opener?.isConnected && opener !== document.body) opener.focus();
    else this.composer.focus();
  }

  /** A part of the page that is brought when it is used did not come. */
  cannotLoad() {
    this.notices.problem(_("This could not be loaded. Try again when the connection is back."));
  }

  /** @param {import("./float.js").Float} float */
  showFloat(float) {
    if (this.float) this.float.close(false);
    this.float = float;
    this.draw();
  }

  hideFloat() {
    this.float = null;
    this.draw();
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
    else if (now === "offline")
      this.announcer.say(waiting ? _("Offline: {messages}", { messages: waitHere(waiting) }) : _("Offline"));
    else if (before) this.announcer.say(_("Up to date"));
  }
}
