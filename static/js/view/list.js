/** The list of messages: what is drawn, where it stands, and the one tab stop in it. */
import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { formatDay, formatTime } from "../core/index.js";
import { arrange, timeOf } from "./arrange.js";
import { icon } from "./icons.js";
import { listKeys } from "./list_keys.js";
import { nothingHere } from "./nothing_here.js";
import { Place } from "./place.js";
import { Pointing } from "./pointing.js";
import { rowOf, rowsToCome } from "./rows.js";
import { Scroller } from "./scroller.js";
import { Window } from "./window.js";
import { latestNew, messagesIn, newSince, says } from "./words_talk.js";

/** History loads this many screens ahead. */
const AHEAD = 2;
/** What could not be fetched is not asked for again sooner. */
const AGAIN_MS = 2_000;

export class MessageList {
  /** The "New" line stands before the first message of others beyond this; null: none. @type {number | null} */
  newAfter = null;
  /** The row that Tab reaches: the one last gone to, else the newest. @type {string | null} */
  stop = null;
  /** The row that was last gone to. @type {string | null} */
  #visited = null;
  /** The row that somebody points at. @type {string | null} */
  pointed = null;
  /** One's own newest message: it has the words of its receipts under it. @type {string | null} */
  newestOwn = null;
  /** The message that one has just jumped to. @type {number | null} */
  target = null;
  /** Messages whose many reactions are all shown. @type {Set<number>} */
  unfolded = new Set();
  /** Messages of others that came while the list was not at its end. */
  missed = 0;
  /** The room was opened and has its place. */
  placed = false;
  /** Unread when the room was opened: more than what is loaded of them, perhaps. */
  unread = 0;
  /** The mark of what is unread was set here and now: it outlasts this visit. */
  #markedNow = false;
  /** @type {Set<string>} */
  #asked = new Set();

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    this.window = new Window();
    this.scroller = new Scroller(() => this.#moved());
    this.place = new Place(this);
    this.pointing = new Pointing(
      (key) => {
        this.pointed = key;
        this.page.schedule();
      },
      (seq) => this.#swiped(seq),
    );
  }

  /** One function for good: a new one each time would be told of the element's end and beginning on every drawing. */
  #attach = (/** @type {Element | undefined} */ element) => this.scroller.attach(element);

