/** Name and topic of the open room. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { boot } from "./boot.js";
import { Dialog } from "./dialog.js";

/** @param {View.Page} page */
export const openTopic = (page) => new Topic(page).show();

class Topic extends Dialog {
  /** @override */
  title = _("Name and topic");
  noName = false;

  /** @param {View.Page} page */
  constructor(page) {
    super(page);
    this.room = page.room;
    this.before = { name: this.room.name, topic: this.room.topic };
  }

  /** @override */
  body() {
    return html`<form class="dialog__in" @submit=${this.#save}>
      <div class="field">
        <label for="topic">${_("Topic")}</label>
        <textarea
          class="input"
          id="topic"
          name="topic"
          rows="3"
          dir="auto"
          maxlength=${boot.limits.topicLength}
          .defaultValue=${this.before.topic}
          autofocus
        ></textarea>
        <p class="hint">${_("What the room is for, in a sentence or two.")}</p>
      </div>
      <div class="field">
        <label for="name">${_("Name")}</label>
        <input
          class="input"
          id="name"
          name="name"
          autocomplete="off"
          dir="auto"
          maxlength=${boot.limits.nameLength}
          .defaultValue=${this.before.name}
          aria-invalid=${this.noName ? "true" : nothing}
        />
        ${this.noName ? html`<p class="problem">${_("Write a name.")}</p>` : nothing}
      </div>
      ${this.said()}
      <div class="dialog__foot">
        <button class="btn" type="button" @click=${this.close}>${_("Cancel")}</button>
        <button class="btn btn--go" type="submit" ?disabled=${this.busy}>${_("Save")}</button>
      </div>
    </form>`;
  }

  #save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const name = String(data.get("name") ?? "").trim();
    const topic = String(data.get("topic") ?? "").trim();
    this.noName = name === "";
    if (!name) return this.redraw();
    const change = {
      ...(name === this.before.name ? {} : { name }),
      ...(topic === this.before.topic ? {} : { topic }),
    };
    const done = await this.run(async () => {
      if (Object.keys(change).length) await this.page.chat.changeRoom(this.room.id, change);
    });
    if (done) this.close();
  };
}
