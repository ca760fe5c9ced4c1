/** Who is writing in a room just now. */

export class Writers {
  /** @type {Map<Wire.Id, Core.Cancel>} */
  #writing = new Map();

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
  }

  get list() {
    return [...this.#writing.keys()];
  }

  /** @param {Wire.Id} user @param {number} ttlMs gone after this without another word @param {Core.Clock} clock */
  started(user, ttlMs, clock) {
    this.#writing.get(user)?.();
    this.#writing.set(
      user,
      clock.after(ttlMs, () => this.stopped(user)),
    );
    this.onChange();
  }

  /** @param {Wire.Id} user */
  stopped(user) {
    this.#writing.get(user)?.();
    if (this.#writing.delete(user)) this.onChange();
  }
}
