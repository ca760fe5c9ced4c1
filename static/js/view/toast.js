/** A short word about what was just done, above the composer; it waits while somebody points at it, then it goes. */
import { html, nothing } from "lit";

const STAYS_MS = 8_000;

export class Toast {
  /** @type {{ text: string, action: { words: string, run: () => void } | null } | null} */
  #shown = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {string} text @param {{ words: string, run: () => void } | null} [action] */
  say(text, action = null) {
    this.#shown = { text, action };
    this.page.announcer.say(text);
    this.#wait();
    this.page.schedule();
  }

  clear = () => {
    clearTimeout(this.#timer);
    this.#shown = null;
    this.page.schedule();
  };

  #wait = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.clear, STAYS_MS);
  };

  #hold = () => clearTimeout(this.#timer);

  template() {
    if (!this.#shown) return nothing;
    const { text, action } = this.#shown;
    const run = () => {
      this.clear();
      action?.run();
    };
    return html`<div
      class="toast"
      @pointerenter=${this.#hold}
      @pointerleave=${this.#wait}
      @focusin=${this.#hold}
      @focusout=${this.#wait}
    >
      <p>${text}</p>
      ${action ? html`<button class="link" type="button" @click=${run}>${action.words}</button>` : nothing}
    </div>`;
  }
}
