/** One's own messages that were refused: changed and sent again, or dropped, and where the focus goes then. */
import { bringEditForm } from "./dialogs.js";

export class Refused {
  /** The one that is being changed. @type {string | null} */
  editing = null;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {string | null} clientId null: it stays as it was */
  edit(clientId) {
    if (clientId !== null && !this.page.editForm) return void bringEditForm(this.page, () => this.edit(clientId));
    const before = this.editing;
    this.editing = clientId;
    this.page.draw();
    if (clientId === null && before) this.#focus(before);
  }

  /** @param {string} clientId @param {string} text */
  async send(clientId, text) {
    this.editing = null;
    await this.page.chat.editOutgoing(clientId, text).catch(() => {});
    this.page.draw();
    this.#focus(clientId);
  }

  /** @param {string} clientId */
  async discard(clientId) {
    await this.page.chat.discard(clientId);
    this.page.draw();
    this.page.composer.focus();
  }

  #focus(/** @type {string} */ clientId) {
    this.page.focusRow(`[data-client-id="${CSS.escape(clientId)}"]`);
  }
}
