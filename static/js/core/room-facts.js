/** What a room is called and is for, who is in it, and what one may do there: as REST and events tell it. */
import { Notifier } from "./notifier.js";
import { Roster } from "./roster.js";
import { _ } from "./i18n.js";

/** Nobody is taken to have these before it is told. */
const OFFICE = new Set([
  "mention_everyone",
  "invite",
  "remove",
  "mute",
  "ban",
  "edit_others",
  "delete_others",
  "pin",
  "change_topic",
  "change_settings",
  "archive",
]);

export class RoomFacts extends Notifier {
  /** @type {Wire.Room["kind"]} */
  kind = "private";
  name = "";
  topic = "";
  archived = false;
  /** What its owners decide. @type {Record<string, any>} */
  settings = {};
  /** @type {Wire.Role | null} */
  myRole = null;
  /** One keeps it on top of one's own list. */
  favourite = false;
  /** One wants to hear of mentions only. */
  muted = false;
  /** What one is told of by notifications and mail. @type {Wire.Level} */
  notify = "everything";
  /** What one's role may do here; null before it is told. @type {Set<string> | null} */
  myRights = null;
  roster = new Roster();
  /** Of a direct room: whose it is. @type {Wire.Id[]} */
  people = [];
  /** The `seq` of the pinned messages, the newest pin first. @type {number[]} */
  pins = [];
  /** The `seq` of the last change of name or topic, so that an old event never undoes a newer one. */
  #roomChanged = 0;

  get members() {
    return this.roster.members;
  }

  /** Whether one's role may do it; the server has the last word. @param {string} right */
  may(right) {
    return this.myRights?.has(right) ?? !OFFICE.has(right);
  }

  /** Whether one may say something new here at all. */
  get mayWrite() {
    const closed = this.settings.read_only && !["owner", "moderator"].includes(this.myRole ?? "");
    return !this.archived && !closed && this.may("post");
  }

  /**
   * The room's name; for a direct room the names of the others.
   * @param {Wire.User} me
   * @param {{ get(id: Wire.Id): Wire.User | undefined }} people
   */
  title(me, people) {
    if (this.kind !== "direct" || this.name) return this.name;
    const others = (this.people.length ? this.people : [...this.members.keys()]).filter((user) => user !== me.id);
    const names = others.map((user) => people.get(user)?.display_name || people.get(user)?.username || "");
    return names.filter(Boolean).join(_(", ")) || me.display_name || me.username;
  }

  /** What REST says of the room. @param {Wire.Room} room */
  describe(room) {
    // An event that came while this answer was on its way is newer than it.
    if (room.head < this.#roomChanged) return;
    this.kind = room.kind;
    this.name = room.name;
    this.topic = room.topic;
    this.archived = room.archived;
    this.myRole = room.my_role;
    this.myRights = room.my_rights ? new Set(room.my_rights) : null;
    this.settings = room.settings;
    this.people = room.people ?? [];
    this.pins = room.pins ?? [];
    this.setMarks(room.my_marks ?? { favourite: false, muted: false, notify: "mentions" });
  }

  /** @param {Wire.Marks} marks */
  setMarks({ favourite, muted, notify = this.notify }) {
    this.favourite = favourite;
    this.muted = muted;
    this.notify = notify;
    this.changed();
  }

  /** @param {Wire.Member[]} members as REST lists them @param {number} atSeq the newest event that they surely include */
  setMembers(members, atSeq) {
    this.roster.replace(members, atSeq);
    this.changed();
  }

  /** @param {number} seq */
  unpin(seq) {
    if (this.pins.includes(seq)) this.pins = this.pins.filter((each) => each !== seq);
  }

  /** A `room.*` event. @param {Wire.Event} event */
  applyRoom({ kind, seq, data }) {
    if (seq <= this.#roomChanged) return;
    this.#roomChanged = seq;
    if (kind === "room.archived") this.archived = true;
    if (typeof data.name === "string") this.name = data.name;
    if (typeof data.topic === "string") this.topic = data.topic;
    if (typeof data.archived === "boolean") this.archived = data.archived;
    if (typeof data.kind === "string") this.kind = /** @type {Wire.Room["kind"]} */ (data.kind);
    for (const [right, allowed] of Object.entries(data.permissions?.[this.myRole ?? ""] ?? {})) {
      if (allowed) this.myRights?.add(right);
      else this.myRights?.delete(right);
    }
    if (typeof data.pinned === "boolean") {
      this.unpin(data.message);
      if (data.pinned) this.pins = [data.message, ...this.pins];
    }
    if (data.settings) this.settings = { ...this.settings, ...data.settings };
  }

  /** The log began anew: whatever is told next is newer. */
  forgetFacts() {
    this.#roomChanged = 0;
  }
}
