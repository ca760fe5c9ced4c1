/** The list of messages: what is drawn, where it stands, and the one tab stop in it. */
import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { formatDay, formatTime } from "../core/index.js";
import { arrange, timeOf } from "./arrange.js";
import { emptyRoom } from "./empty.js";
import { icon } from "./icons.js";
import { rowOf } from "./rows.js";
import { Scroller } from "./scroller.js";

/** History loads this many screens ahead. */
const AHEAD = 2;
/** On opening, older pages are fetched until the place of the "New" line is known, but not more than this many. */
const PAGES_FOR_NEW = 4;

export class MessageList {
  /** The "New" line stands before the first message of others beyond this; null: none. @type {number | null} */
  newAfter = null;
  /** The row that Tab reaches: the one last gone to, else the newest. @type {string | null} */
  stop = null;
  /** The row that was last gone to. @type {string | null} */
  #visited = null;
  /** One's own newest message: it has the words of its receipts under it. @type {string | null} */
  newestOwn = null;
  /** Messages of others that came while the list was not at its end. */
  missed = 0;
  /** The room was opened and has its place. */
  placed = false;
  #searches = 0;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    this.scroller = new Scroller(() => this.#moved());
  }

  /** One function for good: a new one each time would be told of the element's end and beginning on every drawing. */
  #attach = (/** @type {Element | undefined} */ element) => this.scroller.attach(element);

  /** Another room is shown from now on. */
  reset() {
    this.scroller.forget();
    this.#visited = null;
    this.newAfter = null;
    this.missed = 0;
    this.placed = false;
    this.#searches = 0;
  }

  /** The rows, from the room as it is now. */
  template() {
    const { room, me } = this.page;
    if (!room) return nothing;
    // In a direct room nobody comes or goes: that its people were put together is no news.
    const items = room.items().filter((/** @type {any} */ item) => room.kind !== "direct" || item.type !== "notice");
    const days = arrange(items, me.id, this.newAfter);
    this.#settle(items, days);
    const empty = room.opened && !room.hasOlder && !items.some((/** @type {any} */ item) => item.type !== "notice");
    return html`<div
        class="list"
        role="region"
        aria-label="Messages in ${this.page.titleOf(room)}"
        ${ref(this.#attach)}
        @keydown=${this.keys}
        @focusin=${this.focused}
      >
        <div class="list__in">
          ${
            room.hasOlder || room.loadingOlder
              ? html`<p class="older">${room.loadingOlder ? "Older messages are on the way" : ""}</p>`
              : nothing
          }
          ${empty ? emptyRoom(this.page) : nothing}
          ${repeat(
            days,
            (day) => day.key,
            (day) =>
              html`<section class="dayset">
                <h2 class="day"><span>${formatDay(day.at)}</span></h2>
                ${repeat(
                  day.rows,
                  (row) => row.key,
                  (row) => rowOf(this.page, row),
                )}
              </section>`,
          )}
        </div>
      </div>
      <div class="float">${this.#latest()}</div>`;
  }

  /** Which row has the words, and which the tab stop. @param {any[]} items @param {View.Day[]} days */
  #settle(items, days) {
    const own = items.findLast((item) => item.type === "message" && item.mine && !item.message.deleted);
    this.newestOwn = own?.key ?? null;
    const rows = days.flatMap((day) => day.rows).filter((row) => row.item.type !== "hole");
    const visited = rows.some((row) => row.key === this.#visited);
    this.stop = visited ? this.#visited : (rows.at(-1)?.key ?? null);
  }

  /** "New", how many, since when. */
  newLine() {
    const items = this.page.room?.items() ?? [];
    const after = Number(this.newAfter);
    const fresh = items.filter((/** @type {any} */ item) => item.type === "message" && !item.mine && item.seq > after);
    const before = items.findLast((/** @type {any} */ item) => item.type === "message" && item.seq <= after);
    const since = timeOf(before ?? fresh[0]);
    return html`<div class="new" role="separator" aria-label="New messages">
      <b>New</b>${fresh.length}${since === null ? "" : ` since ${formatTime(since)}`}
    </div>`;
  }

  #latest() {
    if (this.scroller.atEnd || !this.placed) return nothing;
    const words = this.missed ? `Latest, ${this.missed} new` : "Latest";
    return html`<button class="tolatest" type="button" @click=${this.toLatest}>${icon("arrow-down", true)}${words}</button>`;
  }

  toLatest = () => {
    this.scroller.toEnd();
    this.missed = 0;
    this.page.draw();
  };

  /** Before the page is drawn. */
  before() {
    this.scroller.remember();
  }

  /** After it: text stays where it is; a room just opened gets its place. */
  after() {
    const room = this.page.room;
    if (room?.opened && !this.placed) this.#place();
    else this.scroller.restore();
    this.#loadAhead();
  }

  /** Opening: at the end, or the "New" line one third from the top if what is unread is more than a screen. */
  #place() {
    const room = this.page.room;
    const list = this.scroller.list;
    if (!room || !list) return;
    if (room.unread > 0 && this.newAfter === null) {
      this.newAfter = room.readSeq;
      this.page.schedule();
      return;
    }
    const known = room.items().some((/** @type {any} */ item) => "seq" in item && item.seq <= Number(this.newAfter));
    if (this.newAfter !== null && !known && room.hasOlder && this.#searches < PAGES_FOR_NEW) {
      if (!room.loadingOlder) {
        this.#searches += 1;
        void this.page.loadOlder();
      }
      return;
    }
    this.placed = true;
    this.scroller.toEnd();
    const line = list.querySelector(".new");
    if (line && list.getBoundingClientRect().bottom - line.getBoundingClientRect().top > list.clientHeight) {
      this.scroller.place(line, 1 / 3);
      this.missed = room.unread;
    }
    this.page.schedule();
  }

  #loadAhead() {
    const room = this.page.room;
    if (!room?.opened || !this.placed || !room.hasOlder || room.loadingOlder) return;
    if (this.scroller.above < AHEAD * this.scroller.height) void this.page.loadOlder();
  }

  #moved() {
    if (this.scroller.atEnd) this.missed = 0;
    this.page.schedule();
    this.page.reading.check();
  }

  /** A message of somebody else came into the open room. @param {any} message @param {boolean} away nobody is looking */
  arrived(message, away) {
    if (!this.scroller.atEnd) this.missed += 1;
    if (away && this.newAfter === null) this.newAfter = message.seq - 1;
  }

  /** One's own message was sent: to the latest, and what was new is not any more. */
  sent() {
    this.newAfter = null;
    this.missed = 0;
    this.scroller.toEnd();
  }

  /** Rows that can be gone through with the keyboard. */
  #stops() {
    return /** @type {HTMLElement[]} */ ([...(this.scroller.list?.querySelectorAll("[data-key]") ?? [])]);
  }

  focused = (/** @type {FocusEvent} */ event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest("[data-key]");
    const key = row instanceof HTMLElement ? (row.dataset.key ?? null) : null;
    if (!key || key === this.#visited) return;
    this.#visited = key;
    this.page.schedule();
  };

  keys = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey || target.closest("textarea, input")) return;
    const row = /** @type {HTMLElement | null} */ (target.closest("[data-key]"));
    if (target !== row) {
      if (event.key === "Escape" && row) this.#leave(event, row);
      return;
    }
    if (event.key === "Enter") this.#enter(event, row);
    else this.#move(event, row);
  };

  /** Enter on a row: into its links and buttons. @param {KeyboardEvent} event @param {HTMLElement} row */
  #enter(event, row) {
    const inside = /** @type {HTMLElement[]} */ ([...row.querySelectorAll("a, button, pre, [tabindex]")]);
    for (const stop of inside) stop.tabIndex = 0;
    if (!inside[0]) return;
    event.preventDefault();
    inside[0].focus();
  }

  /** Esc inside a row: back out to the row. @param {KeyboardEvent} event @param {HTMLElement} row */
  #leave(event, row) {
    event.preventDefault();
    event.stopPropagation();
    const inside = /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll(".msg__text :is(a, button, pre)"));
    for (const stop of inside) stop.tabIndex = -1;
    row.focus();
  }

  /** Up and Down by message, Page by screen, Home and End. @param {KeyboardEvent} event @param {HTMLElement} row */
  #move(event, row) {
    const rows = this.#stops();
    const here = rows.indexOf(row);
    const screen = Math.max(1, rows.filter((one) => this.#inSight(one)).length - 1);
    const steps = /** @type {Record<string, number>} */ ({
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: -screen,
      PageDown: screen,
      Home: -rows.length,
      End: rows.length,
    });
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  }

  #inSight(/** @type {HTMLElement} */ row) {
    const list = this.scroller.list?.getBoundingClientRect();
    const box = row.getBoundingClientRect();
    return list !== undefined && box.bottom > list.top && box.top < list.bottom;
  }
}
