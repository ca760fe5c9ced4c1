/** The pinned messages in the room's details: who said them, when, one line of each; a press goes there. */
import { html, nothing } from "lit";
import { _, formatFull, locale } from "../core/index.js";
import { icon } from "./icons.js";

/** A panel is narrow: the day alone. */
const DAY = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });

export class Pins {
  /** What the server told of the pins of `#key`. @type {Map<number, any>} */
  #told = new Map();
  #key = "";

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  template() {
    const { room } = this.page;
    const pins = /** @type {number[]} */ (room.pins);
    if (pins.some((seq) => !room.message(seq))) void this.#ask(room);
    return html`<section>
      <div class="panel__row"><h3>${_("Pinned")}</h3><span class="muted num">${pins.length}</span></div>
      <ul>
        ${pins.map((seq) => this.#pin(seq, room.message(seq) ?? this.#told.get(seq)))}
      </ul>
    </section>`;
  }

  /** Those that are not loaded, once. @param {any} room */
  async #ask(room) {
    const key = `${room.id} ${room.pins}`;
    if (this.#key === key) return;
    this.#key = key;
    const found = await this.page.chat.actions.pinned(room.id).catch(() => []);
    if (this.#key !== key) return;
    this.#told = new Map(found.map((/** @type {any} */ one) => [one.message.seq, one.message]));
    this.page.schedule();
  }

  /** @param {number} seq @param {any} message */
  #pin(seq, message) {
    const { acts } = this.page;
    const name = this.page.person(message?.by)?.display_name ?? "…";
    const line = message ? acts.line(message) : "…";
    return html`<li class="pinned">
      <button class="pinned__to" type="button" @click=${() => this.#goTo(seq)}>
        <span class="pinned__by"><b class="cut">${name}</b>${message ? html`<time datetime=${message.at} title=${formatFull(message.at)}>${DAY.format(new Date(message.at))}</time>` : nothing}</span>
        <span class="pinned__line" dir="auto">${line}</span>
      </button>
      ${
        message && acts.may("unpin", message)
          ? html`<button
            class="icon icon--s"
            type="button"
            aria-label=${_("Unpin the message of {name}", { name })}
            title=${_("Unpin")}
            @click=${() => void acts.pin(seq, false)}
          >
            ${icon("pin-off", true)}
          </button>`
          : nothing
      }
    </li>`;
  }

  /** @param {number} seq */
  #goTo(seq) {
    const { details, list } = this.page;
    if (details.covers) details.close();
    void list.place.goTo(seq, { back: true });
  }
}
