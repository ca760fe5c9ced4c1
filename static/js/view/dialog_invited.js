/** Who invites to what, before one accepts. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { untilWords } from "./room_parts.js";

/** @param {View.Page} page @param {string} code */
export const openInvited = (page, code) => new Invited(page, code).show();

class Invited extends Dialog {
  /** @override */
  title = _("An invitation");
  /** @type {any} */
  #invitation = null;
  #over = false;

  /** @param {View.Page} page @param {string} code */
  constructor(page, code) {
    super(page);
    this.at = `invites/${encodeURIComponent(code)}/`;
  }

  /** @override */
  show() {
    super.show();
    void this.#look();
  }

  async #look() {
    const asked = await this.run(async () => {
      this.#invitation = await this.page.chat.api.get(this.at);
    });
    this.#over = !asked;
    this.redraw();
  }

  /** @override */
  body() {
    if (this.#over)
      return html`<p>${_("This invitation no longer works. Ask for another one.")}</p>
        <div class="dialog__foot"><button class="btn" type="button" @click=${this.close}>${_("Close")}</button></div>`;
    if (!this.#invitation) return nothing;
    const { room, by, expires_at: until } = this.#invitation;
    const name = this.page.person(by)?.display_name ?? _("Someone");
    return html`<p><b>${_("{name} invites you to {room}", { name, room: room.name })}</b></p>
      ${room.topic ? html`<p dir="auto">${room.topic}</p>` : nothing}
      <p class="muted">${room.kind === "public" ? _("It is open to everyone here.") : _("Only its members know of it.")} ${_("The invitation is good {until}.", { until: untilWords(until) })}</p>
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close}>${_("Not now")}</button>
        <button class="btn btn--go" type="button" ?disabled=${this.busy} @click=${this.#accept} autofocus>${_("Join")}</button>
      </div>`;
  }

  #accept = async () => {
    const done = await this.run(async () => {
      const room = await this.page.chat.api.post(`${this.at}accept/`);
      await this.page.chat.actions.describe(room.id);
    });
    if (!done) return;
    this.close();
    this.page.where.goTo(this.#invitation.room.id);
  };
}
