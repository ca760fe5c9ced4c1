/** What can be done with a message, by toolbar, menu, key or touch. Whatever is not needed at once is loaded when it is used. */
import { bringEditForm, openReport } from "./dialogs.js";
import { recentEmoji, useEmoji } from "./recent_emoji.js";
import { messageUrl } from "./router.js";
import { problem } from "./words.js";
import { asText, gist } from "./words_files.js";
import { deletedUndo, says } from "./words_talk.js";

/** A deleted message can be had back for this long; only then it is deleted for everybody. */
const UNDO_MS = 8_000;

/** @typedef {{ room: string, seq: number, cancel: () => void }} Removal */

export class Acts {
  /** The message whose text is being changed, by `seq`. @type {number | null} */
  editing = null;
  /** Why the last change of it failed. */
  editProblem = "";
  /** Messages that are gone here and can still be had back. @type {Map<string, Removal>} */
  #removals = new Map();

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    // What was deleted is deleted, also when the page is closed meanwhile.
    addEventListener("pagehide", () => {
      for (const removal of [...this.#removals.values()]) void this.#removeNow(removal);
    });
  }

  /** Another room is shown. */
  reset() {
    this.editing = null;
    this.editProblem = "";
  }

  /** @param {number} seq @returns {any} */
  #message(seq) {
    return this.page.room?.message(seq);
  }

  /** Whether the page should offer it; the server has the last word. @param {string} name @param {any} message */
  may(name, message) {
    const { room, me } = this.page;
    if (!room || message.deleted || this.isRemoved(message.seq)) return false;
    const mine = message.by === me.id;
    const open = !room.archived;
    switch (name) {
      case "edit":
        return mine && open && this.#inTime(message, room.settings.edit_seconds);
      case "remove":
        return open && ((mine && this.#inTime(message, room.settings.delete_seconds)) || this.#moderates());
      case "reply":
        return room.mayWrite && room.may("reply");
      case "react":
        return open && room.may("react");
      case "pin":
      case "unpin":
        return open && room.may("pin") && room.pins.includes(message.seq) === (name === "unpin");
      case "unread":
        return !mine;
      case "report":
        return !mine && room.kind !== "direct";
      default:
        return true;
    }
  }

  #moderates() {
    const { room } = this.page;
    return room.kind !== "direct" && room.may("delete_others") && room.settings.moderators_delete !== false;
  }

  /** @param {any} message @param {number | null | undefined} seconds */
  #inTime(message, seconds) {
    return seconds === null || seconds === undefined || Date.now() - Date.parse(message.at) < seconds * 1000;
  }

  /**
   * @param {string} name @param {number} seq @param {HTMLElement} opener
   * @returns {boolean} whether it was done, or begun
   */
  run(name, seq, opener) {
    const message = this.#message(seq);
    if (!message || !this.may(name, message)) return false;
    const acts = /** @type {Record<string, () => void>} */ ({
      reply: () => this.page.composer.replyTo(seq),
      edit: () => this.edit(seq),
      react: () => void this.openPicker(opener, (emoji) => void this.react(seq, emoji)),
      unread: () => this.unreadFrom(seq),
      seen: () => void this.openSeen(seq, opener),
      copy: () => void this.copy(asText(message), says.copied),
      link: () => void this.copy(`${location.origin}${messageUrl(this.page.room.id, seq)}`, says.linkCopied),
      pin: () => void this.pin(seq, true),
      unpin: () => void this.pin(seq, false),
      remove: () => this.remove(seq),
      report: () => void openReport(this.page, seq),
      thread: () => void this.openThread(seq),
      jump: () => void this.openJump(opener),
    });
    acts[name]?.();
    return name in acts;
  }

  // --- Layers, loaded when used ---

  /** @param {number} seq @param {HTMLElement} opener */
  async openMenu(seq, opener) {
    const { Menu } = await import("./menu.js");
    const message = this.#message(seq);
    if (message) new Menu(this.page, opener, message).show();
  }

  /** @param {HTMLElement} opener @param {(emoji: string) => void} onPick */
  async openPicker(opener, onPick) {
    const { Picker } = await import("./picker.js");
    new Picker(this.page, opener, onPick).show();
  }

  /** @param {number} seq @param {HTMLElement} opener */
  async openSeen(seq, opener) {
    const { Seen } = await import("./seen.js");
    new Seen(this.page, opener, seq).show();
  }

