/**
 * Keeps the text that is being read where it is.
 *
 * Around every change of the list: remember the first visible row and its offset, change, put the row back in the same
 * frame. At the end (within 48 px) the list stays at the end instead. What changes height later (a font, a picture, the
 * composer) is corrected by a ResizeObserver in the same way. The browser's own anchoring is off: Safari has none, and two
 * mechanisms fight.
 */
const AT_END_PX = 48;
const STILL_MS = 1200;

export class Scroller {
  /** @type {HTMLElement | undefined} */
  #list;
  /** @type {ResizeObserver} */
  #observer;
  /** @type {{ key: string, offset: number } | null} */
  #anchor = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #still;
  /** The scroll position that we set ourselves, to tell our own scroll events from the person's. */
  #own = -1;
  /** The position when it was last looked at. */
  #top = 0;
  /** Whether the newest row is in sight. */
  atEnd = true;
  /** The newest rows are not drawn: the end of the list is not the end. */
  cut = false;

  /** @param {() => void} onScroll */
  constructor(onScroll) {
    this.onScroll = onScroll;
    this.#observer = new ResizeObserver(() => {
      // Upwards it was the person, or the browser because the content shrank: then the end is still in sight.
      if (this.#list && this.#list.scrollTop < this.#top - 1) this.#notice();
      this.restore();
      this.onScroll();
    });
  }

  /** @param {Element | undefined} list the scrolling element; its first child grows */
  attach(list) {
    if (this.#list === list) return;
    this.#observer.disconnect();
    this.#list?.removeEventListener("scroll", this.#scrolled);
    this.#list = /** @type {HTMLElement | undefined} */ (list);
    this.#anchor = null;
    this.atEnd = true;
    if (!this.#list) return;
    this.#list.addEventListener("scroll", this.#scrolled, { passive: true });
    this.#observer.observe(this.#list);
    if (this.#list.firstElementChild) this.#observer.observe(this.#list.firstElementChild);
  }

  get list() {
    return this.#list;
  }

  /** Another room: nothing of the old place holds. */
  forget() {
    this.#anchor = null;
    this.atEnd = true;
    this.cut = false;
  }

  /** Before a change: where are we? */
  remember() {
    this.#notice();
    if (!this.#list || this.atEnd) return;
    this.#anchor = this.#firstVisible();
  }

  /** The person may have scrolled a moment ago, and the event is still to come. */
  #notice() {
    if (!this.#list || Math.abs(this.#list.scrollTop - this.#top) < 1) return;
    this.#measure();
    if (!this.atEnd) this.#anchor = this.#firstVisible();
  }

  /** After it: the same row at the same place, or the end. */
  restore() {
    const list = this.#list;
    if (!list) return;
    if (this.atEnd) {
      this.#scrollTo(list.scrollHeight);
      return;
    }
    const row = this.#anchor && this.#row(this.#anchor.key);
    if (!this.#anchor || !row) return;
    const moved = this.offset(row) - this.#anchor.offset;
    if (Math.abs(moved) >= 1) this.#scrollTo(list.scrollTop + moved);
  }

  toEnd() {
    this.atEnd = true;
    this.#anchor = null;
    this.restore();
  }

  /** Puts an element at a share of the list's height (0 = top). @param {Element} element @param {number} share */
  place(element, share) {
    const list = this.#list;
    if (!list) return;
    this.#scrollTo(list.scrollTop + this.offset(element) - list.clientHeight * share);
    this.#measure();
    this.remember();
  }

  /** Pixels above what is seen. */
  get above() {
    return this.#list?.scrollTop ?? 0;
  }

  /** Pixels below it. */
  get below() {
    const list = this.#list;
    return list ? list.scrollHeight - list.scrollTop - list.clientHeight : 0;
  }

  /** The first row in sight. @returns {string | null} */
  get keyInSight() {
    return this.#firstVisible()?.key ?? null;
  }

  get height() {
    return this.#list?.clientHeight ?? 0;
  }

  /** The last row of the log whose end is in sight. @returns {HTMLElement | undefined} */
  lastRead() {
    const list = this.#list;
    if (!list) return undefined;
    const bottom = list.getBoundingClientRect().bottom + 1;
    const rows = this.#rows();
    const index = firstIndex(rows, (row) => row.getBoundingClientRect().bottom > bottom);
    return rows.slice(0, index).findLast((row) => row.dataset.seq);
  }

  #scrolled = () => {
    const list = this.#list;
    if (list && Math.abs(list.scrollTop - this.#own) < 1) return;
    this.#own = -1;
    this.#measure();
    this.#anchor = this.atEnd ? null : this.#firstVisible();
    this.#list?.classList.add("is-scrolling");
    clearTimeout(this.#still);
    this.#still = setTimeout(() => this.#list?.classList.remove("is-scrolling"), STILL_MS);
    this.onScroll();
  };

  #scrollTo(/** @type {number} */ top) {
    const list = this.#list;
    if (!list) return;
    list.scrollTop = top;
    this.#own = this.#top = list.scrollTop;
  }

  #measure() {
    const list = this.#list;
    if (!list) return;
    this.#top = list.scrollTop;
    this.atEnd = !this.cut && this.below <= AT_END_PX;
  }

  #rows() {
    return /** @type {HTMLElement[]} */ ([...(this.#list?.querySelectorAll("[data-key]") ?? [])]);
  }

  #row(/** @type {string} */ key) {
    return this.#list?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  /** How far below the list's upper edge an element begins. @param {Element} row */
  offset(row) {
    return row.getBoundingClientRect().top - (this.#list?.getBoundingClientRect().top ?? 0);
  }

  #firstVisible() {
    const top = this.#list?.getBoundingClientRect().top ?? 0;
    const rows = this.#rows();
    const row = rows[firstIndex(rows, (one) => one.getBoundingClientRect().bottom > top)];
    return row ? { key: row.dataset.key ?? "", offset: this.offset(row) } : null;
  }
}

/**
 * Index of the first row for which `test` holds; rows are in order, so a binary search does.
 * @param {HTMLElement[]} rows @param {(row: HTMLElement) => boolean} test
 */
function firstIndex(rows, test) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row && test(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}
