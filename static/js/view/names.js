/** What a name in a message means: a person, a room, or oneself. */
import { roomUrl } from "./router.js";

export class Names {
  #mine;

  /** @param {View.Page} page */
  constructor({ chat, me }) {
    this.chat = chat;
    this.me = me;
    this.#mine = new RegExp(`(?<![\\w@./-])@${me.username.replace(/[.-]/g, "\\$&")}(?![\\w-])`, "i");
  }

  /** A person's. @param {string} username */
  person = (username) => {
    const user = this.chat.people.byUsername(username);
    return user && { id: user.id, label: user.display_name, me: user.id === this.me.id };
  };

  /** A room's; none where two rooms have it. @param {string} name */
  room = (name) => {
    const low = name.toLowerCase();
    const rooms = this.chat.rooms
      .list()
      .filter((/** @type {any} */ room) => room.kind !== "direct" && room.name.toLowerCase() === low);
    return rooms.length === 1 ? { href: roomUrl(rooms[0].id), label: rooms[0].name } : undefined;
  };

  /** Whether a text has one's own name in it. @param {string} text */
  mine(text) {
    return this.#mine.test(text);
  }
}
