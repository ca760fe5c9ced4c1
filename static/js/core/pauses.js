/** Rooms whose next message waits before it is tried again. A lost connection ends the wait when it is back. */
import { backoffDelay } from "./backoff.js";

/** A refusal that asks for patience without saying how much. */
const MIN_RETRY_MS = 500;

export class Pauses {
  /** @type {Map<Wire.Id, { failures: number, cancel: Core.Cancel | null }>} */
  #pauses = new Map();

  /** @param {Core.Clock} clock */
  constructor(clock) {
    this.clock = clock;
  }

  /** Whether a room waits. @param {Wire.Id} room */
  has(room) {
    return Boolean(this.#pauses.get(room)?.cancel);
  }

  /** How often in a row the room's next message has failed. @param {Wire.Id} room */
  failures(room) {
    return this.#pauses.get(room)?.failures ?? 0;
  }

  /**
   * Waits once more.
   * @param {Wire.Id} room @param {number | null} afterMs as the server asks @param {() => void} again
   */
  begin(room, afterMs, again) {
    const failures = this.failures(room) + 1;
    const delay = afterMs ?? Math.max(MIN_RETRY_MS, backoffDelay(failures, this.clock.random()));
    const cancel = this.clock.after(Math.max(0, delay), () => {
      this.end(room);
      again();
    });
    this.#pauses.set(room, { failures, cancel });
  }

  /** Waits no longer; the failures still count. @param {Wire.Id} room */
  end(room) {
    const pause = this.#pauses.get(room);
    pause?.cancel?.();
    if (pause) pause.cancel = null;
  }

  /** The room's message went out, or never will: nothing counts any more. @param {Wire.Id} room */
  forget(room) {
    this.#pauses.delete(room);
  }

  stop() {
    for (const pause of this.#pauses.values()) pause.cancel?.();
    this.#pauses.clear();
  }
}
