/** Messages that members reported, the oldest first, and what becomes of them. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { messageUrl } from "./router.js";
import { gist } from "./words_files.js";

const SHOWN = 280;

export class Reports {
  /** @type {Core.Report[] | null} */
  #reports = null;
  /** The messages they are about, by `seq`. @type {Map<number, any>} */
  #messages = new Map();

  /** @param {import("./dialog_room.js").RoomSettings} dialog */
  constructor(dialog) {
    this.dialog = dialog;
  }

  async load() {
    const { office, page, room } = this.dialog;
    this.#reports = await office.reports();
    for (const { seq } of this.#reports) {
      if (!this.#messages.has(seq)) this.#messages.set(seq, await page.chat.messageAt(room.id, seq));
    }
  }

  body() {
    if (!this.#reports) return nothing;
    if (this.#reports.length === 0) return html`<p class="muted">${_("Nothing waits for you.")}</p>`;
    return html`<ul class="matters__list">
      ${this.#reports.map((report) => html`<li class="report">${this.#report(report)}</li>`)}
    </ul>`;
  }

  #name(/** @type {string} */ id) {
    return this.dialog.page.person(id)?.display_name ?? _("Someone");
  }

  /** @param {Core.Report} report */
  #report(report) {
    const { room, busy, office, page } = this.dialog;
    const message = room.message(report.seq) ?? this.#messages.get(report.seq);
    const gone = !message || message.deleted;
    const close = (/** @type {"resolved" | "dismissed"} */ state) =>
      void this.dialog.act(() => office.closeReport(report.id, state));
    const remove = () =>
      void this.dialog.act(async () => {
        await page.chat.deleteMessage(room.id, report.seq);
        await office.closeReport(report.id, "resolved");
      });
    return html`<p><b>${this.#name(report.by)}</b>: <span dir="auto">${report.reason}</span></p>
      <blockquote class="report__text" dir="auto">
        <b>${this.#name(report.about)}</b> ${gone ? html`<span class="muted">${_("Deleted")}</span>` : gist(message, SHOWN)}
        <a class="link" href=${messageUrl(room.id, report.seq)} @click=${() => this.dialog.close()}>${_("Show it there")}</a>
      </blockquote>
      <div class="matters__row">
        ${gone || room.archived ? nothing : html`<button class="btn btn--s btn--alarm" type="button" ?disabled=${busy} @click=${remove}>${_("Delete the message")}</button>`}
        <button class="btn btn--s" type="button" ?disabled=${busy} @click=${() => close("resolved")}>${_("It is settled")}</button>
        <button class="btn btn--s" type="button" ?disabled=${busy} @click=${() => close("dismissed")}>${_("Nothing is wrong")}</button>
      </div>`;
  }
}
