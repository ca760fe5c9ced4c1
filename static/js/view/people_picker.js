/** A field that finds people, the list of those found, and the dialog in which people are chosen by them. */
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { _ } from "../core/index.js";
import { avatar } from "./avatars.js";
import { Dialog } from "./dialog.js";
import { icon } from "./icons.js";

const SHOWN = 50;

/** @param {any} user @param {string} query lower case */
function matches(user, query) {
  const name = user.display_name.toLowerCase();
  return user.username.toLowerCase().includes(query) || name.includes(query);
}

export class PeopleDialog extends Dialog {
  query = "";
  /** Who is chosen, by id. @type {Map<string, any>} */
  chosen = new Map();

  /** @override */
  show() {
    void this.page.chat.findPeople("");
    super.show();
  }

  /** @param {Set<string>} leaveOut ids of those who cannot be chosen */
  picker(leaveOut = new Set()) {
    return peoplePicker({
      page: this.page,
      query: this.query,
      chosen: this.chosen,
      leaveOut,
      onQuery: (query) => {
        this.query = query;
        void this.page.chat.findPeople(query.replace(/^@/, ""));
        this.redraw();
      },
      onToggle: (user) => {
        if (!this.chosen.delete(user.id)) this.chosen.set(user.id, user);
        this.query = "";
        this.redraw();
      },
    });
  }
}

/**
 * @param {{ page: View.Page, query: string, chosen: Map<string, any>, leaveOut: Set<string>,
 *   onQuery: (query: string) => void, onToggle: (user: any) => void }} picker
 */
function peoplePicker({ page, query, chosen, leaveOut, onQuery, onToggle }) {
  const wanted = query.trim().toLowerCase().replace(/^@/, "");
  const all = page.chat.people
    .all()
    .filter((/** @type {any} */ user) => user.id !== page.me.id && !leaveOut.has(user.id));
  const found = all
    .filter((/** @type {any} */ user) => matches(user, wanted))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => a.display_name.localeCompare(b.display_name));
  return html`<div class="field">
      <label for="find-people">${_("Find people")}</label>
      <input
        class="input"
        id="find-people"
        type="search"
        autocomplete="off"
        spellcheck="false"
        .value=${query}
        @input=${(/** @type {any} */ event) => onQuery(event.target.value)}
        @keydown=${(/** @type {KeyboardEvent} */ event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (wanted && found[0]) onToggle(found[0]);
        }}
        autofocus
      />
    </div>
    ${
      chosen.size
        ? html`<div class="chips" role="group" aria-label=${_("Chosen")}>
          ${[...chosen.values()].map(
            (user) =>
              html`<button class="chip" type="button" aria-label=${_("Take {name} out", { name: user.display_name })} @click=${() => onToggle(user)}>
                ${avatar(user, { size: "s" })}<span class="cut">${user.display_name}</span>${icon("x", true)}
              </button>`,
          )}
        </div>`
        : nothing
    }
    <div class="opts" role="group" aria-label=${_("People")}>
      ${repeat(
        found.slice(0, SHOWN),
        (user) => user.id,
        (user) => person(user, chosen.has(user.id), onToggle),
      )}
      ${
        found.length === 0
          ? html`<p class="hint">${all.length ? _("Nobody has that name. Try fewer letters.") : _("There is nobody else here yet.")}</p>`
          : nothing
      }
    </div>
    <p class="sr" role="status">${wanted ? _("{n} found", { n: found.length }) : ""}</p>`;
}

/** @param {any} user @param {boolean} chosen @param {(user: any) => void} onToggle */
const person = (user, chosen, onToggle) =>
  html`<button class="opt" type="button" aria-pressed=${chosen ? "true" : "false"} @click=${() => onToggle(user)}>
    ${avatar(user, { size: "m" })}
    <span class="opt__name"><span class="cut">${user.display_name}</span></span>
    <small>${user.kind === "bot" ? _("Bot") : html`<bdi dir="ltr">@${user.username}</bdi>`}</small>
    ${chosen ? icon("check", true) : nothing}
  </button>`;
