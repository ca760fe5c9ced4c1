/** Messages that are quoted and not in the loaded part of the log: each is asked for once. */

export class Originals {
  /** @type {Map<string, any>} */
  #known = new Map();

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** The message as it is now; undefined while it is not known. @param {number} seq */
  get(seq) {
    const { room } = this.page;
    const here = room?.message(seq);
    if (here || !room) return here;
    const key = `${room.id} ${seq}`;
    if (!this.#known.has(key)) {
      this.#known.set(key, undefined);
      void this.#ask(room.id, seq, key);
    }
    return this.#known.get(key);
  }

  /** @param {string} room @param {number} seq @param {string} key */
  async #ask(room, seq, key) {
    const found = await this.page.chat.messageAt(room, seq).catch(() => undefined);
    if (!found) return;
    this.#known.set(key, found);
    this.page.schedule();
  }
}
