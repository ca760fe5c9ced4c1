/** What this page holds of one room's log: events by `seq`, and which stretches of the log are covered. */

/**
 * @typedef {{ from: number, to: number }} Range both ends belong to it
 */

export class RoomLog {
  /** @type {Map<number, Wire.Event>} */
  #events = new Map();
  /** Sorted, apart from one another by at least one uncovered `seq`. @type {Range[]} */
  #ranges = [];

  /** @param {number} seq */
  get(seq) {
    return this.#events.get(seq);
  }

  /** Whether `seq` is covered: its event is here, or it is known that there is none to see. @param {number} seq */
  covers(seq) {
    return this.#ranges.some((range) => range.from <= seq && seq <= range.to);
  }

  /**
   * Takes an event in. A later copy replaces an earlier one: a fetched copy has the present text.
   * @param {Wire.Event} event
   */
  add(event) {
    this.#events.set(event.seq, event);
    this.cover(event.seq, event.seq);
  }

  /**
   * Marks a stretch as covered, whether or not every number in it has an event: what one may not see has none.
   * @param {number} from @param {number} to
   */
  cover(from, to) {
    if (from > to) return;
    const last = this.#ranges.at(-1);
    // Live events nearly always continue the newest stretch.
    if (last && from >= last.from && from <= last.to + 1) {
      last.to = Math.max(last.to, to);
      return;
    }
    const apart = this.#ranges.filter((range) => range.to < from - 1 || range.from > to + 1);
    const touching = this.#ranges.filter((range) => !apart.includes(range));
    const merged = {
      from: Math.min(from, ...touching.map((range) => range.from)),
      to: Math.max(to, ...touching.map((range) => range.to)),
    };
    this.#ranges = [...apart, merged].sort((a, b) => a.from - b.from);
  }

  /** The last `seq` of the covered stretch that holds `seq`, or `seq` itself. @param {number} seq */
  endOf(seq) {
    return this.#ranges.find((range) => range.from <= seq && seq <= range.to)?.to ?? seq;
  }

  /** The first `seq` of the covered stretch that holds `seq`, or undefined. @param {number} seq */
  startOf(seq) {
    return this.#ranges.find((range) => range.from <= seq && seq <= range.to)?.from;
  }

  /** The lowest covered `seq`, or undefined when nothing is covered. */
  get lowest() {
    return this.#ranges[0]?.from;
  }

  get highest() {
    return this.#ranges.at(-1)?.to;
  }

  /** What is missing between the lowest and the highest covered `seq`. @returns {Range[]} */
  holes() {
    return this.#ranges.slice(1).map((range, index) => {
      const before = /** @type {Range} */ (this.#ranges[index]);
      return { from: before.to + 1, to: range.from - 1 };
    });
  }

  /** All events, ascending by `seq`. */
  sorted() {
    return [...this.#events.values()].sort((a, b) => a.seq - b.seq);
  }

  get size() {
    return this.#events.size;
  }

  /** Forgets a stretch: it is a hole then, or the past. @param {number} from @param {number} to @returns {Wire.Event[]} what was in it */
  drop(from, to) {
    if (from > to) return [];
    const dropped = [...this.#events.values()].filter((event) => from <= event.seq && event.seq <= to);
    for (const event of dropped) this.#events.delete(event.seq);
    this.#ranges = this.#ranges
      .flatMap((range) => [
        { from: range.from, to: Math.min(range.to, from - 1) },
        { from: Math.max(range.from, to + 1), to: range.to },
      ])
      .filter((range) => range.from <= range.to);
    return dropped;
  }

  clear() {
    this.#events.clear();
    this.#ranges = [];
  }
}
