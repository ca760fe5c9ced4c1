/** What was begun and not sent, in all rooms. It is kept on this device only. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { gathered } from "./gathered.js";
import { says } from "./words_talk.js";

/** @param {View.Page} page */
export const openDrafts = (page) => new Drafts(page).show();

class Drafts extends Dialog {
  /** @override */
  title = _("Drafts");
  /** @override */
  headed = true;
  /** @override @type {import("./router.js").Layer | null} */
  layer = "drafts";
  /** @type {any[] | null} */
  drafts = null;
  /** What was copied last: its button says so. @type {any} */
  copied = null;

  /** @override */
  show() {
    super.show();
    void this.#load();
  }

  async #load() {
    const { drafts } = this.page.chat;
    await drafts.flush();
    const found = await Promise.all(drafts.rooms.map((/** @type {string} */ room) => drafts.load(room)));
    this.drafts = found.filter(Boolean).sort((a, b) => b.at - a.at);
    this.redraw();
  }

  /** @override */
  body() {
    if (!this.drafts) return html`<p role="status">${says.looking}</p>`;
    if (!this.drafts.length)
      return html`<p>${_("No draft waits here. What you begin and do not send is kept on this device.")}</p>`;
    return html`<ul class="gatherings">${this.drafts.map((draft) => this.#entry(draft))}</ul>
      ${this.said()}`;
  }

  /** @param {any} draft */
  async #copy(draft) {
    if (await this.page.acts.copy(draft.text, says.copied)) this.copied = draft;
    else this.problem = says.notCopied;
    this.redraw();
  }

  /** @param {any} draft */
  #entry(draft) {
    const drop = async () => {
      await this.page.composer.forget(draft.room);
      await this.#load();
    };
    return gathered(this.page, {
      room: draft.room,
      text: draft.text || (draft.files?.length ? _("Files without words yet") : _("A reply without words yet")),
      at: draft.at,
      acts: html`<button class="btn btn--s" type="button" @click=${() => this.#copy(draft)}>${this.copied === draft ? says.copied : says.copyText}</button>
        <button class="btn btn--s" type="button" @click=${drop}>${says.remove}</button>`,
    });
  }
}
