/** What stands where nothing is yet, and where nothing can be. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { emptyArt } from "./icons.js";
import { openBrowse, openDrafts, openNewRoom, openPeople, openTopic, openUnsent } from "./dialogs.js";

/** A room without messages. @param {View.Page} page */
export function emptyRoom(page) {
  const { room } = page;
  if (!room) return nothing;
  if (room.kind === "direct") {
    return html`<div class="empty">
      ${emptyArt()}
      <h2>${_("Nothing here yet")}</h2>
      <p>${_("What you write here reaches {names} and nobody else.", { names: page.titleOf(room) })}</p>
    </div>`;
  }
  const asks = room.topic
    ? _("Nobody has written yet.")
    : _("What is it for? A topic helps people decide whether to join.");
  return html`<div class="empty">
    ${emptyArt()}
    <h2>${_("This room is new")}</h2>
    <p>${asks}</p>
    ${
      page.manages(room)
        ? html`<div class="empty__do">
          ${
            room.topic
              ? nothing
              : html`<button class="btn btn--s btn--go" type="button" @click=${() => openTopic(page)}>${_("Write a topic")}</button>`
          }
          <button class="btn btn--s" type="button" @click=${() => openPeople(page)}>${_("Add people")}</button>
        </div>`
        : nothing
    }
  </div>`;
}

/** No room is chosen. @param {View.Page} page */
export function noRoom(page) {
  const none = page.chat.rooms.loaded && page.chat.rooms.list().length === 0;
  return html`<div class="empty">
    ${emptyArt()}
    <h1>${none ? _("You are in no room yet") : _("Choose a room")}</h1>
    <p>${none ? _("Open one, or see which rooms others have opened.") : _("Your rooms are in the list beside this.")}</p>
    ${
      none
        ? html`<div class="empty__do">
          <button class="btn btn--s btn--go" type="button" @click=${() => openNewRoom(page)}>${_("New room")}</button>
          <button class="btn btn--s" type="button" @click=${() => openBrowse(page)}>${_("Browse rooms")}</button>
        </div>`
        : nothing
    }
  </div>`;
}

/** The address names a room that cannot be shown. @param {View.Page} page */
export function notHere(page) {
  const { joinable, problem } = page.where;
  if (problem === "looking") return nothing;
  const back = html`<a class="btn btn--s" href=${page.urls.rooms}>${_("Back to the rooms")}</a>`;
  if (joinable) {
    return html`<div class="empty">
      ${emptyArt()}
      <h1>${_("You are not in {room}", { room: joinable.name })}</h1>
      <p>${joinable.topic || _("It is open to everyone here.")}</p>
      <div class="empty__do">
        <button class="btn btn--s btn--go" type="button" @click=${() => page.where.join(joinable.id)}>${_("Join")}</button>
        ${back}
      </div>
    </div>`;
  }
  const [title, text] =
    problem === "left"
      ? [_("You are not in this room any more"), _("What was said while you were in it stays in the room.")]
      : problem === "not_found"
        ? [_("There is no such room"), _("The address is wrong, or the room is not open to you.")]
        : [_("This room could not be loaded"), _("It comes as soon as the server answers.")];
  return html`<div class="empty">
    ${emptyArt()}
    <h1>${title}</h1>
    <p>${text}</p>
    <div class="empty__do">${problem === "left" ? kept(page) : nothing}${back}</div>
  </div>`;
}

/** What was written in a room that one is not in any more is here still. @param {View.Page} page */
const kept = (page) =>
  html`${page.chat.outbox.failed ? button(_("See what was not sent"), () => openUnsent(page)) : nothing}
  ${page.chat.drafts.has(page.where.id) ? button(_("See your draft"), () => openDrafts(page)) : nothing}`;

/** @param {string} words @param {() => unknown} act */
const button = (words, act) => html`<button class="btn btn--s" type="button" @click=${act}>${words}</button>`;
