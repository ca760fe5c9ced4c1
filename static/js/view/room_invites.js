/** Links that let people in: made, listed, taken back. */
import { html, nothing } from "lit";
import { _, ngettext } from "../core/index.js";
import { holds, inHours, lasting, select, untilWords } from "./room_parts.js";

const ROLES = /** @type {Record<string, string>} */ ({
  owner: _("Owner"),
  moderator: _("Moderator"),
  member: _("Member"),
  guest: _("Guest"),
});

export class Invites {
  /** @type {Core.Invite[]} */
  #invites = [];
  /** The one that was just made: only now its address is known. @type {Core.Invite | null} */
  #made = null;

  /** @param {import("./dialog_room.js").RoomSettings} dialog */
  constructor(dialog) {
    this.dialog = dialog;
  }

  async load() {
    this.#invites = await this.dialog.office.invites();
  }

  body() {
    return html`${this.dialog.room.archived ? nothing : this.#form()} ${this.#made ? this.#link(this.#made) : nothing}
    ${this.#list()}`;
  }

  #form() {
    const own = Object.keys(ROLES).indexOf(this.dialog.room.myRole);
    const roles = Object.entries(ROLES).filter((_role, rank) => own === 0 || rank > own || (rank === own && own > 1));
    return html`<form class="matters__form" @submit=${this.#make}>
      ${select({ name: "role", label: _("They come as"), value: "member", choices: roles })}
      ${select({ name: "hours", label: _("Good"), value: "168", choices: lasting() })}
      ${select({
        name: "uses",
        label: _("For"),
        value: "",
        choices: [
          ...[1, 10, 100].map(
            (n) => /** @type {[string, string]} */ ([String(n), ngettext("{n} person", "{n} people", n)]),
          ),
          ["", _("any number of people")],
        ],
      })}
      <button class="btn btn--go" type="submit" ?disabled=${this.dialog.busy}>${_("Make a link")}</button>
    </form>`;
  }

  #make = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const told = (/** @type {string} */ name) => String(data.get(name) ?? "");
    await this.dialog.act(async () => {
      this.#made = await this.dialog.office.invite({
        role: /** @type {Wire.Role} */ (told("role")),
        expires_at: inHours(told("hours")),
        max_uses: told("uses") ? Number(told("uses")) : null,
      });
    });
  };

  /** @param {Core.Invite} invite */
  #link({ url = "" }) {
    return html`<div class="field">
      <label for="made-link">${_("The new link, shown only now")}</label>
      <div class="matters__row">
        <input class="input" id="made-link" readonly .value=${url} @focus=${(/** @type {any} */ event) => event.target.select()} />
        <button class="btn" type="button" @click=${() => void this.dialog.page.acts.copy(url, _("Copied"))}>${_("Copy")}</button>
      </div>
    </div>`;
  }

  #list() {
    const good = this.#invites.filter((invite) => holds(invite.expires_at));
    if (good.length === 0) return html`<p class="muted">${_("No link lets anybody in now.")}</p>`;
    return html`<section class="matters__list">
      <h3>${_("Links that work")}</h3>
      <ul>
        ${good.map(
          (invite) =>
            html`<li class="matters__item">
              <div class="matters__what">
                <b>${ROLES[invite.role]}</b>
                <small>${untilWords(invite.expires_at)}${_(", ")}${
                  invite.max_uses === null
                    ? ngettext("used once", "used {n} times", invite.uses)
                    : _("used {n} of {most}", { n: invite.uses, most: invite.max_uses })
                }</small>
              </div>
              <button class="btn btn--s" type="button" @click=${() => void this.#end(invite.id)}>${_("Take back")}</button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  /** @param {string} id */
  async #end(id) {
    await this.dialog.act(() => this.dialog.office.endInvite(id));
    if (this.#made?.id === id) this.#made = null;
    this.dialog.redraw();
  }
}
