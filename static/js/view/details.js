/** The panel of a room's details: a third pane, a sheet, or a page of its own. What it shows is in `facts.js`. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";

const OVER = matchMedia("(max-width: 74.99rem)");
const ALWAYS = matchMedia("(min-width: 100rem)");

export class Details {
  open = false;
  /** The person closed it on a wide screen: it stays closed in the next room too. */
  #closed = false;
  /** @type {import("./facts.js").Facts | null} */
  #facts = null;
  #asked = false;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
    for (const query of [OVER, ALWAYS]) query.addEventListener("change", () => this.page.schedule());
    // On small screens the panel is a step of its own, so Back closes it.
    addEventListener("popstate", () => {
      if (this.open && OVER.matches) this.#set(false);
    });
  }

  /** The panel lies over the room, which cannot be reached meanwhile. */
  get covers() {
    return OVER.matches;
  }

  /** A room was opened. */
  entered() {
    this.open = ALWAYS.matches ? !this.#closed : this.open && !OVER.matches;
  }

  /** The room was left. */
  left() {
    if (OVER.matches) this.open = false;
  }

  /** @param {boolean} [open] */
  toggle(open = !this.open) {
    if (!open) return this.close();
    if (this.open) return;
    this.#closed = false;
    if (OVER.matches) history.pushState({ details: true }, "");
    this.#set(true);
    /** @type {HTMLElement | null} */ (this.page.root.querySelector(".panel__head button"))?.focus();
  }

  close() {
    if (!this.open) return;
    this.#closed = true;
    if (history.state?.details) history.back();
    else this.#set(false);
  }

  /** @param {boolean} open */
  #set(open) {
    this.open = open;
    this.#asked = false;
    this.page.draw();
    if (!open) /** @type {HTMLElement | null} */ (this.page.root.querySelector("#details-toggle"))?.focus();
  }

  template() {
    return html`<aside class="panel" aria-label=${_("Room details")}>
      <header class="panel__head">
        <h2>${_("Room details")}</h2>
        <button class="icon" type="button" aria-label=${_("Close")} title=${_("Close")} @click=${() => this.close()}>${icon("x")}</button>
      </header>
      ${this.#facts ? this.#facts.template() : this.#bring()}
    </aside>`;
  }

  /** Once each time the panel is opened: without a connection it is said once, and tried again with the next opening. */
  #bring() {
    if (this.#asked) return nothing;
    this.#asked = true;
    import("./facts.js").then(
      ({ Facts }) => {
        this.#facts ??= new Facts(this.page);
        this.page.schedule();
      },
      () => this.page.layers.cannotLoad(),
    );
    return nothing;
  }
}
