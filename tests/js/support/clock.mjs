/** A clock that moves only when a test says so, and chance that comes from a seed. */

/** Lets everything that is ready run: promises, microtasks, and IndexedDB's own turns. */
export async function settle(turns = 4) {
  for (let turn = 0; turn < turns; turn++) await new Promise((done) => setImmediate(done));
}

/** The mulberry32 generator: 32 bits of state, good enough to vary a test. @param {number} seed */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class FakeClock {
  #now = Date.UTC(2026, 10, 24, 9, 0, 0);
  /** @type {{ due: number, order: number, run: () => void }[]} */
  #timers = [];
  #order = 0;

  /** @param {() => number} random */
  constructor(random = () => 0.5) {
    this.random = random;
    this.now = () => this.#now;
    this.after = (/** @type {number} */ ms, /** @type {() => void} */ run) => {
      const timer = { due: this.#now + Math.max(0, ms), order: this.#order++, run };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((each) => each !== timer);
      };
    };
  }

  get pending() {
    return this.#timers.length;
  }

  /** Moves on by `ms`, running what falls due, each with all that follows from it. @param {number} ms */
  async advance(ms) {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.due <= end)
        .sort((a, b) => a.due - b.due || a.order - b.order)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.due);
      next.run();
      await settle(2);
    }
    this.#now = end;
    await settle();
  }
}
