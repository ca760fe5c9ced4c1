/**
 * A short word about what was just done, above the composer; it waits while somebody points at it, then it goes. What it offers
 * is undoing.
 */
import { html, nothing } from "lit";

const STAYS_MS = 8_000;

/** @typedef {{ words: string, run: () => void, missed?: () => void }} Action `missed`: the toast has gone, and nobody did it */

export class Toast {
  /** @type {{ text: string, action: Action | null } | null} */
  #shown = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {string} text @param {Action | null} [action] */
  say(text, action = null) {
    this.#shown?.action?.missed?.();
    this.#shown = { text, action };
    this.page.announcer.say(text);
    this.#wait();
    this.page.schedule();
  }

  clear = () => {
    this.#take()?.missed?.();
  };

  /** Does what is offered. @returns {boolean} whether anything was */
  undo() {
    const action = this.#take(true);
    action?.run();
    return Boolean(action);
  }

  /** It goes. @param {boolean} [offering] only one that offers something */
  #take(offering = false) {
    const action = this.#shown?.action ?? null;
    if (offering && !action) return null;
    clearTimeout(this.#timer);
    this.#shown = null;
    this.page.schedule();
    return action;
  }

  #wait = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.clear, STAYS_MS);
  };

  #hold = () => clearTimeout(this.#timer);

  template() {
    if (!this.#shown) return nothing;
    const { text, action } = this.#shown;
    return html`<div
      class="toast"
      @pointerenter=${this.#hold}
      @pointerleave=${this.#wait}
      @focusin=${this.#hold}
      @focusout=${this.#wait}
    >
      <p>${text}</p>
      ${action ? html`<button class="link" type="button" @click=${() => this.undo()}>${action.words}</button>` : nothing}
    </div>`;
  }
}
