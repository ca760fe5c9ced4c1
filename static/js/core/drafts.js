/** What was begun and not sent, per room, on this device only. */

/** The promise is "kept within 300 ms of the last key". */
const SAVE_AFTER_MS = 250;

export class Drafts {
  /** @type {Map<Wire.Id, { draft: Core.Draft, cancel: Core.Cancel }>} */
  #pending = new Map();
  /** Rooms that have a draft, for the pencil beside their name. @type {Set<Wire.Id>} */
  #rooms = new Set();

  /**
   * @param {{
   *   storage: Core.Storage,
   *   clock: Core.Clock,
   *   onChange: (room: Wire.Id) => void,
   *   onKept?: (room: Wire.Id) => void,
   * }} options `onChange`: the room has a draft now, or none any more; `onKept`: it was written down
   */
  constructor({ storage, clock, onChange, onKept = () => {} }) {
    this.onKept = onKept;
    this.storage = storage;
    this.clock = clock;
    this.onChange = onChange;
  }

  /** Learns which rooms have drafts. */
  async start() {
    for (const room of await this.storage.draftRooms()) this.#rooms.add(room);
  }

  /** @param {Wire.Id} room */
  has(room) {
    return this.#rooms.has(room);
  }

  /** The rooms that have one. @returns {Wire.Id[]} */
  get rooms() {
    return [...this.#rooms];
  }

  /** @param {Wire.Id} room @returns {Promise<Core.Draft | undefined>} */
  async load(room) {
    return this.#pending.get(room)?.draft ?? (await this.storage.getDraft(room));
  }

  /**
   * Keeps the text soon; an empty one is no draft.
   * @param {Wire.Id} room @param {string} text @param {number | null} [replyTo] @param {string[]} [files] ids of uploads
   */
  save(room, text, replyTo = null, files = []) {
    this.#pending.get(room)?.cancel();
    const draft = { room, text, reply_to: replyTo, files, at: this.clock.now() };
    const cancel = this.clock.after(SAVE_AFTER_MS, () => void this.#write(room));
    this.#pending.set(room, { draft, cancel });
  }

  /** @param {Wire.Id} room */
  async clear(room) {
    this.save(room, "");
    await this.#write(room);
  }

  /** Keeps everything now (the page is being hidden). */
  async flush() {
    await Promise.all([...this.#pending.keys()].map((room) => this.#write(room)));
  }

  async #write(/** @type {Wire.Id} */ room) {
    const pending = this.#pending.get(room);
    if (!pending) return;
    pending.cancel();
    this.#pending.delete(room);
    const { draft } = pending;
    const empty = draft.text.trim() === "" && draft.reply_to === null && !draft.files?.length;
    const had = this.#rooms.has(room);
    if (empty) this.#rooms.delete(room);
    else this.#rooms.add(room);
    if (had !== this.#rooms.has(room)) this.onChange(room);
    await (empty ? this.storage.removeDraft(room) : this.storage.putDraft(draft));
    this.onKept(room);
  }

  /** Another tab has written in a room, or sent what it wrote. @param {Wire.Id} room */
  async reload(room) {
    const kept = (await this.storage.getDraft(room)) !== undefined;
    if (kept === this.#rooms.has(room)) return;
    if (kept) this.#rooms.add(room);
    else this.#rooms.delete(room);
    this.onChange(room);
  }
}
