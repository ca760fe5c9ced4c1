/** The switcher: one field that finds rooms, people, actions, and the open rooms one is not in. */
import { html, nothing } from "lit";
import { _, ngettext } from "../core/index.js";
import { pageActs } from "./acts_page.js";
import { avatar } from "./avatars.js";
import { Dialog, escButton } from "./dialog.js";
import { openSearch } from "./dialogs.js";
import { icon, roomGlyph } from "./icons.js";
import { rank } from "./ranking.js";
import { recentRooms } from "./recent.js";
import { short } from "./words.js";

const SHOWN = 12;
const TYPING_MS = 150;
/** The key of the row that searches messages. */
const SEARCH = "search messages";
/** How many of each kind stand there before anything is typed. */
const AT_FIRST = 8;

/** @param {View.Page} page */
export const openSwitch = (page) => new Switch(page).show();

/**
 * @typedef {{
 *   key: string, name: string, other?: string, used?: number, note?: string, end?: unknown, glyph: unknown,
 *   marks?: number[], run: () => unknown,
 * }} Choice
 */

class Switch extends Dialog {
  query = "";
  /** The chosen row. */
  at = 0;
  /** Public rooms one is not in. @type {any[]} */
  joinable = [];
  /** Ends when the people of that name are known. @type {Promise<unknown>} */
  #looking = Promise.resolve();

  /** @override */
  show() {
    this.recent = recentRooms();
    void this.#look();
    super.show();
  }

