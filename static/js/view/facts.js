/** What the details of a room show: how one keeps it, topic, pins, people, running and leaving it. Brought with the first look. */
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { _ } from "../core/index.js";
import { avatar } from "./avatars.js";
import { askLeave, askRemove, openNotify, openPeople, openRoom, openTopic } from "./dialogs.js";
import { icon } from "./icons.js";
import { roleWords } from "./words.js";

const RANKS = ["owner", "moderator", "member", "guest"];

/** With one of these there is something for oneself in the room's settings. */
const OFFICE = ["change_topic", "change_settings", "archive", "mute", "ban", "invite", "delete_others"];

export class Facts {
  /** @type {import("./pins.js").Pins | null} */
  #pinned = null;
  /** @type {import("./room_files.js").RoomFiles | null} */
  #files = null;

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  template() {
    const { room } = this.page;
    const here = room.members.has(this.page.me.id);
    return html`${room.kind === "direct" ? nothing : this.#topic()} ${here ? this.#marks() : nothing} ${this.#pins()} ${this.#people()} ${here ? this.#kept() : nothing}
      ${room.kind !== "direct" && OFFICE.some((right) => room.may(right)) ? this.#settings() : nothing}
      ${room.kind === "direct" || !here ? nothing : this.#leave()}`;
  }

  /** How one keeps the room in one's own list. */
  #marks() {
    const { id, favourite, muted } = this.page.room;
    const toggle = (
      /** @type {string} */ name,
      /** @type {string} */ words,
      /** @type {boolean} */ on,
      /** @type {Partial<Wire.Marks>} */ marks,
    ) =>
      html`<button class="btn btn--s mark-room" type="button" aria-pressed=${on ? "true" : "false"} @click=${() => this.page.markRoom(id, marks)}>
        ${icon(name, true)}${words}
      </button>`;
    return html`<section class="panel__marks">
      <div class="panel__do">
        ${toggle("star", _("Favourite"), favourite, { favourite: !favourite })}
        ${toggle(muted ? "bell-off" : "bell", _("Mute"), muted, { muted: !muted })}
      </div>
      <p class="muted">${muted ? _("Only what names you is counted.") : ""}</p>
    </section>
    ${this.#level()}`;
  }

  /** What one is told of while one does not look. */
  #level() {
    const { id, notify } = this.page.room;
    const levels = [
      ["everything", _("Everything")],
      ["mentions", _("Mentions")],
      ["nothing", _("Nothing")],
    ];
    return html`<section>
      <fieldset class="level">
        <legend>${_("Tell me about")}</legend>
        <div class="seg" @change=${(/** @type {any} */ event) => this.page.markRoom(id, { notify: event.target.value })}>
          ${levels.map(
            ([level, words]) =>
              html`<label><input type="radio" name="level" value=${level} .checked=${live(level === notify)} />${words}</label>`,
          )}
        </div>
      </fieldset>
      <button class="link" type="button" @click=${() => openNotify(this.page)}>${_("How you are told")}</button>
    </section>`;
  }

  #topic() {
    const { room } = this.page;
    const may = this.page.manages(room);
    return html`<section>
      <div class="panel__row">
        <h3>${_("Topic")}</h3>
        ${
          may
            ? html`<button class="link" type="button" @click=${() => openTopic(this.page)}>${room.topic ? _("Edit") : _("Write a topic")}</button>`
            : nothing
        }
      </div>
      <p dir="auto">${room.topic || html`<span class="muted">${_("No topic yet.")}</span>`}</p>
    </section>`;
  }

  /** Brought with the first pin that is to be shown. */
  #pins() {
    if (!this.page.room.pins.length) return nothing;
    if (!this.#pinned) {
      import("./pins.js").then(
        ({ Pins }) => {
          this.#pinned ??= new Pins(this.page);
          this.page.schedule();
        },
        () => this.page.layers.cannotLoad(),
      );
    }
    return this.#pinned?.template() ?? nothing;
  }

  /** The room's files, brought with the first look. */
  #kept() {
    if (!this.#files) {
      import("./room_files.js").then(
        ({ RoomFiles }) => {
          this.#files ??= new RoomFiles(this.page);
          this.page.schedule();
        },
        () => this.page.layers.cannotLoad(),
      );
    }
    return this.#files?.template() ?? nothing;
  }

  #people() {
    const { room } = this.page;
    const may = this.page.manages(room);
    const name = (/** @type {any} */ member) => this.page.person(member.user)?.display_name ?? "";
    const members = [...room.members.values()].sort(
      (a, b) => RANKS.indexOf(a.role) - RANKS.indexOf(b.role) || name(a).localeCompare(name(b)),
    );
    return html`<section>
      <div class="panel__row"><h3>${_("People")}</h3><span class="muted num">${members.length}</span></div>
      <ul>
        ${members.map((member) => html`<li class="person">${this.#person(member, may)}</li>`)}
      </ul>
      ${
        may
          ? html`<div class="panel__row">
            <button class="link" type="button" @click=${() => openPeople(this.page)}>${_("Add people")}</button>
          </div>`
          : nothing
      }
    </section>`;
  }

  /** @param {any} member @param {boolean} may */
  #person(member, may) {
    const { me, room } = this.page;
    const user = this.page.person(member.user);
    const name = user?.display_name ?? "…";
    const presence = this.page.chat.people.presence(member.user);
    const word = roleWords[member.role] || (presence === "away" ? _("Away") : "");
    const removable = may && member.user !== me.id && (room.myRole === "owner" || RANKS.indexOf(member.role) > 1);
    return html`${avatar(user, { size: "m", presence })}
      <div class="person__name cut" title=${user ? `@${user.username}` : ""}>
        ${name}${user?.kind === "bot" ? html` <span class="tag">${_("bot")}</span>` : nothing}${member.user === me.id ? html` <span class="muted">${_("you")}</span>` : nothing}
      </div>
      ${word ? html`<small>${word}</small>` : nothing}
      ${
        removable
          ? html`<button
            class="icon icon--s"
            type="button"
            aria-label=${_("Remove {name}", { name })}
            title=${_("Remove {name}", { name })}
            @click=${() => askRemove(this.page, member.user)}
          >
            ${icon("user-minus", true)}
          </button>`
          : nothing
      }`;
  }

  #settings() {
    const { room } = this.page;
    return html`<section>
      <div class="panel__row">
        <h3>${_("Running this room")}</h3>
        ${
          room.may("delete_others")
            ? html`<button class="link" type="button" @click=${() => openRoom(this.page, "reports")}>${_("Reports")}</button>`
            : nothing
        }
      </div>
      <button class="btn btn--s" type="button" @click=${() => openRoom(this.page)}>${_("Room settings")}</button>
    </section>`;
  }

  #leave() {
    return html`<section>
      <button class="btn btn--s" type="button" @click=${() => askLeave(this.page)}>${_("Leave this room")}</button>
    </section>`;
  }
}
