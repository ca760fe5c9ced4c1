/** Tells the server whether somebody is at this page. A new connection counts as "online" until told otherwise. */

export class OwnPresence {
  /** @type {"online" | "away"} */
  #state = "online";

  /** @param {{ send: (frame: Wire.Frame) => boolean }} options */
  constructor({ send }) {
    this.send = send;
  }

  /** @param {"online" | "away"} state */
  set(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.#tell();
  }

  /** A connection is open. */
  connected() {
    if (this.#state === "away") this.#tell();
  }

  #tell() {
    this.send({ type: "presence.set", state: this.#state });
  }
}
