/** The filters of search: which are offered for what is typed, and how one gets into the text. */
import { _, locale } from "../core/index.js";

const MOST = 6;
/** A filter at the end of the text that is being written: its name, and what there is of its value. */
const WRITING = /(?:^|\s)(from|in|before|after|has):(?:"([^"]*)|([^"\s]*))$/iu;

/** A filter at the end that says nothing yet. */
const UNFINISHED =
  /(?:^|\s)(?:(?:from|in):"?|has:(?!(?:link|file|image)$)\S*|(?:before|after):(?!(?:today|yesterday|\d{4}-\d\d-\d\d)$)\S*)$/iu;

/** A filter to which nothing can be added. */
const COMPLETE = /^(?:has:(?:link|file|image)|(?:before|after):(?:today|yesterday|\d{4}-\d\d-\d\d)|from:me|.*")$/iu;

/** Whether the filter that is being written says nothing yet: then it is not searched while somebody types. @param {string} q */
export const unfinished = (q) => UNFINISHED.test(q);

/** What there is of a person's name while a `from:` is written. @param {string} q */
export function sender(q) {
  const [, name, quoted, value] = WRITING.exec(q) ?? [];
  return name?.toLowerCase() === "from" ? (quoted ?? value ?? "").replace(/^@/, "") : "";
}

/** @typedef {{ key: string, name: string, text: string }} Offer `text`: the filter as it is written */

/** A filter as it is written, quoted or not. */
const FILTER = /(?<=^|\s)(from|in|before|after|has):(?:"([^"]*)"|([^"\s]+))(?=\s|$)/giu;

/**
 * The filters that narrow the search, in the order of writing; the one being written is not among them.
 * @param {View.Page} page @param {string} q
 * @returns {{ at: number, text: string, name: string }[]} `at`: where it begins
 */
export function filtersIn(page, q) {
  const writing = WRITING.exec(q);
  return [...q.matchAll(FILTER)]
    .filter(({ index, 0: text }) => !writing || index < writing.index || COMPLETE.test(text))
    .map(({ index, 0: text, 1: name = "", 2: quoted, 3: plain = "" }) => ({
      at: index,
      text,
      name: filterWords(page, name.toLowerCase(), quoted ?? plain),
    }));
}

/** The text without one of its filters. @param {string} q @param {{ at: number, text: string }} filter */
export const withoutFilter = (q, { at, text }) =>
  `${q.slice(0, at).trimEnd()} ${q.slice(at + text.length).trimStart()}`.trim();

/** @param {View.Page} page @param {string} name @param {string} value */
function filterWords(page, name, value) {
  if (name === "has") return holding()[value.toLowerCase()] ?? value;
  if (name === "in") {
    const room = page.chat.rooms.get(value);
    return _("In {room}", { room: room ? page.titleOf(room) : value.replace(/^#/u, "") });
  }
  if (name === "from") {
    const low = value.replace(/^@/u, "").toLowerCase();
    if (low === "me") return _("From me");
    const user = page.chat.people.all().find((/** @type {any} */ one) => one.username.toLowerCase() === low);
    return _("From {name}", { name: user?.display_name ?? value });
  }
  const day = DAYS()[value.toLowerCase()]?.toLocaleLowerCase(locale) ?? value;
  return name === "before" ? _("Before {day}", { day }) : _("After {day}", { day });
}

/** @returns {Record<string, string>} */
const holding = () => ({ link: _("With a link"), file: _("With a file"), image: _("With a picture") });

/** @returns {Record<string, string>} */
const DAYS = () => ({ today: _("Today"), yesterday: _("Yesterday") });

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
  const all = [
    { text: "from:", name: _("From a person") },
    { text: "in:", name: _("In a room") },
    { text: "after:", name: _("After a day") },
    { text: "before:", name: _("Before a day") },
    { text: "from:me", name: _("From me") },
    ...Object.entries(holding()).map(([kind, name]) => ({ text: `has:${kind}`, name })),
  ];
  return all.filter(({ text }) => !written.has(text)).map((each) => ({ ...each, key: each.text }));
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
    return Object.entries(holding())
      .filter(([kind]) => kind.startsWith(value) && kind !== value)
      .map(([kind, shown]) => made(kind, shown));
  }
  return Object.entries(DAYS())
    .filter(([day]) => day.startsWith(value) && day !== value)
    .map(([day, shown]) => made(day, shown));
}

/** A room of two by the other's name; one that has no name of its own, or a quote in it, by its id. @param {View.Page} page @param {any} room */
function roomWord(page, room) {
  const others = page.othersIn(room);
  if (room.kind === "direct") return (others.length === 1 && page.person(others[0])?.username) || room.id;
  return room.name.includes('"') ? room.id : room.name;
}

/** The text with the filter in it: in place of the one being written, or behind the words. @param {string} q @param {Offer} offer */
export function withFilter(q, offer) {
  const [name] = offer.text.split(":");
  const written = WRITING.exec(q);
  const kept = written && written[1]?.toLowerCase() === name ? q.slice(0, written.index) : q;
  return `${kept.trimEnd()} ${offer.text}`.trimStart();
}
