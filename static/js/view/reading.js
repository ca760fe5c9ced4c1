/**
 * When a message counts as read: for 800 ms the page is visible, somebody is at it (focus, or input within the last
 * minute), no dialog lies over it, and the message's last line is inside the list. The mark only moves forward.
 */
const READ_AFTER_MS = 800;
const AT_IT_MS = 60_000;

export class Reading {
  /** Rows in sight, oldest first: how far, since when. @type {{ seq: number, since: number }[]} */
  #seen = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #lastInput = Date.now();

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    for (const type of ["pointerdown", "keydown", "pointermove", "wheel", "touchstart"]) {
      addEventListener(type, () => (this.#lastInput = Date.now()), { passive: true, capture: true });
    }
    for (const type of ["focus", "blur"]) addEventListener(type, () => this.check());
    document.addEventListener("visibilitychange", () => this.check());
  }

  /** Somebody looks at the page. */
  get attentive() {
    const atIt = document.hasFocus() || Date.now() - this.#lastInput < AT_IT_MS;
    return document.visibilityState === "visible" && atIt;
  }

  reset() {
    this.#seen = [];
  }

  /** Call when what is in sight may have changed. */
  check() {
    const { room, list } = this.page;
    if (!room?.opened || !list.placed || !this.attentive || this.page.covered) {
      this.#seen = [];
      return;
    }
    const seq = Number(list.scroller.lastRead()?.dataset.seq ?? 0);
    // What has left the sight before its time does not count.
    this.#seen = this.#seen.filter((one) => one.seq <= seq);
    if (seq > room.readSeq && seq > (this.#seen.at(-1)?.seq ?? 0)) this.#seen.push({ seq, since: Date.now() });
    this.#tell(room);
  }

  /** @param {any} room */
  #tell(room) {
    const due = Date.now() - READ_AFTER_MS;
    const read = this.#seen.findLast((one) => one.since <= due);
    if (read) {
      this.#seen = this.#seen.filter((one) => one.seq > read.seq);
      if (read.seq > room.readSeq) this.page.chat.markRead(room.id, read.seq);
    }
    clearTimeout(this.#timer);
    const next = this.#seen[0];
    if (next) this.#timer = setTimeout(() => this.check(), next.since + READ_AFTER_MS - Date.now());
  }
}
