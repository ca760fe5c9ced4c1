/**
 * Notifications of this device: while the page is open and not looked at it tells by itself what comes; when it is closed, or
 * sleeps, the server pushes. The worker shows both, so that one message is told once.
 */
import { _, plainText } from "../core/index.js";
import { isQuiet, isTold } from "../core/notify.js";
import { messageUrl } from "./router.js";
import { tell } from "./lasting.js";

/** What is read within this time, on whatever device, is not told. */
const READ_ELSEWHERE_MS = 1_500;
const BODY = 200;
/** A push service that does not answer is as good as none. */
const PATIENCE_MS = 5_000;

const KEPT = "parley.notify";

/** Whether the person wants them on this device. @param {string} me */
const key = (me) => `${KEPT}.${me}`;

export class Desktop {
  /** How the person wants to be told, as the server keeps it. @type {Wire.Notifications | null} */
  wishes = null;
  /** How far what is shown of a room is known to be read. @type {Map<Wire.Id, number>} */
  #read = new Map();
  #listening = false;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** "on", "off", "blocked" by the browser, or "none" where there can be none. */
  get state() {
    if (!globalThis.Notification || !navigator.serviceWorker) return "none";
    if (Notification.permission === "denied") return "blocked";
    return Notification.permission === "granted" && localStorage.getItem(key(this.page.me.id)) ? "on" : "off";
  }

  /** At the start of the page: goes on where the person has switched it on. */
  async start() {
    if (this.state !== "on") return;
    this.#listen();
    await this.load();
    await this.#subscribe().catch(() => {}); // the page tells as long as it is open
  }

  async load() {
    this.wishes = await this.page.chat.api.get("me/notifications/");
  }

  /** Holds at once; what is refused stands as it was. @param {Partial<Wire.Notifications>} change */
  async change(change) {
    const before = this.wishes;
    if (before) this.wishes = { ...before, ...change };
    try {
      this.wishes = await this.page.chat.api.patch("me/notifications/", change);
    } catch (error) {
      this.wishes = before;
      throw error;
    }
  }

  /** Only on a press: browsers ask but once. Answers whether it may, and whether it reaches a closed page. */
  async switchOn() {
    if ((await Notification.requestPermission()) !== "granted") return { allowed: false, pushed: false };
    localStorage.setItem(key(this.page.me.id), "on");
    this.#listen();
    const subscribed = this.#subscribe().then(
      () => true,
      () => false,
    );
    const tooLate = new Promise((resolve) => setTimeout(() => resolve(false), PATIENCE_MS));
    return { allowed: true, pushed: await Promise.race([subscribed, tooLate]) };
  }

  async switchOff() {
    const id = localStorage.getItem(key(this.page.me.id));
    localStorage.removeItem(key(this.page.me.id));
    const registration = await navigator.serviceWorker.ready;
    await (await registration.pushManager?.getSubscription())?.unsubscribe();
    for (const shown of await registration.getNotifications()) shown.close();
    if (id && id !== "on") await this.page.chat.api.delete(`me/push-subscriptions/${id}/`).catch(() => {}); // it is gone already
  }

  /** The server pushes as long as one is signed in, so it is told at each start. */
  async #subscribe() {
    const registration = await navigator.serviceWorker.ready;
    if (!this.wishes) await this.load();
    const applicationServerKey = this.wishes?.push_key ?? "";
    const options = { userVisibleOnly: true, applicationServerKey };
    const made = await registration.pushManager.subscribe(options).catch(async (error) => {
      // Another key than last time: the site was set up anew.
      const old = await registration.pushManager.getSubscription();
      if (error.code !== DOMException.INVALID_STATE_ERR || !old) throw error;
      await old.unsubscribe();
      return registration.pushManager.subscribe(options);
    });
    const { endpoint, keys } = made.toJSON();
    const kept = await this.page.chat.api.post("me/push-subscriptions/", { endpoint, keys });
    localStorage.setItem(key(this.page.me.id), kept.id);
  }

  #listen() {
    if (this.#listening) return;
    this.#listening = true;
    const { chat } = this.page;
    chat.addEventListener("message", (/** @type {any} */ { detail }) => this.#came(detail));
    chat.rooms.addEventListener("change", () => this.#closeRead());
    chat.addEventListener("wishes", () => void this.load().catch(() => {})); // asked again when the person opens them
    for (const room of chat.rooms.list()) this.#read.set(room.id, room.readSeq);
  }

  #came(/** @type {{ room: any, message: any, live: boolean }} */ { room, message, live }) {
    if (!live || !message || this.page.reading.attentive || !this.#wanted(room, message)) return;
    setTimeout(() => {
      if (this.page.reading.attentive || room.readSeq >= message.seq) return;
      const now = room.message(message.seq);
      if (now && this.#wanted(room, now)) this.#show(room, now);
    }, READ_ELSEWHERE_MS);
  }

  #wanted(/** @type {any} */ room, /** @type {any} */ message) {
    if (this.state !== "on" || this.wishes?.push === false) return false;
    return isTold(room, message, this.page.me.id) && !isQuiet(this.wishes?.quiet_hours ?? "", new Date());
  }

  #show(/** @type {any} */ room, /** @type {any} */ message) {
    const name = this.page.person(message.by)?.display_name ?? _("Someone");
    const title = room.name ? _("{name} in {room}", { name, room: room.name }) : name;
    const said = plainText(message.text, BODY) || _("A file");
    const body = this.wishes?.show_text === false ? _("A new message") : said;
    const { id } = room;
    tell({ type: "notify", room: id, seq: message.seq, tag: id, title, body, url: messageUrl(id, message.seq) });
  }

  /** What was read here or elsewhere goes. */
  #closeRead() {
    for (const { id, readSeq } of this.page.chat.rooms.list()) {
      if (readSeq <= (this.#read.get(id) ?? 0)) continue;
      this.#read.set(id, readSeq);
      tell({ type: "read", room: id, seq: readSeq });
    }
  }
}
