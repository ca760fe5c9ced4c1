/** The panel of a room's details: a third pane, a sheet, or a page of its own. What it shows is in `facts.js`. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";
import { detailsInAddress, detailsUrl, roomUrl } from "./router.js";

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
    // On small screens the panel has an address, so Back closes it, Forward opens it and a reload keeps it.
    addEventListener("popstate", () => {
      if (OVER.matches && this.page.room && this.open !== detailsInAddress()) this.#set(!this.open);
    });
  }

  /** The panel lies over the room, which cannot be reached meanwhile. */
  get covers() {
    return OVER.matches;
  }

  /** A room was opened. */
  entered() {
    if (detailsInAddress()) this.open = true;
    else this.open = ALWAYS.matches ? !this.#closed : this.open && !OVER.matches;
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
    if (OVER.matches) history.pushState({ within: true, details: true }, "", detailsUrl(this.page.room.id));
    this.#set(true);
    /** @type {HTMLElement | null} */ (this.page.root.querySelector(".panel__head button"))?.focus();
  }

  close() {
    if (!this.open) return;
    this.#closed = true;
    if (detailsInAddress() && history.state?.details) return history.back();
    if (detailsInAddress()) history.replaceState(null, "", roomUrl(this.page.room.id));
    this.#set(false);
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
