/** The room as a file, for its owners. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";

export class Takeaway {
  /** @type {Core.Export[]} */
  #exports = [];

  /** @param {import("./dialog_room.js").RoomSettings} dialog */
  constructor(dialog) {
    this.dialog = dialog;
  }

  async load() {
    const found = await this.dialog.office.exports();
    this.#exports = found.sort((a, b) => b.made_at.localeCompare(a.made_at));
  }

  get unfinished() {
    return this.#exports.some(({ state }) => state === "working");
  }

  body() {
    return html`<p>${_("A zip with all that was said here, the people and the settings. It is made in the background; only you can have it.")}</p>
      <ul class="matters__list">
        ${this.#exports.map((one) => html`<li class="matters__item">${this.#export(one)}</li>`)}
      </ul>
      <div class="dialog__foot">
        <button class="btn btn--go" type="button" ?disabled=${this.unfinished || this.dialog.busy} @click=${() => void this.dialog.act(() => this.dialog.office.beginExport())}>
          ${_("Make an export")}
        </button>
      </div>`;
  }

  /** @param {Core.Export} one */
  #export({ id, state, done, whole, made_at: at, url }) {
    const words = {
      working: _("{done} of {whole} so far", { done, whole }),
      ready: _("Ready"),
      failed: _("It could not be made"),
    };
    return html`<div class="matters__what">
        <b>${new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}</b>
        <small role="status">${words[state]}</small>
        ${state === "working" ? html`<progress class="matters__bar" max=${whole || 1} value=${done} aria-label=${_("How far the export is")}></progress>` : nothing}
      </div>
      ${url ? html`<a class="btn btn--s btn--go" href=${url} download>${_("Download")}</a>` : nothing}
      <button class="btn btn--s" type="button" @click=${() => void this.dialog.act(() => this.dialog.office.endExport(id))}>${_("Throw away")}</button>`;
  }
}
