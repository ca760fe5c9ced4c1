/**
 * Files in the message field: chosen, dropped or pasted. The core sends them, `tray.js` draws them; both are brought with the
 * first file.
 */
import { html, nothing } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { _, ngettext } from "../core/index.js";
import { boot } from "./boot.js";
import { icon } from "./icons.js";
import { attachFiles, limitWords } from "./words_files.js";

const hasFiles = (/** @type {DragEvent} */ event) =>
  event.dataTransfer?.types.some((type) => /^files$/i.test(type)) === true;

export class ComposerFiles {
  limits = boot.limits;
  /** @type {import("../core/uploads.js").Uploads | null} */
  uploads = null;
  /** @type {typeof import("./tray.js").tray | null} */
  #tray = null;
  #named = (/** @type {File} */ file) => file;
  /** @type {{ name: string, why: string }[]} */
  refused = [];
  /** A text that is too long for a message. @type {string | null} */
  pasted = null;
  /** The message goes out as soon as all files are there. */
  waiting = false;
  #dragging = false;
  /** @type {typeof import("./drop.js") | null} */
  #drop = null;
  /** Files of the draft that are being brought: until they are here they are neither lost nor sent. @type {string[] | null} */
  #restoring = null;
  /** @type {{ value?: HTMLInputElement }} */
  #chooser = createRef();

  /** @param {import("./composer.js").Composer} composer */
  constructor(composer) {
    this.composer = composer;
    this.page = composer.page;
    // A file that is dropped anywhere else would replace the page.
    document.addEventListener("dragover", this.#over);
    document.addEventListener("drop", this.#dropped);
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) void this.#drag(false);
    });
  }

  /** @returns {Core.Upload[]} */
  get list() {
    const { room } = this.composer;
    return (room !== null && this.uploads?.list(room)) || [];
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
    this.dismiss();
    this.#restoring = ids.length ? ids : null;
    await this.#restore(room);
  }

  async #restore(/** @type {string} */ room) {
    const ids = this.#restoring ?? [];
    if (!ids.length && !this.uploads) return;
    if (!(await this.#bring())) return;
    await this.uploads?.restore(room, ids);
    if (this.composer.room !== room) return;
    this.#restoring = null;
    this.#changed();
  }

  /** So that files can be chosen without a connection too. */
  ahead() {
    void this.#bring(true);
  }

  /** Brings what is needed for files. @param {boolean} [quiet] nobody asked for it @returns {Promise<boolean>} whether it came */
  async #bring(quiet = false) {
    if (this.#tray && this.uploads) return true;
    const { fileBytes: bytes, files } = this.limits;
    try {
      const [{ named, tray }, uploads] = await Promise.all([
        import("./tray.js"),
        this.page.chat.openUploads({ bytes, files }),
      ]);
      if (!this.uploads) uploads.addEventListener("change", this.#changed);
      [this.#tray, this.#named, this.uploads] = [tray, named, uploads];
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
      void this.composer.send();
    }
    this.page.schedule();
  };

  /** @param {File[]} files @param {{ name: string, why: string }[]} [refused] what was refused already */
  async add(files, refused = []) {
    const { room } = this.composer;
    if (room === null || !this.may || !(await this.#bring())) return;
    if (this.#restoring) await this.#restore(room);
    this.refused = [...refused, ...(this.uploads?.add(room, files.map(this.#named)) ?? [])];
    const taken = files.length + refused.length - this.refused.length;
    if (taken) this.page.announcer.say(ngettext("{n} file added", "{n} files added", taken));
    this.composer.keep();
    this.page.schedule();
  }

  /** @param {string} id */
  remove(id) {
    this.uploads?.remove(id);
    this.composer.keep();
    this.composer.focus();
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
    if (this.#restoring && this.composer.room !== null) void this.#restore(this.composer.room);
    this.page.schedule();
  }

  disarm = () => {
    this.waiting = false;
    this.page.schedule();
    this.composer.focus();
  };

  // --- Pasted ---

  /** Pictures from the clipboard; where there are words too, the words are meant. @param {ClipboardEvent} event @returns {boolean} whether there were any */
  takeFrom(event) {
    const data = event.clipboardData;
    const files = [...(data?.files ?? [])];
    if (!files.length || data?.getData("text/plain") || !this.may) return false;
    void this.add(files);
    return true;
  }

  /** A text that is too long for a message can go along as a file. @param {string} text */
  async offer(text) {
    if (!this.may || !(await this.#bring())) return;
    this.pasted = text;
    this.page.schedule();
  }

  takePasted = () => {
    const text = this.pasted ?? "";
    this.pasted = null;
    this.composer.unproblem();
    void this.add([new File([text], _("Pasted text.txt"), { type: "text/plain" })]);
    this.composer.focus();
  };

  // --- Dropped ---

  /** @param {boolean} on */
  async #drag(on) {
    if (on === this.#dragging) return;
    this.#dragging = on;
    this.#drop ??= await import("./drop.js").catch(() => null);
    this.page.schedule();
  }

  #over = (/** @type {DragEvent} */ event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    const open = this.page.room !== null && !this.page.covered;
    event.dataTransfer.dropEffect = open && this.may ? "copy" : "none";
    void this.#drag(open);
  };

  #dropped = (/** @type {DragEvent} */ event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    void this.#drag(false);
    if (this.page.covered || !this.#drop || !event.dataTransfer) return;
    const { files, refused } = this.#drop.dropped(event.dataTransfer);
    void this.add(files, refused);
    this.composer.focus();
  };

  veil() {
    return this.#dragging && this.#drop ? this.#drop.veil(this) : nothing;
  }

  // --- Chosen ---

  /** @param {string} glyph @param {string} where a class: on which pages it stands there */
  button(glyph, where) {
    if (!this.may) return nothing;
    const title = `${attachFiles} (${limitWords(this.limits)})`;
    return html`<button class="icon ${where}" type="button" aria-label=${attachFiles} title=${title} @click=${() => this.#chooser.value?.click()}>
      ${icon(glyph)}
    </button>`;
  }

  #chosen = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    void this.add([...(input.files ?? [])]);
    // The same file can be chosen again.
    input.value = "";
    this.composer.focus();
  };

  template() {
    return html`${this.may ? html`<input type="file" multiple hidden tabindex="-1" aria-label=${attachFiles} ${ref(this.#chooser)} @change=${this.#chosen} />` : nothing}
      ${this.#tray?.(this) ?? nothing}`;
  }
}
