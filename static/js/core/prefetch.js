/** Fetches what came while the page was away, room after room: only then is it true that this device has it. */

/** More than this is not fetched ahead; the watermark is cumulative all the same. */
const MAX_AHEAD = 300;

export class Prefetch {
  /** How many events to fetch of each room. @type {Map<import("./room-store.js").Room, number>} */
  #due = new Map();
  #running = false;

  /**
   * @param {{
   *   history: import("./history.js").History,
   *   receipts: import("./receipts.js").Receipts,
   * }} options
   */
  constructor({ history, receipts }) {
    this.history = history;
    this.receipts = receipts;
  }

  /** @param {import("./room-store.js").Room} room @param {number} missing events that no device of this person has */
  add(room, missing) {
    this.#due.set(room, Math.min(MAX_AHEAD, missing));
  }

  /** One request at a time; what fails is due again after the next connection's subscription. */
  async run() {
    if (this.#running) return;
    this.#running = true;
    try {
      for (const [room, missing] of this.#due) {
        this.#due.delete(room);
        const cursor = /** @type {number} */ (room.cursor);
        await this.history.loadAhead(room, missing);
        this.receipts.delivered(room.id, cursor);
      }
    } catch {
      this.#due.clear();
    } finally {
      this.#running = false;
    }
  }
}
