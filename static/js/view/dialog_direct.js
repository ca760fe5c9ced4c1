/** A new direct message: to one person, or to a few. The same people always meet in the same room. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { peoplePicker } from "./people_picker.js";

/** @param {View.Page} page */
export const openDirect = (page) => new Direct(page).show();

class Direct extends Dialog {
  /** @override */
  title = _("New direct message");
  query = "";
  /** @type {Map<string, any>} */
  chosen = new Map();

  /** @override */
  show() {
    void this.page.chat.findPeople("");
    super.show();
  }

  /** @override */
  body() {
    return html`${peoplePicker({
      page: this.page,
      query: this.query,
      chosen: this.chosen,
      leaveOut: new Set(),
      onQuery: (query) => {
        this.query = query;
        void this.page.chat.findPeople(query.replace(/^@/, ""));
        this.redraw();
      },
      onToggle: (user) => this.#toggle(user),
    })}
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close}>${_("Cancel")}</button>
        <button class="btn btn--go" type="button" ?disabled=${this.chosen.size === 0 || this.busy} @click=${this.#open}>
          ${_("Start writing")}
        </button>
      </div>`;
  }

  /** @param {any} user */
  #toggle(user) {
    if (!this.chosen.delete(user.id)) this.chosen.set(user.id, user);
    this.query = "";
    this.redraw();
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
