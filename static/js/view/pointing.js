/** Which row somebody points at: after a moment, so that crossing the list draws nothing; on touch, a long press and a swipe. */

const POINT_MS = 60;
const PRESS_MS = 450;
/** A finger that goes further is scrolling. */
const SLIP_PX = 10;
/** So far along the line of reading it is a swipe, and the row goes no further with the finger. */
const SWIPE_PX = 64;

export class Pointing {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {string | null} */
  #key = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #press;
  /** A long press has opened the menu: the browser's own is not wanted too. */
  #pressed = false;

  /** @param {(key: string | null) => void} onPoint @param {(seq: number) => void} onSwipe a message was swiped */
  constructor(onPoint, onSwipe) {
    this.onPoint = onPoint;
    this.onSwipe = onSwipe;
  }

  over = (/** @type {PointerEvent} */ event) => {
    if (event.pointerType !== "touch") this.#point(keyOf(event), POINT_MS);
  };

  leave = () => this.#point(null, POINT_MS);

  /** @param {string} key */
  focus(key) {
    this.#point(key, 0);
  }

  #point(/** @type {string | null} */ key, /** @type {number} */ ms) {
    if (key === this.#key) return;
    this.#key = key;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.onPoint(key), ms);
  }

  down = (/** @type {PointerEvent} */ event) => {
    this.#pressed = false;
    const target = /** @type {HTMLElement} */ (event.target);
    const button = /** @type {HTMLElement | null | undefined} */ (
      target.closest("article")?.querySelector(".tools [aria-haspopup]")
    );
    if (event.pointerType !== "touch" || !button || target.closest(":is(a, button, textarea)")) return;
    const stop = (/** @type {Event} */ moved) => {
      if (moved instanceof PointerEvent && moved.type === "pointermove" && !slipped(event, moved)) return;
      clearTimeout(this.#press);
      for (const type of ENDS) removeEventListener(type, stop);
    };
    this.#swipe(event, /** @type {HTMLElement} */ (target.closest("article")));
    this.#press = setTimeout(() => {
      this.#pressed = true;
      stop(new Event("done"));
      button.click();
    }, PRESS_MS);
    for (const type of ENDS) addEventListener(type, stop, { passive: true });
  };

  /** The row goes along with a finger that moves along the line; far enough, it is replied to. */
  #swipe(/** @type {PointerEvent} */ from, /** @type {HTMLElement} */ row) {
    const forward = getComputedStyle(row).direction === "rtl" ? -1 : 1;
    let gone = 0;
    const move = (/** @type {PointerEvent} */ event) => {
      const along = (event.clientX - from.clientX) * forward;
      if (Math.abs(event.clientY - from.clientY) > Math.max(SLIP_PX, along)) return end(null);
      gone = Math.min(SWIPE_PX, Math.max(0, along - SLIP_PX));
      row.style.setProperty("translate", CSS.px(gone * forward).toString());
      row.classList.toggle("is-swiped", gone >= SWIPE_PX);
    };
    const end = (/** @type {PointerEvent | null} */ event) => {
      removeEventListener("pointermove", move);
      for (const type of OVERS) removeEventListener(type, end);
      row.style.removeProperty("translate");
      row.classList.remove("is-swiped");
      if (event?.type === "pointerup" && gone >= SWIPE_PX && row.dataset.seq) this.onSwipe(Number(row.dataset.seq));
    };
    addEventListener("pointermove", move, { passive: true });
    for (const type of OVERS) addEventListener(type, end);
  }

  menu = (/** @type {Event} */ event) => {
    if (this.#pressed) event.preventDefault();
  };
}

/** @type {("pointerup" | "pointercancel")[]} */
const OVERS = ["pointerup", "pointercancel"];
const ENDS = ["pointerup", "pointercancel", "pointermove"];

/** @param {PointerEvent} from @param {PointerEvent} to */
const slipped = (from, to) => Math.hypot(from.clientX - to.clientX, from.clientY - to.clientY) > SLIP_PX;

/** @param {Event} event @returns {string | null} */
function keyOf(event) {
  const row = /** @type {HTMLElement} */ (event.target).closest("[data-key]");
  return row instanceof HTMLElement ? (row.dataset.key ?? null) : null;
}
