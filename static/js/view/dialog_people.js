/** Adds people to the open room. */
import { html } from "lit";
import { _, ngettext } from "../core/index.js";
import { PeopleDialog } from "./people_picker.js";

/** @param {View.Page} page */
export const openPeople = (page) => new AddPeople(page).show();

class AddPeople extends PeopleDialog {
  /** @param {View.Page} page */
  constructor(page) {
    super(page);
    this.room = page.room;
    this.title = _("Add people to {room}", { room: page.titleOf(page.room) });
  }

  /** @override */
  body() {
    const { size } = this.chosen;
    return html`${this.picker(new Set(this.room.members.keys()))}
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close}>${_("Cancel")}</button>
        <button class="btn btn--go" type="button" ?disabled=${size === 0 || this.busy} @click=${this.#add}>
          ${size > 1 ? ngettext("Add {n} person", "Add {n} people", size) : _("Add")}
        </button>
      </div>`;
  }

  #add = async () => {
    const done = await this.run(async () => {
      for (const id of [...this.chosen.keys()]) {
        await this.page.chat.addMember(this.room.id, id);
        this.chosen.delete(id);
      }
    });
    if (done) this.close();
  };
}
