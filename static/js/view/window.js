/**
 * Which of a room's rows are drawn: a stretch of them, around what is being read or at the end. A history of a million
 * messages then costs no more than one of some hundred. The rows are moved, never the text: the scroller holds its place.
 */

/** Some screens on each side of the one that is seen. */
const ROWS = 300;
/** What a drawing may take, so that its frame has time for the rest. */
const DRAWING_MS = 12;
/** Rows that one drawing makes: in a burst the rest come with the next frames. The slower drawing is, the fewer. */
const MOST_NEW = 10;
const LEAST_NEW = 3;
/** While more comes than that, only so many rows stay, some screens: all that is drawn costs time in each drawing. */
const BURST_ROWS = 60;
/** So many of the older rows go with each drawing. After the burst they come back at the pace of new ones. */
const GO_ROWS = 20;

export class Window {
  /** The row around which the stretch lies; null: it ends with the newest. @type {string | null} */
  #centre = null;
  /** Rows are left out above, below. */
  before = false;
  after = false;
  /** The newest rows are left out for a moment: they come with the next frames. */
  behind = 0;
  /** Since when they are. @type {number | null} */
  #behindSince = null;
  /** How many rows are drawn while following. */
  #room = ROWS;
  /** How many of them may be new in one drawing. */
  #pace = MOST_NEW;
  /** The last row drawn while following. @type {string | null} */
  #last = null;

  /** Rows that belong here come with the next drawings. */
  get filling() {
    return this.behind > 0 || (this.#centre === null && this.before && this.#room < ROWS);
  }

  /** For how long newer rows than the drawn ones have been here, in milliseconds; null: all are drawn. */
  get lagMs() {
    return this.#behindSince === null ? null : performance.now() - this.#behindSince;
  }

  /**
   * The drawn part.
   * @param {any[]} items all rows @param {number} lastMs how long the last drawing took
   * @param {boolean} [held] somebody is in one of the rows: none is taken away for a burst
   * @returns {any[]}
   */
  slice(items, lastMs, held = false) {
    const drawn = this.#centre === null ? this.#newest(items, lastMs, held) : this.#around(items);
    this.#behindSince = this.behind ? (this.#behindSince ?? performance.now()) : null;
    return drawn;
  }

  /** @param {any[]} items @returns {any[]} */
  #around(items) {
    this.#last = null;
    this.#room = ROWS;
    this.behind = 0;
    const here = items.findIndex((item) => item.key === this.#centre);
    const last = Math.max(0, items.length - ROWS);
    const start = here < 0 ? last : Math.max(0, Math.min(last, here - ROWS / 2));
    this.before = start > 0;
    this.after = start + ROWS < items.length;
    return items.slice(start, start + ROWS);
  }

  /** The end, to which new rows come by and by. @param {any[]} items @param {number} lastMs @param {boolean} held @returns {any[]} */
  #newest(items, lastMs, held) {
    const wanted = Math.round((this.#pace * DRAWING_MS) / Math.max(1, lastMs));
    this.#pace = Math.max(LEAST_NEW, Math.min(MOST_NEW, wanted));
    const last = this.#last === null ? -1 : items.findLastIndex((item) => item.key === this.#last);
    // The first drawing, and another place, come at once.
    const end = last < 0 ? items.length : Math.min(items.length, last + 1 + this.#pace);
    this.behind = items.length - end;
    if (last < 0) this.#room = ROWS;
    else if (this.behind > MOST_NEW && !held) this.#room = Math.max(BURST_ROWS, this.#room - GO_ROWS);
    else if (this.behind === 0) this.#room = Math.min(ROWS, this.#room + this.#pace);
    const start = Math.max(0, end - this.#room);
    this.before = start > 0;
    this.after = false;
    this.#last = items[end - 1]?.key ?? null;
    return items.slice(start, end);
  }

  /** From now on with the newest rows, which are drawn at once. */
  follow() {
    if (this.#centre !== null) this.#last = null;
    this.#centre = null;
  }

  /** At the very end now, however much came meanwhile. */
  latest() {
    this.#centre = this.#last = null;
  }

  /** From now on around this row. Whether that is another one than before. @param {string | null} key */
  around(key) {
    if (key === null || key === this.#centre) return false;
    this.#centre = key;
    return true;
  }

  /** Stays where it is while new rows come. @param {string | null} key a row in sight */
  hold(key) {
    this.#centre ??= key;
  }
}
