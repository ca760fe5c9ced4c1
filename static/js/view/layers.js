/** What lies over the page: one dialog, whose name may stand in the address, and what floats for a moment. Focus goes back to where a dialog was opened from. */
import { _ } from "../core/index.js";
import { tellAddress } from "./addressed.js";

export class Layers {
  /**
   * The dialog on top; `files` of one where one writes.
   * @type {(View.Layer & { files?: import("./composer_files.js").ComposerFiles }) | null}
   */
  dialog = null;
  /** What floats over the page for a moment. @type {import("./float.js").Float | null} */
  float = null;
  /** What had the focus before a dialog came. @type {HTMLElement | null} */
  #opener = null;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {View.Layer} dialog */
  open(dialog) {
    this.#opener ??= /** @type {HTMLElement | null} */ (document.activeElement);
    this.dialog = dialog;
    this.page.draw();
    tellAddress(this.page);
  }

  close() {
    this.dialog = null;
    this.page.draw();
    tellAddress(this.page);
    const opener = this.#opener;
    this.#opener = null;
    // A browser that gave the focus back by itself left the caret where one had pressed in the dialog.
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
    if (opener?.isConnected && opener !== document.body) opener.focus();
    else this.page.composer.focus();
  }

  /** @param {import("./float.js").Float} float */
  showFloat(float) {
    this.float?.close(false);
    this.float = float;
    this.page.draw();
  }

  hideFloat() {
    this.float = null;
    this.page.draw();
  }

  /** A part of the page that is brought when it is used did not come. */
  cannotLoad() {
    this.page.notices.problem(_("This could not be loaded. Try again when the connection is back."));
  }
}
