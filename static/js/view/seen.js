/** Who has seen a message and when, who only has it, and whom it has not reached yet. */
import { html, nothing } from "lit";
import { formatFull, formatTime, sameDay } from "../core/index.js";
import { avatar } from "./avatars.js";
import { Float } from "./float.js";
import { icon } from "./icons.js";
import { problem } from "./words.js";
import { says, seenBy } from "./words_talk.js";

/** Above this many people there is a field to find one. */
const MANY = 50;
/** While it is open, it is asked for again this often: receipts tell that somebody read, not when. */
const AGAIN_MS = 5_000;

/** @typedef {{ user: string, delivered_at?: string, read_at?: string }} Reader */

export class Seen extends Float {
  /** @override */
  label = says.seen;
  /** @override */
  kind = "seen-by";
  /** @type {Reader[] | null} */
  members = null;
  problem = "";
  asked = "";

  /** @param {View.Page} page @param {HTMLElement} opener @param {number} seq */
  constructor(page, opener, seq) {
    super(page, opener);
    this.seq = seq;
    this.room = page.room.id;
    void this.#load();
  }

  async #load() {
    try {
      this.members = (await this.page.chat.receiptsOf(this.room, this.seq)).members;
      this.problem = "";
    } catch (error) {
      this.problem = problem(error);
    }
    this.redraw();
    queueMicrotask(() => this.position());
    setTimeout(() => {
      if (this.page.layers.float === this) void this.#load();
    }, AGAIN_MS);
  }

  /** @override */
  body() {
    if (this.problem) return html`<p class="problem" role="alert">${this.problem}</p>`;
    if (!this.members) return html`<p class="muted" role="status">${says.looking}</p>`;
    const author = this.page.room?.message(this.seq)?.by;
    const people = this.members.filter(
      ({ user }) => user !== author && user !== this.page.me.id && this.page.person(user)?.kind !== "bot",
    );
    if (!people.length) return html`<p class="muted">${says.everyoneHasIt}</p>`;
    const read = people.filter((one) => one.read_at);
    read.sort((a, b) => Date.parse(a.read_at ?? "") - Date.parse(b.read_at ?? ""));
    const has = people.filter((one) => one.delivered_at && !one.read_at);
    const none = people.filter((one) => !one.delivered_at && !one.read_at);
    return html`${people.length > MANY ? this.#field() : nothing}
      ${this.#part("read", seenBy(read.length), read, (one) => this.#time(one.read_at ?? ""))}
      ${this.#part("check-check", says.delivered, has, (one) => this.#presence(one.user))}
      ${this.#part("check", says.undelivered, none, (one) => this.#presence(one.user))}`;
  }

  #field() {
    const search = (/** @type {InputEvent} */ event) => {
      this.asked = /** @type {HTMLInputElement} */ (event.target).value.toLowerCase();
      this.redraw();
    };
    return html`<input class="input" type="search" aria-label=${says.filter} placeholder=${says.filter} @input=${search} />`;
  }

  /** @param {string} mark @param {string} title @param {Reader[]} people @param {(one: Reader) => unknown} fact */
  #part(mark, title, people, fact) {
    if (!people.length) return nothing;
    const named = people.map((one) => ({ one, user: this.page.person(one.user) }));
    const shown = named.filter(({ user }) => (user?.display_name ?? "").toLowerCase().includes(this.asked));
    return html`<section>
      <h3 data-mark=${mark}>${icon(mark, true)}${title}</h3>
      <ul>
        ${shown.map(
          ({ one, user }) =>
            html`<li class="who">${avatar(user, { size: "s" })}<span class="cut">${user?.display_name ?? "…"}</span>${fact(one)}</li>`,
        )}
      </ul>
    </section>`;
  }

  #time(/** @type {string} */ at) {
    const short = sameDay(at, Date.now()) ? formatTime(at) : formatFull(at);
    return html`<time datetime=${at} title=${formatFull(at)}>${short}</time>`;
  }

  #presence(/** @type {string} */ user) {
    return this.page.chat.people.presence(user) === "away" ? html`<small>${says.away}</small>` : nothing;
  }
}
