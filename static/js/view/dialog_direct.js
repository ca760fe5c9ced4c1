/** A new direct message: to one person, or to a few. The same people always meet in the same room. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { PeopleDialog } from "./people_picker.js";

/** @param {View.Page} page */
export const openDirect = (page) => new Direct(page).show();

class Direct extends PeopleDialog {
  /** @override */
  title = _("New direct message");

  /** @override */
  body() {
    return html`${this.picker()}
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close}>${_("Cancel")}</button>
        <button class="btn btn--go" type="button" ?disabled=${this.chosen.size === 0 || this.busy} @click=${this.#open}>
          ${_("Start writing")}
        </button>
      </div>`;
  }

  #open = async () => {
    let room;
    const done = await this.run(async () => {
      room = await this.page.chat.openDirect([...this.chosen.keys()]);
    });
    if (!done) return;
    this.close();
    this.page.where.goTo(/** @type {any} */ (room).id);
  };
}
