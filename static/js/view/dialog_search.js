/** Searching messages: a field with filters, what was found by day, each opening in its place in its room. */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { _, formatDay, formatFull, formatTime, ngettext, sameDay } from "../core/index.js";
import { searchMessages } from "../core/searching.js";
import { tellAddress } from "./addressed.js";
import { avatar } from "./avatars.js";
import { Dialog, escButton } from "./dialog.js";
import { icon, roomGlyph } from "./icons.js";
import { messageUrl } from "./router.js";
import { filtersIn, offers, sender, unfinished, withFilter, withoutFilter } from "./search_filters.js";
import { problem } from "./words.js";

/** A pause in typing after which it is searched. */
const PAUSE_MS = 300;

/** What only says how a text looks: a snippet shows its words. */
const SIGNS = /\*\*|__|~~|`+|^#{1,6} |^> /gmu;

/** What was searched last: whoever comes back from a message finds it as it was. @type {Search | null} */
let last = null;

/**
 * @param {View.Page} page
 * @param {{ q?: string, room?: string | null }} [asked] what to search for, and the room to begin in
 */
export function openSearch(page, { q, room = null } = {}) {
  const again = last?.page === page && q === undefined && (room === null || room === last.room) ? last : null;
  last = again ?? new Search(page, q ?? "", room);
  last.show();
}

class Search extends Dialog {
  /** @override @type {import("./router.js").Layer | null} */
  layer = "search";
  /** @type {any[] | null} null: nothing was searched yet */
  results = null;
  /** @type {string | null} */
  next = null;
  complete = true;
  #timer = 0;
  /** Grows with each search: an answer to an earlier one is thrown away. */
  #asked = 0;

  /** @param {View.Page} page @param {string} q @param {string | null} room */
  constructor(page, q, room) {
    super(page);
    this.q = q;
    this.room = room;
  }

  /** @override */
  show() {
    void this.page.chat.findPeople("");
    this.asks = this.#asking();
    super.show();
    if (this.q.trim()) void this.#search();
  }

  /** As it stands in the address. */
  #asking() {
    const asked = new URLSearchParams();
    if (this.q.trim()) asked.set("q", this.q);
    if (this.room) asked.set("room", this.room);
    return asked.size ? `?${asked}` : "";
  }

  #tellAddress() {
    this.asks = this.#asking();
    if (this.page.layers.dialog === this) tellAddress(this.page);
  }

  /** @override */
  render() {
    return this.frame(
      html`<div class="switch__field">
          ${icon("search")}
          <input
            class="switch__input"
            id="search-field"
            type="text"
            role="searchbox"
            dir="auto"
            aria-label=${_("Search messages")}
            placeholder=${_("Search messages")}
            autocomplete="off"
            spellcheck="false"
            enterkeyhint="search"
            maxlength="500"
            .value=${this.q}
            @input=${this.#typed}
            @keydown=${this.#keys}
            autofocus
          />
          ${escButton(this.close)}
        </div>
        ${this.#filters()}
        <div class="search__in" tabindex="-1" @keydown=${this.#walk}>${this.#found()}</div>
        <p class="sr" role="status">${this.#spoken()}</p>`,
      { name: "search", label: _("Search messages") },
    );
  }

  #filters() {
    const { page, room } = this;
    const scope = room && page.chat.rooms.get(room);
    return html`<div class="search__filters" role="group" aria-label=${_("Filters")}>
      ${
        scope
          ? chip(
              _("In {room}", { room: page.titleOf(scope) }),
              _("Search in all rooms, not only in {room}", { room: page.titleOf(scope) }),
              () => this.#everywhere(),
            )
          : nothing
      }
      ${filtersIn(page, this.q).map((filter) =>
        chip(filter.name, _("Without the filter: {filter}", { filter: filter.name }), () => {
          this.#change(withoutFilter(this.q, filter));
          this.#toField();
        }),
      )}
      ${repeat(
        offers(page, this.q),
        ({ key }) => key,
        (offer) => html`<button class="narrow" type="button" @click=${() => this.#filter(offer)}>
          <span class="cut">${offer.name}</span>
        </button>`,
      )}
    </div>`;
  }

  #found() {
    if (this.problem) return this.said();
    if (!this.results) {
      return this.busy
        ? html`<p class="hint">${_("Searching")}</p>`
        : html`<p class="hint">${_("Words, parts of words, or “words in quotes”. Filters narrow it down.")}</p>`;
    }
    if (this.results.length === 0) return this.#nothing();
    return html`${repeat(
      this.#days(),
      ({ at }) => at,
      (day) => html`<section>
          <h2 class="search__day">${formatDay(day.at)}</h2>
          <ul>
            ${repeat(
              day.results,
              (result) => `${result.room}/${result.seq}`,
              (result) => html`<li>${this.#result(result)}</li>`,
            )}
          </ul>
        </section>`,
    )}
      ${this.#rest()}`;
  }

  /** No message matches: what might be in the way can be taken out. */
  #nothing() {
    return html`<div class="search__none">
      ${icon("search")}
      <p>${_("No message matches. Try fewer words.")}</p>
      ${this.complete ? nothing : html`<p class="hint">${_("Older messages are still being prepared for search.")}</p>`}
    </div>`;
  }

  #rest() {
    if (this.next) {
      return html`<button class="btn search__more" type="button" ?disabled=${this.busy} @click=${() => this.#search(this.next)}>
        ${this.busy ? _("Searching") : _("Show older ones")}
      </button>`;
    }
    return this.complete
      ? nothing
      : html`<p class="hint">${_("Older messages are still being prepared for search.")}</p>`;
  }

  /** @param {any} result */
  #result(result) {
    const { page } = this;
    const by = page.person(result.by);
    const room = page.chat.rooms.get(result.room);
    const title = room ? page.titleOf(room) : "";
    return html`<a class="hit" href=${messageUrl(result.room, result.seq)}>
      ${avatar(by, { size: "m" })}
      <span class="hit__two">
        <span class="hit__head">
          <b class="cut">${by?.display_name ?? _("Someone")}</b>
          <span class="hit__room"
            >${room && room.kind !== "direct" ? roomGlyph(room.kind) : nothing}<span class="cut">${title}</span></span
          >
          <time datetime=${result.at} title=${formatFull(result.at)}>${formatTime(result.at)}</time>
        </span>
        <span class="hit__text" dir="auto">${result.snippet.map(piece)}</span>
      </span>
    </a>`;
  }

  #days() {
    /** @type {{ at: string, results: any[] }[]} */
    const days = [];
    for (const result of this.results ?? []) {
      const day = days.at(-1);
      if (day && sameDay(day.at, result.at)) day.results.push(result);
      else days.push({ at: result.at, results: [result] });
    }
    return days;
  }

  #spoken() {
    if (this.busy || !this.results) return "";
    return ngettext("{n} message found", "{n} messages found", this.results.length);
  }

  #typed = (/** @type {any} */ event) => {
    this.#change(event.target.value);
  };

  /** @param {string} q */
  #change(q) {
    this.q = q;
    clearTimeout(this.#timer);
    const name = sender(q);
    if (name) void this.page.chat.findPeople(name);
    if (!unfinished(q)) this.#timer = window.setTimeout(() => void this.#search(), PAUSE_MS);
    this.redraw();
  }

  #everywhere() {
    this.room = null;
    void this.#search();
    this.#toField();
  }

  /** @param {import("./search_filters.js").Offer} offer */
  #filter(offer) {
    this.#change(withFilter(this.q, offer));
    this.#toField();
  }

  /** To where one goes on writing, behind what is there. */
  #toField() {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById("search-field"));
    field?.focus();
    this.page.draw();
    field?.setSelectionRange(this.q.length, this.q.length);
  }

  /** @param {string | null} [cursor] where the page before ended */
  async #search(cursor = null) {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    const { q, room } = this;
    this.#tellAddress();
    if (!q.trim()) {
      this.results = null;
      this.problem = "";
      this.busy = false;
      return this.redraw();
    }
    this.busy = true;
    this.redraw();
    try {
      const answer = await searchMessages(this.page.chat.api, { q, room, cursor });
      if (asked !== this.#asked) return;
      this.results = cursor ? [...(this.results ?? []), ...answer.results] : answer.results;
      this.next = answer.next;
      this.complete = answer.complete;
      this.problem = "";
    } catch (error) {
      if (asked !== this.#asked) return;
      this.problem = wrong(error);
    }
    this.busy = false;
    this.redraw();
  }

  #keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") void this.#search();
    else if (event.key === "ArrowDown") this.#step(event, 1);
  };

  #walk = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "ArrowDown") this.#step(event, 1);
    else if (event.key === "ArrowUp") this.#step(event, -1);
  };

  /** From one message to the next; up from the first back to the field. @param {KeyboardEvent} event @param {number} step */
  #step(event, step) {
    const hits = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".search .hit, .search__more")]);
    if (hits.length === 0) return;
    event.preventDefault();
    const here = hits.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = hits[Math.min(here + step, hits.length - 1)];
    if (here + step < 0) document.getElementById("search-field")?.focus();
    else to?.focus();
  }
}

/** A filter that is on; a press takes it out. @param {string} name @param {string} words @param {() => void} takeOut */
const chip = (
  name,
  words,
  takeOut,
) => html`<button class="narrow" type="button" aria-label=${words} title=${words} @click=${takeOut}>
  <span class="cut">${name}</span>${icon("x", true)}
</button>`;

/** @param {{ text: string, match: boolean }} part */
const piece = ({ text, match }) => (match ? html`<mark>${text}</mark>` : text.replace(SIGNS, ""));

/** @param {unknown} error */
function wrong(error) {
  if (/** @type {any} */ (error)?.code !== "bad_request") return problem(error);
  return _(
    "This cannot be searched for. Write a word, or complete the filter: from: a person, in: a room, before: and after: a day, has: link, file or image.",
  );
}
