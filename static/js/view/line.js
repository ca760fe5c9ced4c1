/** The line below the composer, and the banner above it. They say only what is so. */
import { html, nothing, svg } from "lit";
import { _, ngettext } from "../core/index.js";
import { whileDrawing } from "../core/line.js";
import { openUnsent } from "./dialogs.js";
import { icon } from "./icons.js";
import { roomInAddress, signInUrl } from "./router.js";
import { wish } from "./wishes.js";
import { waitHere, writing } from "./words.js";

/** Circumference of the pie's stroke circle (radius 5). */
const ROUND = 2 * Math.PI * 5;
const VISITS_WITH_HINT = 10;

/** The words of a state. @param {any} value a Core.Line */
export function lineText({ state, done, total, waiting, retryInS }) {
  switch (state) {
    case "connecting":
      return _("Connecting");
    case "catching-up":
      return total > 0 ? _("Catching up: {done} of {total}", { done, total }) : _("Catching up");
    case "reconnecting":
      return _("Reconnecting");
    case "offline":
      return waiting ? _("Offline: {messages}", { messages: waitHere(waiting) }) : _("Offline");
    case "unreachable":
      return retryInS
        ? _("Cannot reach the server. Trying again in {n} s", { n: retryInS })
        : _("Cannot reach the server. Trying again");
    case "signed-out":
      return waiting ? _("Signed out. {messages}", { messages: waitHere(waiting) }) : _("Signed out");
    case "new-version":
      return _("A new version is ready.");
    default:
      return _("Up to date");
  }
}

const LOOKS = /** @type {Record<string, string>} */ ({
  connecting: "unsure",
  "up-to-date": "level",
  "catching-up": "catching",
  reconnecting: "hollow",
  offline: "off",
  unreachable: "off",
  "signed-out": "off",
  "new-version": "square",
});

/** @param {string} look @param {number} share how much of the pie is full */
function dot(look, share) {
  if (look === "square") return svg`<rect x="3" y="3" width="14" height="14" rx="2"></rect>`;
  if (look === "catching") {
    return svg`<circle class="conn__ring" cx="10" cy="10" r="5"></circle
      ><circle class="conn__pie" cx="10" cy="10" r="5" transform="rotate(-90 10 10)"
        stroke-dasharray="${share * ROUND} ${ROUND}"></circle>`;
  }
  return svg`<circle cx="10" cy="10" r=${look === "level" || look === "unsure" ? 10 : 8}></circle>`;
}

/** @param {View.Page} page */
export function line(page) {
  const value = whileDrawing(page.chat.line.value, page.list.lagMs);
  const look = value.stale ? "unsure" : (LOOKS[value.state] ?? "unsure");
  const share = value.total > 0 ? value.done / value.total : 0;
  return html`<div class="line">
    <span class="line__hint cut">${hint(page)}</span>
    ${value.failed ? html`<button class="link note note--over" type="button" aria-haspopup="dialog" @click=${() => openUnsent(page)}>${_("{n} not sent", { n: value.failed })}</button>` : nothing}
    <span class="conn" id="line" data-state=${look}>
      <svg class="conn__dot" viewBox="0 0 20 20" aria-hidden="true">${dot(look, share)}</svg>
      <span>${lineText(value)}${action(value)}</span>
    </span>
  </div>`;
}

/** @param {any} value */
function action({ state, waiting }) {
  if (state === "signed-out")
    return html`. <a href=${signInUrl()}>${waiting ? _("Sign in to send them") : _("Sign in")}</a>`;
  if (state === "new-version")
    return html` <button type="button" @click=${() => location.reload()}>${_("Reload")}</button>`;
  return nothing;
}

/** Who is writing; otherwise, on the first visits, how the keys work. @param {View.Page} page */
function hint(page) {
  const names = (page.room?.typing ?? []).map(
    (/** @type {string} */ id) => page.person(id)?.display_name ?? _("Someone"),
  );
  if (names.length) return writing(names);
  if (!page.room || page.room.archived || page.composer.touch || visits() > VISITS_WITH_HINT) return "";
  return wish("enter") === "break"
    ? _("Enter starts a line, Shift Enter sends")
    : _("Enter sends, Shift Enter starts a line");
}

/** @type {number | undefined} */
let counted;

/** How often this page was opened on this device, this time included. */
function visits() {
  if (counted !== undefined) return counted;
  try {
    counted = Number(localStorage.getItem("parley.visits") ?? 0) + 1;
    localStorage.setItem("parley.visits", String(counted));
  } catch {
    counted = 1;
  }
  return counted;
}

/** @param {View.Page} page */
export function banner(page) {
  const { line: state, outbox } = page.chat;
  const cutOff = !["up-to-date", "catching-up", "new-version"].includes(state.value.state);
  if (!outbox.durable && (cutOff || outbox.waiting > 0)) {
    return html`<div class="banner">
      ${icon("circle-alert")}
      <p>${_("This browser cannot keep messages. Do not close the page yet.")}</p>
    </div>`;
  }
  if (!state.value.banner || !roomInAddress()) return nothing;
  return state.value.state === "signed-out" ? signedOut(state.value) : offline(page, state.value);
}

/** @param {any} value */
const signedOut = ({ waiting }) =>
  html`<div class="banner">
    ${icon("circle-alert")}
    <p><b>${_("Signed out.")}</b> ${waiting ? `${waitHere(waiting)}. ` : ""}${_("What you write here is kept until you sign in again.")}</p>
    <a class="btn btn--s" href=${signInUrl()}>${waiting ? _("Sign in to send them") : _("Sign in")}</a>
  </div>`;

/** @param {View.Page} page @param {any} value */
function offline(page, { state, waiting }) {
  const connected = ["up-to-date", "catching-up", "new-version"].includes(state);
  const title = connected ? _("Back.") : state === "unreachable" ? _("Cannot reach the server.") : _("Offline.");
  const kept = waiting
    ? ngettext(
        "{n} message waits here. It goes out, in order, when the connection is back.",
        "{n} messages wait here. They go out, in order, when the connection is back.",
        waiting,
      )
    : _("What you write waits here and goes out, in order, when the connection is back.");
  const words = connected
    ? waiting
      ? ngettext("{n} message goes out now.", "{n} messages go out now.", waiting)
      : _("All is sent.")
    : kept;
  return html`<div class="banner">
    ${icon(connected ? "check" : "wifi-off")}
    <p><b>${title}</b> ${words}</p>
    ${
      connected
        ? nothing
        : html`<button class="btn btn--s" type="button" @click=${() => page.chat.line.tryNow()}>${_("Try now")}</button>`
    }
  </div>`;
}
