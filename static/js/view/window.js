/**
 * Which of a room's rows are drawn: a stretch of them, around what is being read or at the end. A history of a million
 * messages then costs no more than one of some hundred. The rows are moved, never the text: the scroller holds its place.
 */

/** Some screens on each side of the one that is seen. */
const ROWS = 300;

export class Window {
  /** The row around which the stretch lies; null: it ends with the newest. @type {string | null} */
  #centre = null;
  /** Rows are left out above, below. */
  before = false;
  after = false;

  /** The drawn part. @param {any[]} items all rows @returns {any[]} */
  slice(items) {
    const here = this.#centre === null ? -1 : items.findIndex((item) => item.key === this.#centre);
    const last = Math.max(0, items.length - ROWS);
    const start = here < 0 ? last : Math.max(0, Math.min(last, here - ROWS / 2));
    this.before = start > 0;
    this.after = start + ROWS < items.length;
    return items.slice(start, start + ROWS);
  }

  /** From now on with the newest rows. */
  follow() {
    this.#centre = null;
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
