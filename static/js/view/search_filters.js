/** The filters of search: which are offered for what is typed, and how one gets into the text. */
import { _ } from "../core/index.js";

const MOST = 6;
/** A filter at the end of the text that is being written: its name, and what there is of its value. */
const WRITING = /(?:^|\s)(from|in|before|after|has):(?:"([^"]*)|([^"\s]*))$/iu;

/** A filter at the end that says nothing yet. */
const UNFINISHED =
  /(?:^|\s)(?:(?:from|in):"?|has:(?!(?:link|file|image)$)\S*|(?:before|after):(?!(?:today|yesterday|\d{4}-\d\d-\d\d)$)\S*)$/iu;

/** Whether the filter that is being written says nothing yet: then it is not searched while somebody types. @param {string} q */
export const unfinished = (q) => UNFINISHED.test(q);

/** What there is of a person's name while a `from:` is written. @param {string} q */
export function sender(q) {
  const [, name, quoted, value] = WRITING.exec(q) ?? [];
  return name?.toLowerCase() === "from" ? (quoted ?? value ?? "").replace(/^@/, "") : "";
}

/** @typedef {{ key: string, name: string, text: string, on?: boolean }} Offer `text`: the filter as it is written */

/**
 * What fits where one writes, else the filters there are.
 * @param {View.Page} page @param {string} q @returns {Offer[]}
 */
export function offers(page, q) {
  const [, name, quoted, value] = WRITING.exec(q) ?? [];
  const values = name ? complete(page, name.toLowerCase(), (quoted ?? value ?? "").toLowerCase()) : [];
  return values.length ? values : plain(q);
}

/** @param {string} q @returns {Offer[]} */
function plain(q) {
  const written = new Set(q.toLowerCase().split(/\s+/u));
  const switches = [
    { text: "from:me", name: _("From me") },
    { text: "has:link", name: _("With a link") },
    { text: "has:file", name: _("With a file") },
    { text: "has:image", name: _("With a picture") },
  ].map((each) => ({ ...each, key: each.text, on: written.has(each.text) }));
  const begun = [
    { text: "from:", name: _("From a person") },
    { text: "in:", name: _("In a room") },
    { text: "after:", name: _("After a day") },
    { text: "before:", name: _("Before a day") },
  ].map((each) => ({ ...each, key: each.text }));
  return [...begun, ...switches];
}

/** @param {View.Page} page @param {string} name @param {string} value @returns {Offer[]} */
function complete(page, name, value) {
  const fits = (/** @type {string[]} */ ...names) =>
    names.some((each) => each.toLowerCase().includes(value.replace(/^[@#]/, "")));
  const made = (/** @type {string} */ word, /** @type {string} */ shown) => ({
    key: `${name}:${word}`,
    name: shown,
    text: `${name}:${/\s/u.test(word) ? `"${word}"` : word} `,
  });
  if (name === "from") {
    return page.chat.people
      .all()
      .filter((/** @type {any} */ user) => fits(user.username, user.display_name))
      .slice(0, MOST)
      .map((/** @type {any} */ user) => made(user.username, user.display_name));
  }
  if (name === "in") {
    return page.chat.rooms
      .list()
      .filter((/** @type {any} */ room) => fits(page.titleOf(room)))
      .slice(0, MOST)
      .map((/** @type {any} */ room) => made(roomWord(page, room), page.titleOf(room)));
  }
  if (name === "has") {
    const kinds = { link: _("With a link"), file: _("With a file"), image: _("With a picture") };
    return Object.entries(kinds)
      .filter(([kind]) => kind.startsWith(value) && kind !== value)
      .map(([kind, shown]) => made(kind, shown));
  }
  const days = { today: _("Today"), yesterday: _("Yesterday") };
  return Object.entries(days)
    .filter(([day]) => day.startsWith(value) && day !== value)
    .map(([day, shown]) => made(day, shown));
}

/** A room of two by the other's name; one that has no name of its own, or a quote in it, by its id. @param {View.Page} page @param {any} room */
function roomWord(page, room) {
  const others = page.othersIn(room);
  if (room.kind === "direct") return (others.length === 1 && page.person(others[0])?.username) || room.id;
  return room.name.includes('"') ? room.id : room.name;
}

/** The text with the filter in it: in place of the one being written, or behind the words; one that is on is taken out. @param {string} q @param {Offer} offer */
export function withFilter(q, offer) {
  if (offer.on) {
    return q
      .split(/\s+/u)
      .filter((word) => word.toLowerCase() !== offer.text)
      .join(" ");
  }
  const [name] = offer.text.split(":");
  const written = WRITING.exec(q);
  const kept = written && written[1]?.toLowerCase() === name ? q.slice(0, written.index) : q;
  return `${kept.trimEnd()} ${offer.text}`.trimStart();
}
