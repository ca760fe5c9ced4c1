/** Oneself at the foot of the rooms pane: name, theme, sign out. */
import { html } from "lit";
import { _, ngettext } from "../core/index.js";
import { avatar } from "./avatars.js";
import { live } from "lit/directives/live.js";
import { openLook, openNotify } from "./dialogs.js";
import { icon } from "./icons.js";
import { choose, chosen } from "./look.js";

/** @type {Record<string, string>} */
const HERE = { online: _("Here"), away: _("Away") };

const THEMES = [
  ["", _("System")],
  ["light", _("Light")],
  ["dark", _("Dark")],
];

/** @param {View.Page} page */
export function meRow(page) {
  const { me } = page;
  const presence = page.chat.people.presence(me.id);
  return html`<div class="me">
    ${avatar(me, { size: "m", presence })}
    <div class="me__name">
      <b class="cut" title=${me.display_name}>${me.display_name}</b><small class="cut">${HERE[presence] ?? html`<bdi dir="ltr">@${me.username}</bdi>`}</small>
    </div>
    <button class="icon" type="button" aria-label=${_("Settings and sign out")} title=${_("Settings and sign out")} popovertarget="me-menu">
      ${icon("sliders-horizontal")}
    </button>
    <div class="me__menu" id="me-menu" popover aria-label=${_("Settings and sign out")} role="group">
      <fieldset>
        <legend>${_("Theme")}</legend>
        <div class="seg" @change=${(/** @type {any} */ event) => choose("theme", event.target.value)}>
          ${THEMES.map(themeChoice)}
        </div>
      </fieldset>
      <button class="btn" type="button" popovertarget="me-menu" popovertargetaction="hide" @click=${() => openLook(page)}>
        ${icon("a-large-small", true)}${_("Settings on this device")}
      </button>
      <button class="btn" type="button" popovertarget="me-menu" popovertargetaction="hide" @click=${() => openNotify(page)}>${_("Notifications")}</button>
      <a class="btn" href=${page.urls.account}>${_("Your account")}</a>
      <form method="post" action=${page.urls.signOut} @submit=${(/** @type {SubmitEvent} */ event) => signOut(page, event)}>
        <input type="hidden" name="csrfmiddlewaretoken" value="" />
        <button class="btn" type="submit">${_("Sign out")}</button>
      </form>
    </div>
  </div>`;
}

/** @param {string[]} theme */
const themeChoice = ([theme, name]) =>
  html`<label
    ><input type="radio" name="theme" value=${theme} .checked=${live(chosen("theme") === theme)} />${name}</label
  >`;

/** @param {number} n */
const leaving = (n) =>
  ngettext(
    "{n} message waits here. It goes out when you sign in again on this device. Sign out?",
    "{n} messages wait here. They go out when you sign in again on this device. Sign out?",
    n,
  );

/** Signing out keeps what waits here; the person is told, because it will not go out until they come back. */
function signOut(/** @type {View.Page} */ page, /** @type {SubmitEvent} */ event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const { waiting } = page.chat.outbox;
  if (waiting > 0 && !confirm(leaving(waiting))) {
    event.preventDefault();
    return;
  }
  const token = /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  /** @type {HTMLInputElement} */ (form.elements.namedItem("csrfmiddlewaretoken")).value = token;
}
