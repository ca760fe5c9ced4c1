/** What stands where nothing is yet, and where nothing can be. */
import { html, nothing } from "lit";
import { emptyArt } from "./icons.js";
import { openBrowse, openNewRoom, openPeople, openTopic } from "./dialogs.js";

/** A room without messages. @param {View.Page} page */
export function emptyRoom(page) {
  const { room } = page;
  if (!room) return nothing;
  if (room.kind === "direct") {
    return html`<div class="empty">
      ${emptyArt()}
      <h2>Nothing here yet</h2>
      <p>What you write here reaches ${page.titleOf(room)} and nobody else.</p>
    </div>`;
  }
  const asks = room.topic ? "Nobody has written yet." : "What is it for? A topic helps people decide whether to join.";
  return html`<div class="empty">
    ${emptyArt()}
    <h2>This room is new</h2>
    <p>${asks}</p>
    ${
      page.manages(room)
        ? html`<div class="empty__do">
          ${
            room.topic
              ? nothing
              : html`<button class="btn btn--s btn--go" type="button" @click=${() => openTopic(page)}>Write a topic</button>`
          }
          <button class="btn btn--s" type="button" @click=${() => openPeople(page)}>Add people</button>
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
    <h1>${none ? "You are in no room yet" : "Choose a room"}</h1>
    <p>${none ? "Open one, or see which rooms others have opened." : "Your rooms are on the left."}</p>
    ${
      none
        ? html`<div class="empty__do">
          <button class="btn btn--s btn--go" type="button" @click=${() => openNewRoom(page)}>New room</button>
          <button class="btn btn--s" type="button" @click=${() => openBrowse(page)}>Browse rooms</button>
        </div>`
        : nothing
    }
  </div>`;
}

/** The address names a room that cannot be shown. @param {View.Page} page */
export function notHere(page) {
  const { joinable, problem } = page.place;
  if (problem === "looking") return nothing;
  const back = html`<a class="btn btn--s" href=${page.urls.rooms}>Back to the rooms</a>`;
  if (joinable) {
    return html`<div class="empty">
      ${emptyArt()}
      <h1>You are not in ${joinable.name}</h1>
      <p>${joinable.topic || "It is open to everyone here."}</p>
      <div class="empty__do">
        <button class="btn btn--s btn--go" type="button" @click=${() => page.join(joinable.id)}>Join</button>
        ${back}
      </div>
    </div>`;
  }
  const [title, text] =
    problem === "left"
      ? ["You are not in this room any more", "What was said while you were in it stays in the room."]
      : problem === "not_found"
        ? ["There is no such room", "The address is wrong, or the room is not open to you."]
        : ["This room could not be loaded", "It comes as soon as the server answers."];
  return html`<div class="empty">
    ${emptyArt()}
    <h1>${title}</h1>
    <p>${text}</p>
    <div class="empty__do">${back}</div>
  </div>`;
}
