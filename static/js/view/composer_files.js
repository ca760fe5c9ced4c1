/**
 * Files of a message that is being written: chosen, dropped (`dragging.js`) or pasted. The core sends them, `tray.js` draws
 * them; both are brought with the first file.
 */
import { html, nothing } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { _, ngettext } from "../core/index.js";
import { boot } from "./boot.js";
import { icon } from "./icons.js";
import { attachFiles, limitWords } from "./words_files.js";

/** A paste of more than so many times the limit is no message any more. */
const PASTED_AT_MOST = 4;

/**
 * Where one writes: the room's field, or that of a thread.
 * @typedef {{
 *   page: View.Page, room: string | null, place: string | null, problem: string,
 *   keep: () => void, focus: () => void, send: () => unknown,
 * }} Field `place`: which draft its files belong to
 */

export class ComposerFiles {
  limits = boot.limits;
  #title = `${attachFiles} (${limitWords(boot.limits)})`;
  /** @type {import("../core/uploads.js").Uploads | null} */
  uploads = null;
  /** @type {typeof import("./tray.js") | null} */
  #parts = null;
  /** @type {{ name: string, why: string }[]} */
  refused = [];
  /** A text that is too long for a message. @type {string | null} */
  pasted = null;
  /** The message goes out as soon as all files are there. */
  waiting = false;
  /** A file that was taken out and can be put back. @type {string | null} */
  aside = null;
  /** Files of the draft that are being brought: until they are here they are neither lost nor sent. @type {string[] | null} */
  #restoring = null;
  /** @type {{ value?: HTMLInputElement }} */
  #chooser = createRef();

  /** @param {Field} field */
  constructor(field) {
    this.field = field;
    this.page = field.page;
  }

  /** @returns {Core.Upload[]} */
  get list() {
    const { place } = this.field;
    return (place !== null && this.uploads?.list(place)) || [];
  }

  get ids() {
    return this.#restoring ?? this.list.map(({ id }) => id);
  }

  /** What a message names. @returns {Wire.Attachment[]} */
  get attachments() {
    return this.list.flatMap(({ attachment }) => attachment ?? []);
  }

  /** A message can name all of them, and the server knows what they show. */
  get ready() {
    return this.#restoring === null && this.list.every(({ state }) => state === "done");
  }

  /** Whether one may attach files here. */
  get may() {
    const { room } = this.page;
    return Boolean(room?.mayWrite && room.may("attach"));
  }

  /** Another room, with the files of its draft. @param {string} room @param {string[]} ids */
  async open(room, ids) {
    if (this.waiting) this.page.toast.say(_("Not sent: files were still on their way. The draft waits in its room."));
    this.waiting = false;
    if (this.aside) this.page.toast.clear();
    this.dismiss();
    this.#restoring = ids.length ? ids : null;
    await this.#restore(room);
  }

  async #restore(/** @type {string} */ room) {
    const ids = this.#restoring ?? [];
    if (!ids.length && !this.uploads) return;
    if (!(await this.#bring())) return;
    await this.uploads?.restore(room, ids);
    if (this.field.room !== room) return;
    this.#restoring = null;
    this.#changed();
  }

  /** So that files can be chosen without a connection too. */
  ahead() {
    void this.#bring(true);
  }

  /** Brings what is needed for files. @param {boolean} [quiet] nobody asked for it @returns {Promise<boolean>} whether it came */
  async #bring(quiet = false) {
    if (this.#parts && this.uploads) return true;
    const { fileBytes: bytes, files } = this.limits;
    try {
      const [parts, uploads] = await Promise.all([import("./tray.js"), this.page.chat.openUploads({ bytes, files })]);
      if (!this.uploads) uploads.addEventListener("change", this.#changed);
      [this.#parts, this.uploads] = [parts, uploads];
      return true;
    } catch {
      if (!quiet) this.page.layers.cannotLoad();
      return false;
    }
  }

  #changed = () => {
    const { list } = this;
    if (list.some(({ state }) => state === "failed")) this.waiting = false;
    if (this.waiting && this.ready) {
      this.waiting = false;
      void this.field.send();
    }
    this.page.schedule();
  };

  /** @param {File[]} files @param {{ name: string, why: string }[]} [refused] what was refused already */
  async add(files, refused = []) {
    const { room, place } = this.field;
    if (room === null || place === null || !this.may || !(await this.#bring())) return;
    if (this.#restoring) await this.#restore(room);
    this.refused = [
      ...refused,
      ...(this.uploads?.add(
        room,
        files.map((file) => this.#parts?.named(file) ?? file),
        place,
      ) ?? []),
    ];
    const taken = files.length + refused.length - this.refused.length;
    if (taken) this.page.announcer.say(ngettext("{n} file added", "{n} files added", taken));
    this.field.keep();
    this.page.schedule();
  }

  /** None of them is to be sent. */
  drop() {
    this.#restoring = null;
    this.waiting = false;
    for (const { id } of this.list) this.uploads?.remove(id);
    this.dismiss();
  }

  /** They are in a message now. @param {string[]} ids */
  sent(ids) {
    this.uploads?.sent(ids);
    this.dismiss();
  }

  dismiss = () => {
    this.refused = [];
    this.pasted = null;
    this.page.schedule();
  };

  /** The message waits for its files. */
  arm() {
    this.waiting = this.list.every(({ state }) => state !== "failed");
    if (this.#restoring && this.field.room !== null) void this.#restore(this.field.room);
    this.page.schedule();
  }

  // --- Pasted ---

  /**
   * Pictures from the clipboard; where there are words too, the words are meant. Megabytes of them would hold the page up
   * for a minute; what is not far beyond the limit can be shortened here.
   * @param {ClipboardEvent} event @returns {boolean} whether the field has nothing to do with it
   */
  takeFrom(event) {
    const data = event.clipboardData;
    const files = [...(data?.files ?? [])];
    const text = data?.getData("text/plain") ?? "";
    if (text.length > PASTED_AT_MOST * this.limits.textBytes) void this.#offer(text);
    else if (files.length && !text && this.may) void this.add(files);
    else return false;
    return true;
  }

  /** @param {string} text */
  async #offer(text) {
    if (await this.#bring()) this.#parts?.offer(this, text);
  }

  // --- Chosen ---

  /** @param {string} glyph @param {string} where a class: on which pages it stands there */
  button(glyph, where) {
    if (!this.may) return nothing;
    const title = this.#title;
    return html`<button class="icon ${where}" type="button" aria-label=${attachFiles} title=${title} @click=${() => this.#chooser.value?.click()}>
      ${icon(glyph)}
    </button>`;
  }

  #chosen = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    void this.add([...(input.files ?? [])]);
    // The same file can be chosen again.
    input.value = "";
    this.field.focus();
  };

  template() {
    return html`${this.may ? html`<input type="file" multiple hidden tabindex="-1" aria-label=${attachFiles} ${ref(this.#chooser)} @change=${this.#chosen} />` : nothing}
      ${this.#parts?.tray(this) ?? nothing}`;
  }
}
