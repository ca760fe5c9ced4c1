/** A room's settings: one dialog with a page for each matter, of which one sees those that one's role may do. */
import { html } from "lit";
import { RoomOffice } from "../core/room-office.js";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { General } from "./room_general.js";
import { Invites } from "./room_invites.js";
import { KeptOut } from "./room_kept_out.js";
import { Reports } from "./room_reports.js";
import { Rights } from "./room_rights.js";
import { Takeaway } from "./room_takeaway.js";

/** How far something is that the server does in the background is asked for again this often. */
const LOOK_AGAIN_MS = 1_000;

/** @param {View.Page} page @param {string} [first] the matter to begin with */
export const openRoom = (page, first) => new RoomSettings(page, first).show();

const MATTERS = [
  { name: "general", words: _("General"), rights: ["change_topic", "change_settings", "archive"], make: General },
  { name: "rights", words: _("Who may do what"), rights: ["owner"], make: Rights },
  { name: "people", words: _("Roles, mutes and bans"), rights: ["owner", "mute", "ban"], make: KeptOut },
  { name: "invites", words: _("Invites"), rights: ["invite"], make: Invites },
  { name: "reports", words: _("Reports"), rights: ["delete_others"], make: Reports },
  { name: "export", words: _("Export"), rights: ["owner"], make: Takeaway },
];

/** @param {any} room */
const mattersOf = (room) =>
  room.kind === "direct"
    ? []
    : MATTERS.filter(({ rights }) =>
        rights.some((right) => (right === "owner" ? room.myRole === "owner" : room.may(right))),
      );

export class RoomSettings extends Dialog {
  /** @override */
  kind = "dialog--wide";
  /** @type {Map<string, View.Matter>} */
  #matters = new Map();
  /** What is shown is being brought, and, if `stale`, has changed meanwhile. */
  #loading = false;
  #stale = false;

  /** @param {View.Page} page @param {string} [first] */
  constructor(page, first = "") {
    super(page);
    this.room = page.room;
    this.office = new RoomOffice(page.chat.api, this.room.id);
    this.title = _("Settings of {room}", { room: page.titleOf(this.room) });
    this.here = first || (mattersOf(this.room)[0]?.name ?? "");
  }

  /** @override */
  show() {
    super.show();
    this.page.chat.addEventListener("room", this.#told);
    void this.#load();
  }

  #told = (/** @type {any} */ { detail }) => {
    if (this.page.layers.dialog !== this) this.page.chat.removeEventListener("room", this.#told);
    else if (detail.room === null || detail.room === this.room.id) void this.#load();
  };

  /** What a matter shows is brought; where that fails it is brought when the connection is back, or a second later. */
  async #load() {
    this.#stale = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#stale) {
      this.#stale = false;
      await this.#matter()
        ?.load?.()
        .catch(() => this.#loadAgain());
    }
    this.#loading = false;
    if (this.#matter()?.unfinished) this.#loadAgain();
    this.redraw();
  }

  #loadAgain() {
    setTimeout(() => this.page.layers.dialog === this && void this.#load(), LOOK_AGAIN_MS);
  }

  /** @returns {View.Matter | undefined} */
  #matter() {
    const known = MATTERS.find(({ name }) => name === this.here);
    if (!known) return undefined;
    const made = this.#matters.get(known.name) ?? new known.make(this);
    this.#matters.set(known.name, made);
    return made;
  }

  /** @override */
  body() {
    const matters = mattersOf(this.room);
    if (!matters.some(({ name }) => name === this.here)) this.here = matters[0]?.name ?? "";
    return html`<div class="matters">
      <div class="matters__tabs" role="tablist" aria-label=${_("Settings")} @keydown=${this.#keys}>
        ${matters.map(({ name, words }) => this.#tab(name, words))}
      </div>
      <div class="matters__page dialog__in" role="tabpanel" id="matter" aria-labelledby=${`matter-${this.here}`}>
        ${this.#matter()?.body() ?? html`<p>${_("Your role here may not change anything any more.")}</p>`} ${this.said()}
      </div>
    </div>`;
  }

  /** @param {string} name @param {string} words */
  #tab(name, words) {
    const here = name === this.here;
    return html`<button
      class="matters__tab"
      type="button"
      role="tab"
      id=${`matter-${name}`}
      aria-selected=${here ? "true" : "false"}
      aria-controls="matter"
      tabindex=${here ? 0 : -1}
      @click=${() => this.go(name)}
    >
      ${words}
    </button>`;
  }

  /** @param {string} name */
  go(name) {
    this.here = name;
    this.problem = "";
    this.redraw();
    void this.#load();
  }

  #keys = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const names = mattersOf(this.room).map(({ name }) => name);
    const next = names[(names.indexOf(this.here) + step + names.length) % names.length] ?? "";
    this.go(next);
    queueMicrotask(() => /** @type {HTMLElement | null} */ (this.page.root.querySelector(`#matter-${next}`))?.focus());
  };

  /** Does something, and shows what came of it. @param {() => Promise<unknown>} call */
  async act(call) {
    const done = await this.run(call);
    if (done) await this.#load();
    return done;
  }
}
