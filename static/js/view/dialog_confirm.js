/** Asks before what cannot simply be undone; the button repeats the verb. */
import { html } from "lit";
import { _, ngettext } from "../core/index.js";
import { RoomOffice } from "../core/room-office.js";
import { Dialog } from "./dialog.js";
import { select } from "./room_parts.js";

class Confirm extends Dialog {
  /**
   * @param {View.Page} page
   * @param {{ title: string, text: string, verb: string, act: () => Promise<unknown> }} asked
   */
  constructor(page, { title, text, verb, act }) {
    super(page);
    this.title = title;
    this.text = text;
    this.verb = verb;
    this.act = act;
  }

  /** @override */
  body() {
    return html`<p>${this.text}</p>
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close} autofocus>${_("Cancel")}</button>
        <button class="btn btn--alarm" type="button" ?disabled=${this.busy} @click=${this.#do}>${this.verb}</button>
      </div>`;
  }

  #do = async () => {
    if (await this.run(this.act)) this.close();
  };
}

/** @param {View.Page} page @param {string} user */
export function askRemove(page, user) {
  const { room } = page;
  const name = page.person(user)?.display_name ?? _("this person");
  new Confirm(page, {
    title: _("Remove {name}?", { name }),
    text: _("{name} can read nothing that is said in {room} from then on.", { name, room: page.titleOf(room) }),
    verb: _("Remove"),
    act: () => page.chat.removeMember(room.id, user),
  }).show();
}

/** @param {View.Page} page @param {number} n @param {() => void} send */
export function askEveryone(page, n, send) {
  new Confirm(page, {
    title: ngettext("Tell {n} person?", "Tell {n} people?", n),
    text: _("Your message names everyone in {room}.", { room: page.titleOf(page.room) }),
    verb: _("Send"),
    act: async () => send(),
  }).show();
}

/** @param {View.Page} page */
export function askLeave(page) {
  if (isLastOwner(page)) return askHandOver(page);
  const { room } = page;
  const name = page.titleOf(room);
  const back = room.kind === "public" ? _("You can join it again.") : _("Only somebody in it can bring you back.");
  new Confirm(page, {
    title: _("Leave {room}?", { room: name }),
    text: `${_("You get no more messages from {room}.", { room: name })} ${back}`,
    verb: _("Leave"),
    act: async () => {
      await page.chat.leaveRoom(room.id);
      page.where.leftRoom();
    },
  }).show();
}

const RANKS = ["owner", "moderator", "member", "guest"];

/** A room is never without an owner. @param {View.Page} page */
function isLastOwner({ room, me }) {
  const others = [...room.members.values()].filter(({ user }) => user !== me.id);
  return room.myRole === "owner" && others.length > 0 && !others.some(({ role }) => role === "owner");
}

/** @param {View.Page} page */
const askHandOver = (page) => new HandOver(page).show();

/** The last owner names who owns the room from then on, and leaves. */
class HandOver extends Dialog {
  /** @param {View.Page} page */
  constructor(page) {
    super(page);
    this.room = page.room;
    this.title = _("Leave {room}?", { room: page.titleOf(this.room) });
  }

  /** @override */
  body() {
    const { me } = this.page;
    const name = (/** @type {string} */ id) => this.page.person(id)?.display_name ?? "…";
    const heirs = [...this.room.members.values()]
      .filter(({ user }) => user !== me.id && this.page.person(user)?.kind !== "bot")
      .sort((a, b) => RANKS.indexOf(a.role) - RANKS.indexOf(b.role) || a.joined_seq - b.joined_seq);
    const choices = heirs.map(({ user }) => /** @type {[string, string]} */ ([user, name(user)]));
    return html`<form class="dialog__in" @submit=${this.#leave}>
      <p>${_("You are its last owner. Choose who owns it from now on.")}</p>
      ${select({ name: "heir", label: _("New owner"), value: "", choices })}
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close}>${_("Cancel")}</button>
        <button class="btn btn--alarm" type="submit" ?disabled=${this.busy || heirs.length === 0}>${_("Hand over and leave")}</button>
      </div>
    </form>`;
  }

  #leave = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const heir = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("heir") ?? "");
    const done = await this.run(async () => {
      await new RoomOffice(this.page.chat.api, this.room.id).changeMember(heir, { role: "owner" });
      await this.page.chat.leaveRoom(this.room.id);
    });
    if (!done) return;
    this.close();
    this.page.where.leftRoom();
  };
}
