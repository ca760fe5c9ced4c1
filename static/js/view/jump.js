/** To a day of the room's history, to its beginning, or to what is unread. */
import { html, nothing } from "lit";
import { seqAt } from "../core/dates.js";
import { dayKey } from "../core/index.js";
import { Float } from "./float.js";
import { problem } from "./words.js";
import { says } from "./words_talk.js";

export class Jump extends Float {
  /** @override */
  label = says.jumpTitle;
  /** @override */
  kind = "pop--date";
  busy = false;
  problem = "";

  /** @override */
  body() {
    const { list } = this.page;
    return html`<form class="date__form" @submit=${this.#go}>
        <label for="jump-date">${says.jumpDate}</label>
        <input class="input" id="jump-date" name="date" type="date" max=${dayKey(Date.now())} required />
        <button class="btn btn--go" type="submit" ?disabled=${this.busy}>${says.jumpGo}</button>
      </form>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <button class="menu__item" type="button" ?disabled=${this.busy} @click=${() => this.#to(0)}>${says.jumpFirst}</button>
      ${
        list.newAfter === null
          ? nothing
          : html`<button class="menu__item" type="button" @click=${this.#unread}>${says.toUnread}</button>`
      }`;
  }

  #unread = () => {
    this.close();
    this.page.list.toNew();
  };

  #go = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const day = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("date") ?? "");
    // Midnight here, not in Greenwich.
    if (day) void this.#to(new Date(`${day}T00:00`).getTime());
  };

  async #to(/** @type {number} */ moment) {
    const { room, chat, list } = this.page;
    this.busy = true;
    this.problem = "";
    this.redraw();
    try {
      const seq = moment ? await seqAt(chat.history, room, moment) : room.minSeq;
      if (this.page.room !== room || this.page.layers.float !== this) return;
      this.close();
      await list.place.goTo(seq, { back: true, near: true });
    } catch (error) {
      this.problem = problem(error);
    } finally {
      this.busy = false;
      this.redraw();
    }
  }
}
