/**
 * Completion in the message field: `@` people, `#` rooms, `:` emoji. The field stays a plain text box; the list beside it
 * is named by `aria-controls` and `aria-activedescendant`.
 */
import { html, nothing } from "lit";
import { avatar } from "./avatars.js";
import { icon, roomGlyph } from "./icons.js";
import { roomUrl } from "./router.js";
import { people, says, tells } from "./words_talk.js";

const MOST = 8;
const TRIGGER = /(?:^|[\s(])([@#:])([\p{L}\p{N}_.+-]*)$/u;
/** An emoji is looked for from this many letters on: a colon alone is a colon. */
const EMOJI_FROM = 2;

/** @typedef {{ key: string, mark: unknown, name: string, small: string, text: string }} Option `text`: what is written */

export class Completion {
  /** @type {Option[]} */
  options = [];
  chosen = 0;
  /** Where the word begins that is being completed. */
  #from = 0;
  /** What is being completed, in small letters. */
  #word = "";
  /** Closed with Esc: nothing is offered for this word again. */
  #dismissed = -1;
  /** @type {typeof import("./emoji.js") | null} */
  #emoji = null;

  /** @param {View.Page} page @param {HTMLTextAreaElement} field @param {(text: string, from: number, to: number) => void} write */
  constructor(page, field, write) {
    this.page = page;
    this.field = field;
    this.write = write;
  }

  get open() {
    return this.options.length > 0;
  }

  /** The text or the caret has changed. */
  update() {
    const end = this.field.selectionStart;
    const before = this.field.value.slice(0, end);
    const found = this.field.selectionEnd === end ? TRIGGER.exec(before) : null;
    const [, sign, word] = found ?? [];
    if (!sign || word === undefined) return this.close();
    this.#from = end - word.length - 1;
    if (this.#dismissed === this.#from) return;
    this.#dismissed = -1;
    this.#word = word.toLowerCase();
    this.options = this.#find(sign, this.#word);
    this.chosen = 0;
    this.page.schedule();
  }

  close(dismiss = false) {
    if (dismiss) this.#dismissed = this.#from;
    if (!this.open) return;
    this.options = [];
    this.page.schedule();
  }

  /** @param {string} sign @param {string} word @returns {Option[]} */
  #find(sign, word) {
    if (sign === "@") return this.#people(word);
    if (sign === "#") return this.#rooms(word);
    return word.length < EMOJI_FROM ? [] : this.#emojiNamed(word);
  }

  /** Those in the room; by the beginning of a name before its middle. @param {string} word @returns {Option[]} */
  #people(word) {
    const { page } = this;
    const known = page.chat.people;
    const people = [...new Set([...page.room.members.keys(), ...page.room.people])]
      .filter((id) => id !== page.me.id)
      .map((id) => known.peek(id));
    // Of a large room only those are known who were seen here.
    if (word && people.includes(undefined))
      void known.find(word).then((/** @type {boolean} */ some) => some && this.update());
    const ranked = people
      .filter(Boolean)
      .map((user) => ({ user, rank: rank(`${user.display_name} ${user.username}`, word) }));
    return [...this.#everyone(word), ...best(ranked).map((/** @type {any} */ each) => this.#person(each.user))].slice(
      0,
      MOST,
    );
  }

  /** Offered to those who may. @param {string} word @returns {Option[]} */
  #everyone(word) {
    const { page } = this;
    if (!page.room.may("mention_everyone") || !"everyone".startsWith(word)) return [];
    const mark = html`<span class="opt__emoji">${icon("users")}</span>`;
    const small = tells(page.othersIn(page.room).length);
    return [{ key: "everyone", mark, name: says.everyone, small, text: "@everyone " }];
  }

  /** @param {any} user @returns {Option} */
  #person(user) {
    const presence = this.page.chat.people.presence(user.id);
    return {
      key: user.id,
      mark: avatar(user, { size: "m", presence }),
      name: user.display_name,
      small: `@${user.username}`,
      text: `@${user.username} `,
    };
  }

  /** @param {string} word @returns {Option[]} */
  #rooms(word) {
    const rooms = this.page.chat.rooms.list().filter((/** @type {any} */ room) => room.kind !== "direct");
    /** @type {{ room: any, rank: number }[]} */
    const ranked = rooms.map((/** @type {any} */ room) => ({ room, rank: rank(room.name, word) }));
    return best(ranked).map(({ room }) => ({
      key: room.id,
      mark: roomGlyph(room.kind, false),
      name: room.name,
      small: room.members.size ? people(room.members.size) : "",
      text: `${roomText(room, rooms)} `,
    }));
  }

  /** @param {string} word @returns {Option[]} */
  #emojiNamed(word) {
    if (!this.#emoji) {
      void import("./emoji.js").then((module) => {
        this.#emoji = module;
        this.update();
      });
      return [];
    }
    return this.#emoji.find(word, MOST).map((one) => ({
      key: one.emoji,
      mark: html`<span class="opt__emoji">${one.emoji}</span>`,
      name: one.name,
      small: one.codes[0] ? `:${one.codes[0]}:` : "",
      text: `${one.emoji} `,
    }));
  }

  /** A key in the field; true: it was for the list. @param {KeyboardEvent} event */
  keys(event) {
    if (!this.open || event.isComposing) return false;
    const { length } = this.options;
    if (event.key === "ArrowDown") this.chosen = (this.chosen + 1) % length;
    else if (event.key === "ArrowUp") this.chosen = (this.chosen + length - 1) % length;
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.chosen);
    else if (event.key === "Escape") this.close(true);
    else return false;
    this.page.schedule();
    return true;
  }

  /** @param {number} index */
  take(index) {
    const option = this.options[index];
    if (!option) return;
    this.write(option.text, this.#from, this.field.selectionStart);
    this.close();
  }

  template() {
    if (!this.open) return nothing;
    return html`<ul class="pick" id="pick" role="listbox" aria-label=${says.completions}>
      ${this.options.map(
        (option, index) =>
          html`<li
            class="opt"
            id=${`pick-${index}`}
            role="option"
            aria-selected=${index === this.chosen ? "true" : "false"}
            @pointerdown=${(/** @type {Event} */ event) => {
              event.preventDefault();
              this.take(index);
            }}
          >
            ${option.mark}<span class="cut">${found(option.name, this.#word)}</span><small>${option.small}</small>
          </li>`,
      )}
    </ul>`;
  }
}

/** The name with what was found in it underlined: where a word begins so, before its middle. @param {string} name @param {string} word */
function found(name, word) {
  const low = name.toLowerCase();
  let at = low.indexOf(word);
  for (let next = at; next > 0; next = low.indexOf(word, next + 1)) {
    if (!/[\s._-]/.test(low[next - 1] ?? "")) continue;
    at = next;
    break;
  }
  if (!word || at < 0 || low.length !== name.length) return name;
  return html`${name.slice(0, at)}<mark>${name.slice(at, at + word.length)}</mark>${name.slice(at + word.length)}`;
}

/** 0: it begins so; 1: a word of it does; 2: it holds it; 3: no. @param {string} text @param {string} word */
function rank(text, word) {
  const low = text.toLowerCase();
  if (low.startsWith(word)) return 0;
  if (low.split(/[\s._-]+/u).some((part) => part.startsWith(word))) return 1;
  return low.includes(word) ? 2 : 3;
}

/** @template {{ rank: number }} T @param {T[]} ranked @returns {T[]} */
const best = (ranked) =>
  ranked
    .filter((each) => each.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST);

/** "#launch" where that says which room is meant, else a link. @param {any} room @param {any[]} rooms */
function roomText(room, rooms) {
  const plain = /^[\p{L}\p{N}_-]+$/u.test(room.name);
  const same = rooms.filter((one) => one.name.toLowerCase() === room.name.toLowerCase());
  if (plain && same.length === 1) return `#${room.name}`;
  return `[#${room.name.replace(/[[\]\\`*_<>]/g, "\\$&")}](${location.origin}${roomUrl(room.id)})`;
}
