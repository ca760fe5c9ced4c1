/** Tells the server how far this device has come: rarely, cumulatively, and again after a loss. */

/** Each room tells each of its watermarks at most this often. */
const ROOM_INTERVAL_MS = 1_000;
/** Over all rooms no faster than this: half of what the server grants to "other commands". */
const ANY_INTERVAL_MS = 66;

/** The id of every receipt: there is no reply to tell apart, but a refusal shows by it what was refused. */
export const RECEIPT_ID = "receipt";

/** @typedef {"delivered" | "read"} Kind */
/** @typedef {{ reached: number, told: number, toldAt: number }} Mark */

export class Receipts {
  /** @type {Map<string, Mark>} key: kind and room */
  #marks = new Map();
  #lastAt = -Infinity;
  #silent = false;
  /** @type {Core.Cancel | null} */
  #timer = null;

  /**
   * @param {{ send: (frame: Wire.Frame) => boolean, clock: Core.Clock }} options
   */
  constructor({ send, clock }) {
    this.send = send;
    this.clock = clock;
  }

  /** @param {Wire.Id} room @param {number} seq */
  delivered(room, seq) {
    this.#advance("delivered", room, seq);
  }

  /** Read implies delivered, so only the read mark is told. @param {Wire.Id} room @param {number} seq */
  read(room, seq) {
    const delivered = this.#mark("delivered", room);
    delivered.reached = Math.max(delivered.reached, seq);
    delivered.told = Math.max(delivered.told, seq);
    this.#advance("read", room, seq);
  }

  /**
   * After a resume: what the server knows may be less than what it was told (it was killed), so tell again what it lacks.
   * @param {Wire.Id} room @param {{ delivered: number, read: number }} known
   */
  resume(room, known) {
    for (const kind of /** @type {Kind[]} */ (["delivered", "read"])) {
      const mark = this.#mark(kind, room);
      mark.told = known[kind];
      mark.reached = Math.max(mark.reached, known[kind]);
    }
    this.#pump();
  }

  /** Nothing is owed to a room any more (left, or its log began anew). @param {Wire.Id} room */
  forget(room) {
    this.#marks.delete(`delivered ${room}`);
    this.#marks.delete(`read ${room}`);
  }

  /**
   * A receipt was refused. Asked for patience, it pauses (what was told in vain is told again by the next advance or
   * resume); anything else means that this server takes no receipts, and nothing is told until the next connection.
   * @param {{ code: string, retry_after_ms?: number }} error
   */
  refused(error) {
    if (error.code === "bad_request") this.#silent = true;
    this.#lastAt = this.clock.now() + (error.retry_after_ms ?? ROOM_INTERVAL_MS);
  }

  /** A new connection, perhaps to a newer server. */
  connected() {
    this.#silent = false;
  }

  stop() {
    this.#timer?.();
    this.#timer = null;
  }

  #advance(/** @type {Kind} */ kind, /** @type {Wire.Id} */ room, /** @type {number} */ seq) {
    const mark = this.#mark(kind, room);
    if (seq <= mark.reached) return;
    mark.reached = seq;
    this.#pump();
  }

  #mark(/** @type {Kind} */ kind, /** @type {Wire.Id} */ room) {
    const key = `${kind} ${room}`;
    const known = this.#marks.get(key);
    if (known) return known;
    const mark = { reached: 0, told: 0, toldAt: -Infinity };
    this.#marks.set(key, mark);
    return mark;
  }

  /** Tells the one that has waited longest, and comes back when the next is due. */
  #pump() {
    if (this.#timer || this.#silent) return;
    const owed = [...this.#marks].filter(([, mark]) => mark.reached > mark.told);
    owed.sort(([, a], [, b]) => a.toldAt - b.toldAt);
    const [next] = owed;
    if (!next) return;
    const [key, mark] = next;
    const due = Math.max(mark.toldAt + ROOM_INTERVAL_MS, this.#lastAt + ANY_INTERVAL_MS);
    const wait = due - this.clock.now();
    if (wait > 0) {
      this.#timer = this.clock.after(wait, () => {
        this.#timer = null;
        this.#pump();
      });
      return;
    }
    const [kind, room] = key.split(" ");
    // Without a connection nothing is owed yet: `resume` begins again.
    if (!this.send({ type: `receipt.${kind}`, id: RECEIPT_ID, room, seq: mark.reached })) return;
    mark.told = mark.reached;
    mark.toldAt = this.#lastAt = this.clock.now();
    this.#pump();
  }
}
