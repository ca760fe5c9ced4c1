/** Tells a room that one is writing: at the first key, then seldom, and that one stopped. */

const REPEAT_MS = 3_000;
const STOPPED_AFTER_MS = 5_000;

export class TypingTeller {
  #toldAt = -Infinity;
  /** @type {Wire.Id | null} */
  #room = null;
  /** @type {Core.Cancel} */
  #cancel = () => {};

  /** @param {{ send: (frame: Wire.Frame) => boolean, clock: Core.Clock }} options */
  constructor({ send, clock }) {
    this.send = send;
    this.clock = clock;
  }

  /** Call on each key (on), and when the text was sent or emptied (off). @param {Wire.Id} room @param {boolean} on */
  typing(room, on) {
    if (this.#room !== null && (this.#room !== room || !on)) this.#stop();
    if (!on) return;
    this.#cancel();
    this.#cancel = this.clock.after(STOPPED_AFTER_MS, () => this.#stop());
    const now = this.clock.now();
    if (this.#room === room && now - this.#toldAt < REPEAT_MS) return;
    this.#room = room;
    this.#toldAt = now;
    this.send({ type: "typing.start", room });
  }

  #stop() {
    this.#cancel();
    if (this.#room !== null) this.send({ type: "typing.stop", room: this.#room });
    this.#room = null;
  }
}
