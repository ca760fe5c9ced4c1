/** The rooms that are open to everyone, and joining them. */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { _, ngettext } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { roomGlyph } from "./icons.js";
import { problem } from "./words.js";

const TYPING_MS = 150;

/** @param {View.Page} page */
export const openBrowse = (page) => new Browse(page).show();

class Browse extends Dialog {
  /** @override */
  title = _("Rooms open to everyone");
  query = "";
  /** @type {any[] | null} */
  rooms = null;
  /** There are others that match. */
  more = false;
  looking = false;

  /** @override */
  show() {
    void this.#load();
    super.show();
  }

  /** What matches is asked for when nothing was typed for a moment. */
  async #load() {
    const { query } = this;
    this.looking = true;
    if (query) await new Promise((resolve) => setTimeout(resolve, TYPING_MS));
    if (this.query !== query) return;
    try {
      const { rooms, more } = await this.page.chat.discoverRooms(query.trim());
      if (this.query === query) [this.rooms, this.more, this.problem] = [rooms, more, ""];
    } catch (error) {
      this.problem = problem(error);
    }
    this.looking = this.query !== query;
    this.redraw();
  }

  /** @override */
  body() {
    const wanted = this.query.trim().toLowerCase();
    const found = (this.rooms ?? [])
      .filter((room) => `${room.name} ${room.topic}`.toLowerCase().includes(wanted))
      .sort((a, b) => a.name.localeCompare(b.name));
    return html`<div class="field">
        <label for="find-room">${_("Find a room")}</label>
        <input
          class="input"
          id="find-room"
          type="search"
          autocomplete="off"
          .value=${this.query}
          @input=${(/** @type {any} */ event) => {
            this.query = event.target.value;
            void this.#load();
            this.redraw();
          }}
          autofocus
        />
      </div>
      <div class="opts">
        ${repeat(
          found,
          (room) => room.id,
          (room) => this.#row(room),
        )}
        ${found.length === 0 && !this.looking && !this.problem ? html`<p class="hint">${this.#none()}</p>` : nothing}
        ${this.more ? html`<p class="hint">${_("There are more. Type a part of their name.")}</p>` : nothing}
        ${found.length === 0 && this.looking ? html`<p class="hint">${_("Looking")}</p>` : nothing}
      </div>
      ${this.said()}
      <p class="sr" role="status">${this.rooms ? ngettext("{n} room", "{n} rooms", found.length) : ""}</p>`;
  }

  #none() {
    if (this.query.trim()) return _("No room matches. Try fewer letters.");
    return _("You are in every room that is open to everyone.");
  }

  /** @param {any} room */
  #row(room) {
    const member = room.my_role || this.page.chat.rooms.get(room.id);
    return html`<div class="opt">
      ${roomGlyph(room.kind)}
      <span class="opt__name"><span class="cut" dir="auto">${room.name}</span><small class="cut" dir="auto">${room.topic}</small></span>
      <button
        class="btn btn--s"
        type="button"
        aria-label=${member ? _("Open {room}", { room: room.name }) : _("Join {room}", { room: room.name })}
        ?disabled=${this.busy}
        @click=${() => this.#enter(room, Boolean(member))}
      >
        ${member ? _("Open") : _("Join")}
      </button>
    </div>`;
  }

  /** @param {any} room @param {boolean} member */
  async #enter(room, member) {
    const done = await this.run(() => (member ? Promise.resolve() : this.page.where.join(room.id)));
    if (!done) return;
    this.close();
    this.page.where.goTo(room.id);
  }
}