  /** @param {HTMLElement} opener */
  async openJump(opener) {
    const { Jump } = await import("./jump.js");
    new Jump(this.page, opener).show();
  }

  /** @param {number} seq */
  async openThread(seq) {
    const { Thread } = await import("./thread.js");
    new Thread(this.page, seq).show();
  }

  // --- Reactions ---

  /** The emoji that the toolbar offers. */
  get quick() {
    return recentEmoji().slice(0, 2);
  }

  /** Reacts, or takes it back. @param {number} seq @param {string} emoji */
  async react(seq, emoji) {
    const { room, me } = this.page;
    const users = this.#message(seq)?.reactions.find((/** @type {any} */ one) => one.emoji === emoji)?.users ?? [];
    const on = !users.includes(me.id);
    if (on) useEmoji(emoji);
    await this.#try(() => this.page.chat.react(room.id, seq, emoji, on));
  }

  /** Keeps a message at hand in the room's details, or no more. @param {number} seq @param {boolean} on */
  async pin(seq, on) {
    await this.#try(() => this.page.chat.actions.pin(this.page.room.id, seq, on));
  }

  // --- Change ---

  /** @param {number | null} seq null: no more */
  edit(seq) {
    if (seq !== null && !this.page.editForm) return void bringEditForm(this.page, () => this.edit(seq));
    const before = this.editing;
    this.editing = seq;
    this.editProblem = "";
    this.page.draw();
    if (seq === null && before !== null) this.page.focusRow(`[data-seq="${before}"]`);
  }

  /** @param {number} seq @param {string} text */
  async saveEdit(seq, text) {
    const { room } = this.page;
    if (text === this.#message(seq)?.text) return this.edit(null);
    try {
      await this.page.chat.editMessage(room.id, seq, text);
    } catch (error) {
      // The form stays, with the text in it.
      this.editProblem = problem(error);
      this.page.schedule();
      return;
    }
    if (this.page.room === room && this.editing === seq) this.edit(null);
  }

  // --- Delete, with a way back ---

  /** @param {number} seq */
  isRemoved(seq) {
    return this.#removals.has(`${this.page.room?.id} ${seq}`);
  }

  /** @param {number} seq */
  remove(seq) {
    const room = this.page.room.id;
    const timer = setTimeout(() => void this.#removeNow(removal), UNDO_MS);
    const removal = { room, seq, cancel: () => clearTimeout(timer) };
    this.#removals.set(`${room} ${seq}`, removal);
    this.page.announcer.say(deletedUndo());
    this.page.draw();
    this.page.focusRow(`[data-seq="${seq}"]`);
  }

  /** Brings a deleted message back: this one, or the last. @param {number} [seq] @returns {boolean} whether there was one */
  undo(seq) {
    const room = this.page.room?.id;
    const all = [...this.#removals.values()].filter((one) => one.room === room);
    const removal = seq === undefined ? all.at(-1) : all.find((one) => one.seq === seq);
    if (!removal) return false;
    removal.cancel();
    this.#removals.delete(`${removal.room} ${removal.seq}`);
    this.page.draw();
    this.page.focusRow(`[data-seq="${removal.seq}"]`);
    return true;
  }

  /** @param {Removal} removal */
  async #removeNow(removal) {
    removal.cancel();
    const key = `${removal.room} ${removal.seq}`;
    if (!this.#removals.has(key)) return;
    await this.#try(() => this.page.chat.deleteMessage(removal.room, removal.seq));
    this.#removals.delete(key);
    this.page.schedule();
  }

  // --- For oneself ---

  /** @param {number} seq */
  unreadFrom(seq) {
    this.page.list.markUnread(seq);
    this.page.chat.markUnread(this.page.room.id, seq);
    this.page.toast.say(says.markedUnread);
  }

  /** @param {string} text @param {string} done */
  async copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      this.page.toast.say(done);
      return true;
    } catch {
      this.page.toast.say(says.notCopied);
      return false;
    }
  }

  /** One line of a message, for quotes. @param {any} message @param {number} [limit] */
  line(message, limit = 140) {
    return gist(message, limit);
  }

  /** @param {() => Promise<unknown>} call */
  async #try(call) {
    try {
      await call();
    } catch (error) {
      this.page.toast.say(problem(error));
    }
  }
}
