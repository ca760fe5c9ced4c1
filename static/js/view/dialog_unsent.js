/** What was refused, in all rooms, those that one has left included: to read, to copy, to drop, or to go to. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { gathered } from "./gathered.js";
import { refusal } from "./words.js";
import { says } from "./words_talk.js";

/** @param {View.Page} page */
export const openUnsent = (page) => new Unsent(page).show();

class Unsent extends Dialog {
  /** @override */
  title = _("Not sent");
  /** What was copied last, by `client_id`: its button says so. */
  copied = "";

  /** @override */
  body() {
    const all = this.page.chat.outbox.list();
    const failed = all.filter((/** @type {any} */ one) => one.state === "failed");
    if (!failed.length) return html`<p>${_("Nothing is left here that was not sent.")}</p>`;
    return html`<ul class="gatherings">${failed.map((/** @type {any} */ one) => this.#entry(one))}</ul>
      ${this.said()}`;
  }

  /** @param {any} one */
  async #copy(one) {
    if (await this.page.acts.copy(one.text, says.copied)) this.copied = one.client_id;
    else this.problem = says.notCopied;
    this.redraw();
  }

  /** @param {any} one */
  #entry(one) {
    const { chat } = this.page;
    const drop = () => this.run(() => chat.discard(one.client_id));
    return gathered(this.page, {
      room: one.room,
      text: one.text,
      at: one.at,
      why: refusal(one.error),
      onGo: this.close,
      acts: html`<button class="btn btn--s" type="button" @click=${() => this.#copy(one)}>${this.copied === one.client_id ? says.copied : says.copyText}</button>
        <button class="btn btn--s" type="button" @click=${drop}>${says.remove}</button>`,
    });
  }
}