  #jump = (/** @type {Event} */ event) => {
    void this.page.acts.openJump(/** @type {HTMLElement} */ (event.currentTarget));
  };

  /** Another room is shown from now on. */
  reset() {
    const { room } = this.page;
    if (room && !this.#markedNow) this.page.chat.markUnread(room.id, null);
    this.scroller.forget();
    this.window = new Window();
    this.unfolded.clear();
    this.#asked.clear();
    this.place.reset();
    this.#visited = this.pointed = this.newAfter = this.target = null;
    this.missed = this.unread = 0;
    this.placed = this.#markedNow = false;
  }

  /** For how long messages have been here that are not drawn, in milliseconds; null: all are that should be. */
  get lagMs() {
    return this.page.room && this.place.unknown ? performance.now() - this.place.since : this.window.lagMs;
  }

  /** All rows of the room. @returns {any[]} */
  items() {
    const { room } = this.page;
    // In a direct room nobody comes or goes: that its people were put together is no news.
    return room.items().filter((/** @type {any} */ item) => room.kind !== "direct" || item.type !== "notice");
  }

  /** The row before which the "New" line stands. @param {any[]} items */
  firstNew(items) {
    const after = this.newAfter;
    if (after === null) return undefined;
    return items.find((item) => item.type === "message" && !item.mine && item.seq > after);
  }

  /** The rows, from the room as it is now. */
  template() {
    const { room, me } = this.page;
    if (!room) return nothing;
    const items = this.items();
    const { unknown } = this.place;
    const days = unknown ? [] : arrange(this.#drawn(items), me.id, this.firstNew(items)?.key ?? null);
    this.scroller.cut = this.window.after;
    this.#settle(items, days);
    const empty = room.opened && !room.hasOlder && !items.some((/** @type {any} */ item) => item.type !== "notice");
    return html`<div
        class="list"
        role="region"
        aria-label=${messagesIn(this.page.titleOf(room))}
        aria-busy=${unknown}
        ${ref(this.#attach)}
        @keydown=${this.#keys}
        @focusin=${this.focused}
        @pointerover=${this.pointing.over}
        @pointerleave=${this.pointing.leave}
        @pointerdown=${this.pointing.down}
        @contextmenu=${this.pointing.menu}
      >
        <div class=${empty ? "list__in list__in--empty" : "list__in"}>
          ${unknown ? rowsToCome() : nothing}
          ${
            !unknown && ((room.hasOlder && !this.window.before) || room.loadingOlder)
              ? html`<p class="older">${room.loadingOlder ? says.older : ""}</p>`
              : nothing
          }
          ${empty ? nothingHere(this.page, "emptyRoom") : nothing}
          ${repeat(
            days,
            (day) => day.key,
            (day) =>
              html`<section class="dayset">
                <h2 class="day">
                  <button type="button" tabindex="-1" title=${says.jumpTitle} aria-haspopup="dialog" @click=${this.#jump}>
                    <span>${formatDay(day.at)}</span>
                  </button>
                </h2>
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

  /** Rows are taken away for a burst only if the focus is in none of them. @param {any[]} items */
  #drawn(items) {
    const held = this.scroller.list?.contains(document.activeElement) ?? false;
    return this.window.slice(items, this.page.drawing.ms, held);
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
    const items = this.items();
    const after = Number(this.newAfter);
    const fresh = items.filter((item) => item.type === "message" && !item.mine && item.seq > after);
    const before = items.findLast((item) => item.type === "message" && item.seq <= after);
    const since = timeOf(before ?? fresh[0]);
    return html`<div class="new" role="separator" aria-label=${says.newMessages}>
      <b>${says.new}</b>${newSince(Math.max(fresh.length, this.unread), since === null ? null : formatTime(since))}
    </div>`;
  }

  #latest() {
    if (!this.placed) return nothing;
    const words = this.missed ? latestNew(this.missed) : says.latest;
    return html`${
      this.place.back === null
        ? nothing
        : html`<button class="tolatest toback" type="button" @click=${this.place.goBack}>${icon("arrow-left", true)}${says.back}</button>`
    }
    ${
      this.scroller.atEnd
        ? nothing
        : html`<button class="tolatest" type="button" @click=${this.toLatest}>${icon("arrow-down", true)}${words}</button>`
    }`;
  }

  /** A swipe on a message replies to it. @param {number} seq */
  #swiped(seq) {
    const message = this.page.room?.message(seq);
    if (message && this.page.acts.may("reply", message)) this.page.composer.replyTo(seq);
  }

  toLatest = () => {
    this.missed = 0;
    this.place.toEnd();
    this.page.where.leaveMessage();
  };

  /** The first unread message, or the "New" line. @returns {boolean} */
  toNew() {
    const item = this.firstNew(this.items());
    if (item) void this.place.goTo(item.seq);
    return item !== undefined;
  }

  /** @param {number} seq */
  markUnread(seq) {
    this.newAfter = seq - 1;
    this.unread = 0;
    this.#markedNow = true;
  }

  /** @param {number} seq */
  unfold(seq) {
    this.unfolded.add(seq);
    this.page.schedule();
  }

  /** Before the page is drawn. */
  before() {
    this.place.choose();
    this.scroller.remember();
  }

  /** After it: text stays where it is; a room just opened gets its place. */
  after() {
    const room = this.page.room;
    if (!room) return;
    if (this.window.filling) this.page.schedule();
    if (!this.place.settle()) this.scroller.restore();
    this.#loadAhead();
  }

  /** What comes into sight soon is drawn, or fetched. */
  #loadAhead() {
    const { page, scroller, window } = this;
    const { room } = page;
    if (!room?.opened || !this.placed || this.place.aim !== null) return;
    const near = AHEAD * scroller.height;
    const top = scroller.above < near;
    if (!window.filling && ((top && window.before) || (window.after && scroller.below < near))) {
      if (window.around(scroller.keyInSight)) page.schedule();
    } else if (top && room.hasOlder && !room.loadingOlder) void page.loadOlder();
    this.#fillHoles(near);
    // What is still to be drawn of a burst is not let go: the list would leap, and draw all anew.
    if (window.behind) return;
    page.chat.keepAround(room.id, Number((scroller.atEnd ? null : this.seqInSight) ?? room.cursor));
  }

  /** A hole that comes into sight is filled from the end that one comes from. @param {number} near */
  #fillHoles(near) {
    for (const gap of /** @type {NodeListOf<HTMLElement>} */ (this.scroller.list?.querySelectorAll(".gap") ?? [])) {
      const offset = this.scroller.offset(gap);
      const key = `${gap.dataset.from} ${gap.dataset.to}`;
      if (offset < -near || offset > this.scroller.height + near || this.#asked.has(key)) continue;
      this.#asked.add(key);
      void this.page
        .loadHole(Number(gap.dataset.from), Number(gap.dataset.to), offset > 0 ? "older" : "newer")
        .then((done) => {
          // Tried again when the list moves, or is drawn for another reason.
          if (!done) setTimeout(() => this.#asked.delete(key), AGAIN_MS);
        });
    }
  }

  /** The number of the first row in sight, or null. @returns {number | null} */
  get seqInSight() {
    const key = this.scroller.keyInSight;
    const row = key === null ? undefined : this.items().find((item) => item.key === key);
    return row?.seq ?? null;
  }

  #moved() {
    // On its way to its place, where it stands tells nothing of what the person wants to see.
    if (!this.placed || this.place.aim !== null) return;
    if (this.scroller.atEnd) {
      this.missed = 0;
      this.window.follow();
    } else this.window.hold(this.scroller.keyInSight);
    this.page.schedule();
    this.page.reading.check();
  }

  /** A message of somebody else came into the open room. @param {any} message @param {boolean} away nobody is looking */
  arrived(message, away) {
    if (!this.scroller.atEnd) this.missed += 1;
    if (away && this.placed && this.newAfter === null) this.newAfter = message.seq - 1;
    if (this.unread) this.unread += 1;
  }

  /** One's own message was sent: to the latest, and what was new is not any more. */
  sent() {
    this.newAfter = null;
    this.missed = this.unread = 0;
    this.page.chat.markUnread(this.page.room.id, null);
    this.place.toEnd();
  }

  focused = (/** @type {FocusEvent} */ event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest("[data-key]");
    const key = row instanceof HTMLElement ? (row.dataset.key ?? null) : null;
    if (key) this.pointing.focus(key);
    if (!key || key === this.#visited) return;
    this.#visited = key;
    this.page.schedule();
  };

  #keys = (/** @type {KeyboardEvent} */ event) => {
    if (this.scroller.list) listKeys(this.page, this.scroller.list, event);
  };
}
