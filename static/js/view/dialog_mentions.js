/** What names one and is not read yet, in all rooms. */
import { html, nothing } from "lit";
import { _ } from "../core/index.js";
import { Dialog } from "./dialog.js";
import { gathered } from "./gathered.js";
import { emptyArt } from "./icons.js";
import { messageUrl, roomUrl } from "./router.js";
import { tabs } from "./tabs.js";
import { gist } from "./words_files.js";
import { says } from "./words_talk.js";

/** Of each room so many messages after the last one read are looked through; what lies beyond is found in the room. */
const LOOKED_THROUGH = 300;
const SHOWN = 200;

/** @param {View.Page} page */
export const openMentions = (page) => new Mentions(page).show();

/** Opened by its address, it comes before the list of rooms: until that is here, nobody knows what waits. @param {any} rooms */
async function listed(rooms) {
  while (!rooms.loaded && !rooms.recalled) {
    await new Promise((resolve) => rooms.addEventListener("change", resolve, { once: true }));
  }
}

class Mentions extends Dialog {
  /** @override */
  title = _("Mentions");
  /** @override */
  kind = "mentions";
  /** @override @type {import("./router.js").Layer | null} */
  layer = "mentions";
  /** @override */
  headed = true;
  looking = true;
  /** @type {{ room: any, messages: any[], rest: boolean }[]} */
  found = [];

  /** @override */
  show() {
    super.show();
    void this.#look();
  }

  async #look() {
    const { chat } = this.page;
    await listed(chat.rooms);
    const rooms = chat.rooms.list().filter((/** @type {any} */ room) => room.mentions > 0);
    await this.run(async () => {
      for (const room of rooms) {
        const { results } = await chat.messagesAfter(room.id, room.readSeq, LOOKED_THROUGH);
        const messages = results.filter((/** @type {any} */ one) => this.#namesMe(one));
        this.found.push({ room, messages, rest: messages.length < room.mentions });
        this.redraw();
      }
    });
    this.looking = false;
    this.redraw();
  }

  /** @param {any} message */
  #namesMe({ by, deleted, mentions }) {
    return by !== this.page.me.id && !deleted && mentions.includes(this.page.me.id);
  }

  /** @override */
  body() {
    const none = !this.looking && !this.problem && !this.found.length;
    if (none) {
      return html`<div class="empty empty--in">
        ${emptyArt()}
        <h3>${_("Nothing waits for you")}</h3>
        <p>${_("Messages that name you gather here until you have read them.")}</p>
      </div>`;
    }
    return html`<ul class="gatherings">
        ${this.found.map(({ room, messages, rest }) => this.#ofRoom(room, messages, rest))}
      </ul>
      ${this.looking ? html`<p role="status">${says.looking}</p>` : nothing} ${this.said()}`;
  }

  /** On a phone it is a page beside the list of rooms. @override */
  foot() {
    return html`<div class="only-phone">${tabs(this.page, "mentions")}</div>`;
  }

  /** @param {any} room @param {any[]} messages @param {boolean} rest */
  #ofRoom(room, messages, rest) {
    const more = {
      room: room.id,
      href: roomUrl(room.id),
      text: _("There are more, further on in the room."),
    };
    return html`${messages.map((message) => this.#entry(room, message))}${rest ? gathered(this.page, more) : nothing}`;
  }

  /** @param {any} room @param {any} message */
  #entry(room, message) {
    const name = this.page.person(message.by)?.display_name ?? says.someone;
    return gathered(this.page, {
      room: room.id,
      href: messageUrl(room.id, message.seq),
      text: _("{name}: {text}", { name, text: gist(message, SHOWN) }),
      at: message.at,
    });
  }
}