  async #look() {
    void this.page.chat.findPeople("");
    await this.#lookForRooms();
  }

  /** Asked for when nothing was typed for a moment. */
  async #lookForRooms() {
    const { query } = this;
    if (query) await new Promise((resolve) => setTimeout(resolve, TYPING_MS));
    if (this.query !== query) return;
    const found = await this.page.chat.discoverRooms(query.trim()).catch(() => null);
    const known = [...this.joinable, ...(found?.rooms ?? [])];
    this.joinable = [...new Map(known.map((room) => [room.id, room])).values()];
    this.redraw();
  }

  /** @override */
  render() {
    const choices = this.#choices();
    this.at = Math.min(this.at, Math.max(0, choices.length - 1));
    return this.frame(
      html`<div class="switch__field">
          ${icon("search")}
          <input
            class="switch__input"
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls="switch-list"
            aria-autocomplete="list"
            aria-activedescendant=${choices.length ? `switch-${this.at}` : nothing}
            aria-label=${_("Jump to a room, a person or an action")}
            placeholder=${_("Jump to or search")}
            autocomplete="off"
            spellcheck="false"
            enterkeyhint="go"
            .value=${this.query}
            @input=${this.#typed}
            @keydown=${this.#keys}
            autofocus
          />
          ${escButton(this.close)}
        </div>
        <ul class="switch__list" role="listbox" id="switch-list" aria-label=${_("Found")}>
          ${choices.map((choice, index) => this.#row(choice, index))}
        </ul>
        ${this.#named(choices) ? nothing : html`<p class="hint switch__none">${_("Nothing has that name. Try fewer letters.")}</p>`}
        <p class="switch__foot" aria-hidden="true">
          <span><kbd>↑</kbd> <kbd>↓</kbd> ${_("choose")}</span><span><kbd>${_("Enter")}</kbd> ${_("open")}</span>
        </p>
        <p class="sr" role="status">${this.query ? ngettext("{n} found", "{n} found", choices.filter(({ key }) => key !== SEARCH).length) : ""}</p>`,
      { name: "switch", label: _("Jump to") },
    );
  }

  /** @param {Choice} choice @param {number} index */
  #row(choice, index) {
    const chosen = index === this.at;
    return html`<li
      class="switch__opt"
      role="option"
      id="switch-${index}"
      aria-selected=${chosen ? "true" : "false"}
      @click=${() => this.#take(choice)}
    >
      <span class="switch__glyph">${choice.glyph}</span>
      <span class="cut" dir="auto">${marked(choice.name, choice.marks ?? [])}</span>
      ${choice.note ? html`<small class="cut">${choice.note}</small>` : nothing}
      <span class="switch__end">${choice.end ?? nothing}</span>
    </li>`;
  }

  /** Whether anything has that name; the search for messages stands there in any case. @param {Choice[]} choices */
  #named(choices) {
    return choices.some(({ key }) => key !== SEARCH);
  }

  /** The last row: what is typed, in what was said. @returns {Choice} */
  #search() {
    const q = this.query.trim();
    return {
      key: SEARCH,
      name: _("Search messages for “{words}”", { words: q }),
      glyph: icon("search"),
      end: html`<kbd aria-hidden="true">${_("Ctrl Enter")}</kbd>`,
      run: () => openSearch(this.page, { q }),
    };
  }

  /** @returns {Choice[]} */
  #choices() {
    if (!this.query.trim()) return this.#atFirst();
    const acts = pageActs(this.page).map((act) => ({ ...act, key: act.name, glyph: icon(act.icon) }));
    const known = rank(this.query, [...this.#rooms(), ...this.#people(), ...acts]);
    return [...[...known, ...rank(this.query, this.#others())].slice(0, SHOWN), this.#search()];
  }

  /** Rooms with something unread, then the rooms opened last. */
  #atFirst() {
    const here = this.page.where.id;
    const rooms = this.#rooms().filter(({ key }) => key !== here);
    const recent = rooms.filter(({ used }) => used !== undefined).sort((a, b) => Number(a.used) - Number(b.used));
    return [...new Set([...rooms.filter(({ unread }) => unread), ...recent, ...rooms])].slice(0, AT_FIRST);
  }

  /** @returns {(Choice & { unread: boolean })[]} */
  #rooms() {
    return this.page.chat.rooms.list().map((/** @type {any} */ room) => {
      const used = this.recent?.indexOf(room.id) ?? -1;
      return {
        key: room.id,
        name: this.page.titleOf(room),
        glyph: roomSign(this.page, room),
        note: room.favourite ? _("Favourite") : room.archived ? _("Closed") : "",
        end: counter(room),
        unread: room.unread > 0 && !room.muted,
        run: () => this.page.where.goTo(room.id),
        ...(used === -1 ? {} : { used }),
      };
    });
  }

  /** People with whom there is no room of two yet. */
  #people() {
    const { chat, me } = this.page;
    const direct = chat.rooms.list().filter((/** @type {any} */ room) => room.kind === "direct");
    const met = new Set(
      direct
        .filter((/** @type {any} */ room) => room.people.length === 2)
        .flatMap((/** @type {any} */ room) => room.people),
    );
    return chat.people
      .all()
      .filter((/** @type {any} */ user) => user.id !== me.id && !met.has(user.id))
      .map((/** @type {any} */ user) => ({
        key: user.id,
        name: user.display_name,
        other: user.username,
        glyph: avatar(user, { size: "s", presence: chat.people.presence(user.id) }),
        note: user.kind === "bot" ? _("Bot") : `@${user.username}`,
        run: async () => this.page.where.goTo((await chat.openDirect([user.id])).id),
      }));
  }

  #others() {
    return this.joinable.map((room) => ({
      key: room.id,
      name: room.name,
      glyph: roomGlyph(room.kind, false),
      note: _("You are not in this room"),
      end: html`<span class="muted">${_("Join")}</span>`,
      run: () => this.page.where.join(room.id),
    }));
  }

  #typed = (/** @type {any} */ event) => {
    this.query = event.target.value;
    this.#looking = Promise.all([this.page.chat.findPeople(this.query), this.#lookForRooms()]);
    this.at = 0;
    this.redraw();
  };

  #keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    const choices = this.#choices(); // of what is typed, though it may not be drawn yet
    const chosen = choices[this.at];
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.query.trim()) this.#take(this.#search());
    else if (event.key === "Enter" && this.query.trim() && !this.#named(choices)) void this.#takeWhenFound();
    else if (event.key === "Enter" && chosen) this.#take(chosen);
    else if (event.key === "ArrowDown") this.at = (this.at + 1) % Math.max(1, choices.length);
    else if (event.key === "ArrowUp") this.at = (this.at - 1 + choices.length) % Math.max(1, choices.length);
    else return;
    event.preventDefault();
    this.page.draw();
    document.getElementById(`switch-${this.at}`)?.scrollIntoView({ block: "nearest" });
  };

  /** Who types fast presses Enter before it is known who has that name. */
  async #takeWhenFound() {
    const { query } = this;
    await this.#looking;
    const [first] = this.#choices();
    if (this.query === query && first) await this.#take(first);
  }

  async #take(/** @type {Choice} */ choice) {
    this.close();
    try {
      await choice.run();
    } catch {
      this.page.layers.cannotLoad();
    }
  }
}

/** The name with the found signs underlined. @param {string} name @param {number[]} marks */
function marked(name, marks) {
  const found = new Set(marks);
  return [...name].map((sign, index) => (found.has(index) ? html`<mark>${sign}</mark>` : sign));
}

/** @param {View.Page} page @param {any} room */
function roomSign(page, room) {
  const others = page.othersIn(room);
  if (room.kind !== "direct") return roomGlyph(room.kind, false);
  const id = others[0] ?? page.me.id;
  if (others.length > 1) return icon("users");
  return avatar(page.person(id), { size: "s", presence: page.chat.people.presence(id) });
}

/** @param {any} room */
function counter({ mentions, muted, unread }) {
  if (mentions > 0) return html`<span class="badge">${short(mentions)}<span class="sr"> ${_("for you")}</span></span>`;
  if (unread === 0 || muted) return nothing;
  return html`<span class="count">${short(unread)}<span class="sr"> ${_("unread")}</span></span>`;
}
