/** Roles of members; who may not write for a while, and who may not come in. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { avatar } from "./avatars.js";
import { holds, inHours, lasting, select, untilWords } from "./room_parts.js";

const RANKS = ["owner", "moderator", "member", "guest"];

export class KeptOut {
  /** @type {Core.Ban[]} */
  #bans = [];
  #act = "mute";
  /** The mutes whose reasons are known. */
  #known = "";

  /** @param {import("./dialog_room.js").RoomSettings} dialog */
  constructor(dialog) {
    this.dialog = dialog;
    this.#act = dialog.room.may("mute") ? "mute" : "ban";
  }

  async load() {
    const { office, page, room } = this.dialog;
    if (room.may("ban")) this.#bans = await office.bans();
    // Events tell until when, the list of members why.
    const muted = this.#nowMuted().map(({ user, muted_until: until }) => `${user} ${until}`);
    if (muted.join() === this.#known) return;
    await page.chat.actions.loadMembers(room.id);
    this.#known = muted.join();
  }

  body() {
    const { room } = this.dialog;
    return html`${room.may("mute") || room.may("ban") ? this.#form() : nothing} ${this.#muted()} ${this.#banned()}
    ${room.myRole === "owner" ? this.#roles() : nothing}`;
  }

  #name(/** @type {string} */ id) {
    return this.dialog.page.person(id)?.display_name ?? "…";
  }

  /** Whom one's role reaches. */
  #reached() {
    const { room, page } = this.dialog;
    const mine = RANKS.indexOf(room.myRole);
    const reaches = (/** @type {any} */ member) =>
      member.user !== page.me.id && (mine === 0 || RANKS.indexOf(member.role) > mine);
    return [...room.members.values()]
      .filter(reaches)
      .sort((a, b) => this.#name(a.user).localeCompare(this.#name(b.user)));
  }

  #form() {
    const { room, busy } = this.dialog;
    const people = this.#reached();
    if (people.length === 0) return html`<p class="muted">${_("There is nobody whom you could mute or ban.")}</p>`;
    const acts = /** @type {[string, string][]} */ ([
      ...(room.may("mute") ? [["mute", _("may not write")]] : []),
      ...(room.may("ban") ? [["ban", _("may not come in")]] : []),
    ]);
    return html`<form class="matters__form" @submit=${this.#submit}>
      ${select({ name: "who", label: _("Who"), value: "", choices: people.map(({ user }) => [user, this.#name(user)]) })}
      ${select({
        name: "act",
        label: _("What"),
        value: this.#act,
        choices: acts,
        onChange: (act) => {
          this.#act = act;
          this.dialog.redraw();
        },
      })}
      ${select({ name: "hours", label: _("How long"), value: "24", choices: lasting().filter(([hours]) => hours || this.#act === "ban") })}
      <div class="field">
        <label for="set-reason">${_("Why")}</label>
        <input class="input" id="set-reason" name="reason" autocomplete="off" dir="auto" maxlength="200" />
      </div>
      <button class="btn btn--alarm" type="submit" ?disabled=${busy}>${this.#act === "ban" ? _("Ban") : _("Mute")}</button>
    </form>`;
  }

  #submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const data = new FormData(form);
    const told = (/** @type {string} */ name) => String(data.get(name) ?? "");
    const until = inHours(told("hours"));
    const { office } = this.dialog;
    await this.dialog.act(() =>
      told("act") === "ban"
        ? office.ban(told("who"), { reason: told("reason"), until })
        : office.changeMember(told("who"), {
            muted_until: until,
            ...(told("reason") ? { mute_reason: told("reason") } : {}),
          }),
    );
  };

  /** @returns {any[]} */
  #nowMuted() {
    return [...this.dialog.room.members.values()].filter(({ muted_until: until }) => until && holds(until));
  }

  #muted() {
    const { room, office } = this.dialog;
    return this.#list(_("Muted"), this.#nowMuted(), ({ user, muted_until: until, mute_reason: why }) => ({
      user,
      words: why ? `${untilWords(until)}. ${why}` : untilWords(until),
      label: _("End the mute of {name}", { name: this.#name(user) }),
      end: room.may("mute") ? () => office.changeMember(user, { muted_until: null }) : null,
    }));
  }

  #banned() {
    const { office } = this.dialog;
    const bans = this.#bans.filter(({ until }) => holds(until));
    return this.#list(_("Banned"), bans, ({ user, until, reason }) => ({
      user,
      words: reason ? `${untilWords(until)}. ${reason}` : untilWords(until),
      label: _("End the ban of {name}", { name: this.#name(user) }),
      end: () => office.unban(user),
    }));
  }

  /**
   * @template T
   * @param {string} title @param {T[]} rows
   * @param {(row: T) => { user: string, words: string, label: string, end: (() => Promise<unknown>) | null }} show
   */
  #list(title, rows, show) {
    if (rows.length === 0) return nothing;
    return html`<section class="matters__list">
      <h3>${title}</h3>
      <ul>
        ${rows.map(show).map(
          ({ user, words, label, end }) =>
            html`<li class="matters__item">
              ${avatar(this.dialog.page.person(user), { size: "m" })}
              <div class="matters__what"><b class="cut">${this.#name(user)}</b><small dir="auto">${words}</small></div>
              ${end ? html`<button class="btn btn--s" type="button" aria-label=${label} @click=${() => void this.dialog.act(end)}>${_("End")}</button>` : nothing}
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #roles() {
    const { room, page } = this.dialog;
    const words = { owner: _("Owner"), moderator: _("Moderator"), member: _("Member"), guest: _("Guest") };
    const members = [...room.members.values()].sort(
      (a, b) => RANKS.indexOf(a.role) - RANKS.indexOf(b.role) || this.#name(a.user).localeCompare(this.#name(b.user)),
    );
    return html`<section class="matters__list">
      <h3>${_("Roles")}</h3>
      <ul>
        ${members.map(
          ({ user, role }) =>
            html`<li class="matters__item">
              ${avatar(page.person(user), { size: "m" })}
              <div class="matters__what"><b class="cut">${this.#name(user)}</b></div>
              <select
                class="input matters__role"
                aria-label=${_("Role of {name}", { name: this.#name(user) })}
                .value=${role}
                @change=${(/** @type {any} */ event) => void this.#setRole(user, event.target, role)}
              >
                ${Object.entries(words).map(([id, word]) => html`<option value=${id} ?selected=${id === role}>${word}</option>`)}
              </select>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  /** @param {string} user @param {HTMLSelectElement} field @param {string} before */
  async #setRole(user, field, before) {
    const role = /** @type {Wire.Role} */ (field.value);
    if (!(await this.dialog.act(() => this.dialog.office.changeMember(user, { role })))) field.value = before;
  }
}
