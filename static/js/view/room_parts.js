/** Small parts of the room's settings. */
import { html } from "lit";
import { _, ngettext } from "../core/index.js";

const DAY_MS = 86_400_000;

/**
 * A field in which one of some values is chosen.
 * @param {{ name: string, label: string, value: string, choices: [string, string][], onChange?: (value: string) => void }} field
 */
export const select = ({ name, label, value, choices, onChange = () => {} }) =>
  html`<div class="field">
    <label for=${`set-${name}`}>${label}</label>
    <select class="input" id=${`set-${name}`} name=${name} @change=${(/** @type {any} */ event) => onChange(event.target.value)}>
      ${choices.map(([id, words]) => html`<option value=${id} ?selected=${id === value}>${words}</option>`)}
    </select>
  </div>`;

/** How long something lasts: choices for `select`; the empty one is for ever. @type {() => [string, string][]} */
export const lasting = () => [
  ...[1, 24, 7 * 24, 30 * 24].map(
    (hours) =>
      /** @type {[string, string]} */ ([
        String(hours),
        hours < 24 ? ngettext("{n} hour", "{n} hours", hours) : ngettext("{n} day", "{n} days", hours / 24),
      ]),
  ),
  ["", _("for ever")],
];

/** The moment so many hours from now, as the wire tells it; null for ever. @param {string} hours */
export const inHours = (hours) => (hours ? new Date(Date.now() + (Number(hours) / 24) * DAY_MS).toISOString() : null);

/** Whether it has not ended yet. @param {string | null | undefined} until */
export const holds = (until) => !until || Date.parse(until) > Date.now();

/** When it ends. @param {string | null | undefined} until */
export const untilWords = (until) =>
  until
    ? _("until {when}", {
        when: new Date(until).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }),
      })
    : _("for ever");
