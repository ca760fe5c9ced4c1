/** Small pictures that the server may still be making: asked for again a few times, then the file is shown as a card. */

const AGAIN_MS = 700;
const TRIES = 6;

export class Previews {
  /** Grows with each change, for what is drawn of it. */
  version = 0;
  /** How often each was asked for in vain. @type {Map<string, number>} */
  #failed = new Map();

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /** Whether there is a picture to show. @param {Wire.Attachment} file */
  has(file) {
    return Boolean(file.preview_url && file.width && file.height) && (this.#failed.get(file.id) ?? 0) < TRIES;
  }

  /** @param {Wire.Attachment} file */
  url(file) {
    const failed = this.#failed.get(file.id);
    return failed ? `${file.preview_url}?again=${failed}` : file.preview_url;
  }

  /** It did not come. @param {Wire.Attachment} file */
  failed(file) {
    // Without a connection that says nothing about the picture.
    if (!navigator.onLine) return addEventListener("online", () => this.failed(file), { once: true });
    const tries = (this.#failed.get(file.id) ?? 0) + 1;
    setTimeout(() => {
      this.#failed.set(file.id, tries);
      this.version += 1;
      this.onChange();
    }, AGAIN_MS * tries);
  }
}
