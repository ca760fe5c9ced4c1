/** When the page is drawn: however often it is asked for, once a turn, and not more often than there are frames. */

/** A page that was drawn within this time is busy, and is drawn by its frames: drawing between them would be for nothing. */
const BUSY_MS = 50;
const HIDDEN_FRAME_MS = 200;

export class Drawing {
  #queued = false;
  #drawing = false;
  #drawnAt = -Infinity;
  /** How long the last drawing took. */
  ms = 0;

  /** @param {() => void} draw */
  constructor(draw) {
    this.draw = draw;
  }

  /** Asks for a drawing: at once if the page was at rest, else with the next frame. Many askings are one. */
  schedule() {
    if (this.#queued) return;
    this.#queued = true;
    const run = () => {
      if (!this.#queued) return;
      this.#queued = false;
      this.now();
    };
    if (!this.#drawing && performance.now() - this.#drawnAt > BUSY_MS) queueMicrotask(run);
    else if (document.visibilityState === "visible") requestAnimationFrame(run);
    // A page in the background gets no frames.
    else setTimeout(run, HIDDEN_FRAME_MS);
  }

  now() {
    if (this.#drawing) return this.schedule();
    this.#drawing = true;
    const begun = performance.now();
    try {
      this.draw();
    } finally {
      this.#drawing = false;
      this.#drawnAt = performance.now();
      this.ms = this.#drawnAt - begun;
    }
  }
}
