/** Who somebody is whom a message names: their name, whether they are here, and a way to write to them. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { avatar } from "./avatars.js";
import { Float } from "./float.js";
import { problem } from "./words.js";

/** @type {Record<string, string>} */
const HERE = { online: _("Here"), away: _("Away"), offline: _("Offline") };

export class PersonCard extends Float {
  /** @override */
  kind = "card";
  problem = "";

  /** @param {View.Page} page @param {HTMLElement} opener @param {string} id */
  constructor(page, opener, id) {
    super(page, opener);
    this.id = id;
    this.label = page.person(id)?.display_name ?? "";
  }

  /** @override */
  body() {
    const user = this.page.person(this.id);
    if (!user) return nothing;
    const presence = this.page.chat.people.presence(this.id);
    const bot = user.kind === "bot";
    return html`<div class="card__head">
        ${avatar(user, { presence })}
        <div class="card__who">
          <b class="cut">${user.display_name}</b>
          <small class="cut"><bdi dir="ltr">@${user.username}</bdi></small>
        </div>
        <small>${bot ? _("Bot") : HERE[presence]}</small>
      </div>
      ${bot ? nothing : html`<button class="btn" type="button" @click=${this.#write}>${_("Write to {name}", { name: user.display_name })}</button>`}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}`;
  }

  #write = async () => {
    try {
      const room = await this.page.chat.openDirect([this.id]);
      this.close(false);
      this.page.where.goTo(room.id);
    } catch (error) {
      this.problem = problem(error);
      this.redraw();
    }
  };
}
