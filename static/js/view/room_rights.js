/** Who may do what in the room: sixteen rights of four roles. What differs from the site's own rules is marked. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";

const ROLES = [
  { role: "owner", words: _("Owners") },
  { role: "moderator", words: _("Moderators") },
  { role: "member", words: _("Members") },
  { role: "guest", words: _("Guests") },
];

const RIGHTS = [
  { right: "read_history", words: _("Read what was said before they came") },
  { right: "post", words: _("Write") },
  { right: "reply", words: _("Reply") },
  { right: "react", words: _("React") },
  { right: "attach", words: _("Attach files") },
  { right: "mention_everyone", words: _("Mention everyone") },
  { right: "invite", words: _("Add and invite people") },
  { right: "remove", words: _("Remove members") },
  { right: "mute", words: _("Mute members") },
  { right: "ban", words: _("Ban people") },
  { right: "edit_others", words: _("Edit what others said") },
  { right: "delete_others", words: _("Delete what others said, see reports") },
  { right: "pin", words: _("Pin messages") },
  { right: "change_topic", words: _("Change name and topic") },
  { right: "change_settings", words: _("Change settings") },
  { right: "archive", words: _("Close the room") },
];

export class Rights {
  /** @type {Core.Rights | null} */
  #rights = null;

  /** @param {import("./dialog_room.js").RoomSettings} dialog */
  constructor(dialog) {
    this.dialog = dialog;
  }

  async load() {
    const rights = await this.dialog.office.rights();
    if (!this.dialog.busy) this.#rights = rights;
  }

  body() {
    if (!this.#rights) return nothing;
    return html`<p class="muted">${_("A dot marks what this room decides by itself, with the site's word under it. Everything else follows the site.")}</p>
      <div class="rights" tabindex="0" role="group" aria-label=${_("Who may do what")}>
        <table>
          <thead>
            <tr>
              <td></td>
              ${ROLES.map(({ words }) => html`<th scope="col">${words}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${RIGHTS.map(
              ({ right, words }) =>
                html`<tr>
                  <th scope="row">${words}</th>
                  ${ROLES.map((role) => html`<td>${this.#cell(role, right, words)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  /** @param {typeof ROLES[0]} of @param {string} right @param {string} words */
  #cell({ role, words: who }, right, words) {
    const allowed = this.#rights?.permissions[role]?.[right] ?? false;
    const own = this.#rights?.rules[role]?.[right] !== undefined;
    const site = this.#rights?.below[role]?.[right] ? _("site: yes") : _("site: no");
    const label = own ? _("{who}: {what} (this room's own; {site})", { who, what: words, site }) : `${who}: ${words}`;
    return html`<label class=${own ? "rights__cell rights__cell--own" : "rights__cell"} title=${label}>
      <input
        type="checkbox"
        aria-label=${label}
        .checked=${allowed}
        ?disabled=${this.dialog.room.archived}
        @change=${(/** @type {any} */ event) => void this.#set(role, right, event.target, own)}
      />
      ${own ? html`<small aria-hidden="true">${site}</small>` : nothing}
    </label>`;
  }

  /** @param {string} role @param {string} right @param {HTMLInputElement} box @param {boolean} own */
  async #set(role, right, box, own) {
    const allowed = box.checked;
    const done = await this.dialog.run(async () => {
      this.#rights = await this.dialog.office.allow(role, right, allowed, own);
    });
    if (!done) box.checked = !allowed;
  }
}
