/** A new room: name, who may find it, topic. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { boot } from "./boot.js";
import { Dialog } from "./dialog.js";

/** @param {View.Page} page */
export const openNewRoom = (page) => new NewRoom(page).show();

class NewRoom extends Dialog {
  /** @override */
  title = _("New room");
  noName = false;

  /** @override */
  body() {
    return html`<form class="dialog__in" @submit=${this.#create}>
      <div class="field">
        <label for="room-name">${_("Name")}</label>
        <input
          class="input"
          id="room-name"
          name="name"
          autocomplete="off"
          dir="auto"
          maxlength=${boot.limits.nameLength}
          aria-invalid=${this.noName ? "true" : nothing}
          aria-describedby="room-name-hint"
          autofocus
        />
        <p class=${this.noName ? "problem" : "hint"} id="room-name-hint">
          ${this.noName ? _("Write a name.") : _("Short and plain, like launch or field-reports.")}
        </p>
      </div>
      <fieldset class="choice">
        <legend class="field__label">${_("Who finds it")}</legend>
        ${choice("public", _("Everyone here"), _("Anyone can find it and join."), true)}
        ${choice("private", _("By invitation"), _("Only those whom you add know of it."), false)}
      </fieldset>
      <div class="field">
        <label for="room-topic">${_("Topic")} <span class="muted">${_("(not required)")}</span></label>
        <input
          class="input"
          id="room-topic"
          name="topic"
          autocomplete="off"
          dir="auto"
          maxlength=${boot.limits.topicLength}
          aria-describedby="room-topic-hint"
        />
        <p class="hint" id="room-topic-hint">${_("It helps people decide whether to join.")}</p>
      </div>
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close}>${_("Cancel")}</button>
        <button class="btn btn--go" type="submit" ?disabled=${this.busy}>${_("Open the room")}</button>
      </div>
    </form>`;
  }

  #create = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const [name, kind, topic] = ["name", "kind", "topic"].map((field) => String(data.get(field) ?? "").trim());
    this.noName = name === "";
    if (!name) return this.redraw();
    let room;
    const done = await this.run(async () => {
      room = await this.page.chat.createRoom({ name, kind, topic });
    });
    if (!done) return;
    this.close();
    this.page.where.goTo(/** @type {any} */ (room).id);
  };
}

/** @param {string} value @param {string} name @param {string} hint @param {boolean} checked */
const choice = (value, name, hint, checked) =>
  html`<label
    ><input type="radio" name="kind" value=${value} ?checked=${checked} /><b>${name}</b><small>${hint}</small></label
  >`;
