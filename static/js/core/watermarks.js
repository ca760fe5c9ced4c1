/** How far the others in a room have come: for the ledger beside one's own messages, and for "Who has seen this". */

export class Watermarks {
  /** @type {Map<Wire.Id, { delivered: number, read: number }>} */
  #marks = new Map();
  /** Large rooms tell sums for the newest message only. @type {{ seq: number, delivered: number, read: number } | null} */
  summary = null;
  /** The server has told how far the others are. */
  told = false;

  /**
   * Marks never fall, and read implies delivered.
   * @param {Wire.Receipt} receipt
   */
  advance({ user, delivered, read }) {
    const known = this.#marks.get(user) ?? { delivered: 0, read: 0 };
    const reached = Math.max(known.read, read);
    this.#marks.set(user, { delivered: Math.max(known.delivered, delivered, reached), read: reached });
  }

  /** @param {Wire.Id} user */
  get(user) {
    return this.#marks.get(user) ?? { delivered: 0, read: 0 };
  }

  /**
   * @param {number} seq of the message
   * @param {Wire.Id[]} audience the people whom the mark is about
   * @returns {Core.Ledger}
   */
  ledger(seq, audience) {
    const total = audience.length;
    if (this.summary) return this.#fromSummary(seq, total, this.summary);
    const marks = audience.map((user) => this.get(user));
    const delivered = marks.filter((mark) => mark.delivered >= seq).length;
    const read = marks.filter((mark) => mark.read >= seq).length;
    return { mark: markOf(delivered, read, total), delivered, read, total, exact: true, told: this.told };
  }

  /**
   * Who has a newer message has the older ones too, so the sums of the newest are a lower bound for each before it.
   * @param {number} seq @param {number} total @param {{ seq: number, delivered: number, read: number }} summary
   * @returns {Core.Ledger}
   */
  #fromSummary(seq, total, summary) {
    const known = summary.seq >= seq;
    const delivered = known ? Math.min(summary.delivered, total) : 0;
    const read = known ? Math.min(summary.read, total) : 0;
    return { mark: markOf(delivered, read, total), delivered, read, total, exact: summary.seq === seq, told: true };
  }

  /** Who has read a message, who only has it, who has not got it. @param {number} seq @param {Wire.Id[]} audience */
  groups(seq, audience) {
    /** @type {{ read: Wire.Id[], delivered: Wire.Id[], none: Wire.Id[] }} */
    const groups = { read: [], delivered: [], none: [] };
    for (const user of audience) {
      const mark = this.get(user);
      if (mark.read >= seq) groups.read.push(user);
      else if (mark.delivered >= seq) groups.delivered.push(user);
      else groups.none.push(user);
    }
    return groups;
  }

  clear() {
    this.#marks.clear();
    this.summary = null;
    this.told = false;
  }
}

/**
 * @param {number} delivered @param {number} read @param {number} total
 * @returns {Core.Ledger["mark"]}
 */
function markOf(delivered, read, total) {
  // Nobody else to reach: "delivered to everyone" would be true and say nothing.
  if (total === 0) return "sent";
  if (read >= total) return "read";
  return delivered >= total ? "delivered" : "sent";
}
