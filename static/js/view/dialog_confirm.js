/** Asks before what cannot simply be undone; the button repeats the verb. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";

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

/** @param {View.Page} page */
export function askLeave(page) {
  const { room } = page;
  const name = page.titleOf(room);
  const back = room.kind === "public" ? _("You can join it again.") : _("Only somebody in it can bring you back.");
  new Confirm(page, {
    title: _("Leave {room}?", { room: name }),
    text: `${_("You get no more messages from {room}.", { room: name })} ${back}`,
    verb: _("Leave"),
    act: async () => {
      await page.chat.leaveRoom(room.id);
      page.leftOpenRoom();
    },
  }).show();
}
