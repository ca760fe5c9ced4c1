/**
 * "Mark unread from here": a private mark on this device. What others saw of one's reading never goes back; only one's
 * own count and the "New" line do.
 */

/** @typedef {{ seq: number, count: number }} Marker `count`: messages of others from there on that were read already */

export class Markers {
  /** @type {Record<Wire.Id, Marker>} */
  #markers = {};

  /**
   * @param {{ kept: Core.Kept, onChange: (room: Wire.Id) => void }} options
   */
  constructor({ kept, onChange }) {
    this.kept = kept;
    this.onChange = onChange;
    this.reload();
  }

  /** Takes over what another tab has marked. */
  reload() {
    const before = this.#markers;
    try {
      this.#markers = JSON.parse(this.kept.get() ?? "{}");
    } catch {
      this.#markers = {};
    }
    for (const room of new Set([...Object.keys(before), ...Object.keys(this.#markers)])) this.onChange(room);
  }

  /** @param {Wire.Id} room @returns {Marker | undefined} */
  get(room) {
    return this.#markers[room];
  }

  /** @param {Wire.Id} room @param {Marker | null} marker null takes it away */
  set(room, marker) {
    if (marker) this.#markers[room] = marker;
    else delete this.#markers[room];
    this.kept.set(JSON.stringify(this.#markers));
    this.onChange(room);
  }
}
