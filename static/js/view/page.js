/**
 * The page: which room is open, what lies over it, and one `draw` that brings the document to that state.
 *
 * Everything is drawn from `chat` (the core) and from the few things kept here. Drawing is cheap (unchanged rows are
 * skipped), so any change simply asks for it; it happens once a turn.
 */
import { render } from "lit";
import { Acts } from "./acts.js";
import { Announcer } from "./announcer.js";
import { boot } from "./boot.js";
import { Composer } from "./composer.js";
import { Details } from "./details.js";
import { Dragging } from "./dragging.js";
import { fetchAhead, openDirect, openInvited, openSwitch } from "./dialogs.js";
import { Drawing } from "./drawing.js";
import { frame } from "./frame.js";
import { widenAsBefore } from "./grip.js";
import { Idle } from "./idle.js";
import { installKeys } from "./keys.js";
import { Layers } from "./layers.js";
import { MessageList } from "./list.js";
import { Names } from "./names.js";
import { Notices } from "./notices.js";
import { Originals } from "./originals.js";
import { Previews } from "./previews.js";
import { Reading } from "./reading.js";
import { Refused } from "./refused.js";
import { followLinks } from "./router.js";
import { Speech } from "./speech.js";
import { loadIcons, showTitle } from "./title.js";
import { Toast } from "./toast.js";
import { watchVersion } from "./version.js";
import { Where } from "./where.js";
import { problem } from "./words.js";

/** Without an answer for this long, what is kept here is shown. */
const RECALL_MS = 2_000;
/** Dialogs are fetched ahead this long after the start. */
const REST_MS = 5_000;

const PHONE = matchMedia("(max-width: 47.99rem)");

/** The page lasts without these too. @param {(module: typeof import("./lasting.js")) => Promise<void>} use */
const lasting = (use) => void import("./lasting.js").then(use).catch(() => {});

export class Page {
  me = boot.me;
  urls = boot.urls;
  limits = boot.limits;
  /** The open room of the core, or null. @type {any} */
  room = null;
  /** What a message is changed in, once it was needed. @type {typeof import("./edit_form.js").editForm | null} */
  editForm = null;
  today = new Date().toDateString();
  /** @type {Promise<import("./desktop.js").Desktop> | undefined} */
  #desktop;
  /** What the rows of a phone's list tell, once it was brought. @type {import("./glimpses.js").Glimpses | null} */
  glimpses = null;
  #bringing = false;

  /** @param {{ chat: any, root: HTMLElement }} options */
  constructor({ chat, root }) {
    this.chat = chat;
    this.root = root;
    this.drawing = new Drawing(() => this.#paint());
    this.where = new Where(this);
    this.layers = new Layers(this);
    this.names = new Names(this);
    this.announcer = new Announcer();
    this.speech = new Speech(this);
    this.refused = new Refused(this);
    this.notices = new Notices(this);
    this.acts = new Acts(this);
    this.toast = new Toast(this);
    this.originals = new Originals(this);
    this.previews = new Previews(() => this.schedule());
    this.list = new MessageList(this);
    this.reading = new Reading(this);
    this.composer = new Composer(this);
    this.details = new Details(this);
    this.dragging = new Dragging(this);
  }

  start() {
    const { chat } = this;
    for (const part of [chat.rooms, chat.people, chat.outbox, chat.line]) {
      part.addEventListener("change", () => this.schedule());
    }
    chat.rooms.addEventListener("change", () => this.where.roomsChanged());
    chat.addEventListener("message", (/** @type {any} */ event) => this.#message(event.detail));
    chat.addEventListener("failed", (/** @type {any} */ event) => this.speech.failed(event.detail.outgoing));
    chat.addEventListener("draft", (/** @type {any} */ event) => void this.composer.draftElsewhere(event.detail.room));
    chat.addEventListener("revoked", (/** @type {any} */ event) => this.#revoked(event.detail));
    chat.addEventListener("announcement", (/** @type {any} */ event) => this.notices.announced(event.detail));
    this.#recallWhenCutOff();
    watchVersion(this);
    followLinks(() => void this.where.route());
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
    void this.where.route();
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

  /** Asks for a drawing. */
  schedule() {
    this.drawing.schedule();
  }

  /** Draws at once. */
  draw() {
    this.drawing.now();
  }

  #paint() {
    this.list.before();
    const had = /** @type {HTMLElement} */ (document.activeElement);
    render(frame(this), this.root);
    // A row that is moved past another loses the focus, though nobody has gone anywhere.
    if (had !== document.body && document.activeElement === document.body && had.isConnected)
      had.focus({ preventScroll: true });
    this.list.after();
    this.reading.check();
    this.speech.line();
    this.#glimpse();
    showTitle({
      room: this.room ? this.titleOf(this.room) : "",
      forYou: this.chat.rooms.totals().mentions,
      offline: this.cutOff,
    });
  }

  /** On a phone's list of rooms: what is to be shown there is brought. */
  #glimpse() {
    if (!PHONE.matches || this.room) return;
    this.glimpses?.drawn();
    if (this.#bringing) return;
    this.#bringing = true;
    const bring = async () => {
      const { Glimpses } = await import("./glimpses.js");
      this.glimpses = new Glimpses(this);
      this.schedule();
    };
    bring().catch(() => {}); // the rows have their names
  }

  /** Grows when a name becomes known, so that texts with names are rendered anew. */
  get namesVersion() {
    return this.chat.people.namesVersion;
  }

  /** Nothing comes from the server, and one has heard so. */
  get cutOff() {
    return ["offline", "unreachable", "signed-out"].includes(this.chat.line.value.state);
  }

  /** Something lies over the messages. */
  get covered() {
    return this.layers.dialog !== null;
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

  // --- Which room ---

  /** @param {any} room of the core */
  enterRoom(room) {
    this.room = room;
    void this.composer.open(room.id);
    this.details.entered();
    this.schedule();
  }

  leaveRoom() {
    this.list.reset();
    this.acts.reset();
    this.layers.float?.close(false);
    if (this.room) this.chat.closeRoom(this.room.id);
    this.room = null;
    this.refused.editing = null;
    this.reading.reset();
    this.announcer.clear();
    this.glimpses?.forgetDrafts();
    this.details.left();
  }

  /** How one keeps a room in one's own list. @param {string} id @param {Partial<Wire.Marks>} marks */
  async markRoom(id, marks) {
    try {
      await this.chat.markRoom(id, marks);
    } catch (error) {
      this.notices.problem(problem(error));
    }
  }

  #revoked(/** @type {{ room: string }} */ { room }) {
    if (room === this.where.id) this.where.leftRoom();
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
    if (mine) return;
    if (id === this.room?.id) this.list.arrived(message, !this.reading.attentive);
    if (live) void this.speech.message(room, message);
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

  #newDay() {
    const today = new Date().toDateString();
    if (today !== this.today) {
      this.today = today;
      this.schedule();
    }
  }
}
