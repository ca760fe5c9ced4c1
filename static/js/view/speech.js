/** What of the page's news is spoken: others' messages, one's own that were refused, the connection's end and return. */
import { _ } from "../core/index.js";
import { lineText } from "./line.js";
import { refusal, waitHere } from "./words.js";

const STATES = /** @type {Record<string, string>} */ ({
  offline: "offline",
  unreachable: "offline",
  "signed-out": "signed-out",
  "up-to-date": "level",
});

export class Speech {
  #line = "";

  /** @param {View.Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {any} room @param {any} message of somebody else, that has just come */
  async message(room, message) {
    const { speakOf } = await import("./speak_of.js").catch(() => ({ speakOf: () => {} }));
    speakOf(this.page, room, message);
  }

  /** @param {any} outgoing */
  failed(outgoing) {
    this.page.announcer.alert(`${_("Not sent.")} ${refusal(outgoing.error)}`);
  }

  /** Outages are spoken when the line names them, and their end only if their beginning was. */
  line() {
    const { announcer, chat } = this.page;
    const { value } = chat.line;
    const now = STATES[value.state];
    if (!now || now === this.#line || value.stale) return;
    const before = this.#line;
    this.#line = now;
    if (now === "signed-out") announcer.alert(lineText(value));
    else if (now === "offline")
      announcer.say(value.waiting ? _("Offline: {messages}", { messages: waitHere(value.waiting) }) : _("Offline"));
    else if (before) announcer.say(_("Up to date"));
  }
}
