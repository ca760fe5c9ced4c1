/** Points the room's moderators at a message. */
import { html, nothing } from "lit";
import { RoomOffice } from "../core/room-office.js";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";

/** @param {View.Page} page @param {number} seq */
export const openReport = (page, seq) => new ReportMessage(page, seq).show();

class ReportMessage extends Dialog {
  /** @override */
  title = _("Report this message");
  empty = false;

  /** @param {View.Page} page @param {number} seq */
  constructor(page, seq) {
    super(page);
    this.seq = seq;
    this.office = new RoomOffice(page.chat.api, page.room.id);
  }

  /** @override */
  body() {
    return html`<form class="dialog__in" @submit=${this.#send}>
      <p>${_("The room's moderators see the message, your name and what you write here. Nobody else does.")}</p>
      <div class="field">
        <label for="report-reason">${_("What is wrong with it?")}</label>
        <input class="input" id="report-reason" name="reason" autocomplete="off" dir="auto" maxlength="500" aria-invalid=${this.empty ? "true" : nothing} autofocus />
        ${this.empty ? html`<p class="problem">${_("Write a few words.")}</p>` : nothing}
      </div>
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close}>${_("Cancel")}</button>
        <button class="btn btn--go" type="submit" ?disabled=${this.busy}>${_("Report")}</button>
      </div>
    </form>`;
  }

  #send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const reason = String(data.get("reason") ?? "").trim();
    this.empty = reason === "";
    if (this.empty) return this.redraw();
    if (!(await this.run(() => this.office.report(this.seq, reason)))) return;
    this.close();
    this.page.toast.say(_("Reported. The moderators will look at it."));
  };
}
