/** What all dialogs share: a native <dialog>, a title, a problem in place, one thing at a time. */
import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";
import { problem } from "./words.js";

/** One dialog. A kind of it gives `title` and `body()`. */
export class Dialog {
  title = "";
  /** A class of its own, for the looks. */
  kind = "";
  /** Its part of the address, if it has one, and what is asked there. @type {import("./router.js").Layer | null} */
  layer = null;
  asks = "";
  /** It is read before anything is done in it: the focus begins at its title. */
  headed = false;
  /** There is nothing in it but text, which the arrow keys scroll. */
  reading = false;
  /** Something is on its way to the server. */
  busy = false;
  problem = "";

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  show() {
    this.page.layers.open(this);
  }

  close = () => {
    if (this.page.layers.dialog === this) this.page.layers.close();
  };

  redraw() {
    if (this.page.layers.dialog === this) this.page.schedule();
  }

  /** Runs one call; what goes wrong is said in the dialog. Answers whether it went well. @param {() => Promise<unknown>} call */
  async run(call) {
    if (this.busy) return false;
    this.busy = true;
    this.problem = "";
    this.redraw();
    try {
      await call();
      return true;
    } catch (error) {
      this.problem = problem(error);
      return false;
    } finally {
      this.busy = false;
      this.redraw();
    }
  }

  /** @returns {unknown} */
  body() {
    return nothing;
  }

  /** What stands below it and does not scroll. @returns {unknown} */
  foot() {
    return nothing;
  }

  render() {
    return html`<dialog class="dialog ${this.kind}" aria-labelledby="dialog-title" @close=${this.close} @click=${this.#outside} ${ref(showModal)}>
      <div class="dialog__head">
        <h2 id="dialog-title" tabindex=${this.headed ? -1 : nothing} ?autofocus=${this.headed}>${this.title}</h2>
        <button class="icon" type="button" aria-label=${_("Close")} title=${_("Close")} @click=${this.close}>${icon("x")}</button>
      </div>
      <div class="dialog__in" tabindex=${this.reading ? 0 : nothing} ?autofocus=${this.reading}>${this.body()}</div>
      ${this.foot()}
    </dialog>`;
  }

  /** A dialog without a head. @param {unknown} inside @param {{ name: string, label: string }} named */
  frame(inside, { name, label }) {
    return html`<dialog class="dialog ${name}" aria-label=${label} @close=${this.close} @click=${this.#outside} ${ref(showModal)}>
      ${inside}
    </dialog>`;
  }

  said() {
    return this.problem
      ? html`<p class="problem" role="alert">${icon("circle-alert", true)}${this.problem}</p>`
      : nothing;
  }

  /** A press on the veil closes, a press inside doesn't. */
  #outside = (/** @type {MouseEvent} */ event) => {
    if (event.target === event.currentTarget) this.close();
  };
}

/** Closes a dialog without a head: a key where there are keys, a cross where there are fingers. @param {() => void} close */
export const escButton = (close) =>
  html`<button class="switch__esc" type="button" aria-label=${_("Esc: close")} @click=${close}>
    <kbd>${_("Esc")}</kbd>${icon("x")}
  </button>`;

/** @param {Element | undefined} element */
function showModal(element) {
  const dialog = /** @type {HTMLDialogElement | undefined} */ (element);
  // The directive runs while the element is still outside the document.
  queueMicrotask(() => {
    if (dialog?.isConnected && !dialog.open) dialog.showModal();
  });
}
