/** The page's sentences that depend on numbers, names and states. */
import { _, listOf, ngettext, numberWords } from "../core/index.js";

/** @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** Counts stop at 99+. @param {number} n */
export const short = (n) => (n > 99 ? `${numberWords(99)}+` : numberWords(n));

/** "3 messages wait here". @param {number} n */
export const waitHere = (n) => ngettext("{n} message waits here", "{n} messages wait here", n);

/** "Ines", "Ines and Tomas", "Ines, Tomas and Jun". */
export const list = listOf;

/** @param {string[]} names */
export function writing(names) {
  if (names.length === 0) return "";
  if (names.length > 2) return _("Several people are writing");
  return ngettext("{names} is writing", "{names} are writing", names.length, { names: listOf(names) });
}

export const roleWords = /** @type {Record<string, string>} */ ({
  owner: _("Room owner"),
  moderator: _("Moderator"),
  member: "",
  guest: _("Guest"),
});

const REFUSALS = /** @type {Record<string, string>} */ ({
  bad_request: _("The server did not accept this text."),
  unauthenticated: _("You are signed out."),
  forbidden: _("You may not write in this room."),
  not_found: _("You are not in this room any more."),
  rate_limited: _("That was too fast."),
  too_large: _("The text is too long."),
  conflict: _("Another text was sent under the same mark."),
  archived: _("This room is closed. It can only be read."),
  overloaded: _("The server is busy."),
  internal: _("The server could not store it."),
  connection_lost: _("The connection was lost."),
  timeout: _("The server did not answer."),
});

/** Why a message was not sent, in one sentence. @param {{ code: string, message?: string, field?: string } | null} error */
export function refusal(error) {
  if (error?.field === "attachments") return _("A file is not there any more. Add it again.");
  return (error && REFUSALS[error.code]) ?? _("The server did not accept it.");
}

const PROBLEMS = /** @type {Record<string, string>} */ ({
  unauthenticated: _("You are signed out. Sign in again."),
  forbidden: _("You have no right to do this here."),
  not_found: _("It is not there any more."),
  rate_limited: _("That was too fast. Wait a moment, then try again."),
  archived: _("This room is closed. It can only be read."),
  overloaded: _("The server is busy. Try again in a moment."),
  internal: _("The server could not do it. Try again in a moment."),
  connection_lost: _("The server cannot be reached. Nothing was changed."),
  timeout: _("The server did not answer. Try again in a moment."),
});

/**
 * What went wrong in a dialog. The server's own sentence where the input is at fault, ours otherwise.
 * @param {any} error
 */
export const problem = (error) =>
  PROBLEMS[error?.code] ??
  (error?.code && error.message ? error.message : _("It did not work. Try again in a moment."));

/** Names told in one line before the rest becomes a number. */
const NAMED = 3;

/**
 * A sentence as parts, so that names can be bold and are never read as markup.
 * @param {string} sentence with names in braces @param {Record<string, string>} names
 * @returns {{ name?: string, words?: string }[]}
 */
function inParts(sentence, names) {
  return sentence
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((part) => (/^\{\w+\}$/.test(part) ? { name: names[part.slice(1, -1)] ?? "" } : { words: part }));
}

/**
 * "Ines added Tomas, Jun and you": one person added several, one after the other.
 * @param {any[]} items notices "member.joined"
 * @param {(id: string | null) => string | null} nameOf null for oneself
 */
export function added(items, nameOf) {
  const by = nameOf(items[0].by);
  const names = items.map((item) => nameOf(item.data.user) ?? _("you"));
  const told = names.length > NAMED + 1 ? names.slice(0, NAMED) : names;
  const rest = names.length - told.length;
  const all = [
    ...told.map((_name, index) => `{${index}}`),
    ...(rest ? [ngettext("{n} other", "{n} others", rest)] : []),
  ];
  const who = listOf(all);
  const sentence = by === null ? _("You added {who}", { who }) : _("{by} added {who}", { by: "{by}", who });
  return inParts(sentence, { by: by ?? "", ...Object.fromEntries(told.entries()) });
}

/**
 * What the room's log tells besides messages. Each sentence exists from oneself, to oneself, and of others.
 * @type {Record<string, { you: () => string, toYou?: () => string, they: () => string }>}
 */
const NOTICES = {
  opened: { you: () => _("You opened this room"), they: () => _("{by} opened this room") },
  joined: { you: () => _("You joined"), they: () => _("{by} joined") },
  added: {
    you: () => _("You added {who}"),
    toYou: () => _("{by} added you"),
    they: () => _("{by} added {who}"),
  },
  left: { you: () => _("You left"), they: () => _("{by} left") },
  removed: {
    you: () => _("You removed {who}"),
    toYou: () => _("{by} removed you"),
    they: () => _("{by} removed {who}"),
  },
  owner: {
    you: () => _("You made {who} an owner"),
    toYou: () => _("{by} made you an owner"),
    they: () => _("{by} made {who} an owner"),
  },
  moderator: {
    you: () => _("You made {who} a moderator"),
    toYou: () => _("{by} made you a moderator"),
    they: () => _("{by} made {who} a moderator"),
  },
  member: {
    you: () => _("You made {who} a member"),
    toYou: () => _("{by} made you a member"),
    they: () => _("{by} made {who} a member"),
  },
  guest: {
    you: () => _("You made {who} a guest"),
    toYou: () => _("{by} made you a guest"),
    they: () => _("{by} made {who} a guest"),
  },
  may: {
    you: () => _("You changed what {who} may do"),
    toYou: () => _("{by} changed what you may do"),
    they: () => _("{by} changed what {who} may do"),
  },
  named: { you: () => _("You named the room {name}"), they: () => _("{by} named the room {name}") },
  topic: { you: () => _("You wrote the topic: {topic}"), they: () => _("{by} wrote the topic: {topic}") },
  noTopic: { you: () => _("You removed the topic"), they: () => _("{by} removed the topic") },
  pinned: { you: () => _("You pinned a message"), they: () => _("{by} pinned a message") },
  unpinned: { you: () => _("You unpinned a message"), they: () => _("{by} unpinned a message") },
  settings: {
    you: () => _("You changed the settings of the room"),
    they: () => _("{by} changed the settings of the room"),
  },
  closed: {
    you: () => _("You closed this room. It can only be read now"),
    they: () => _("{by} closed this room. It can only be read now"),
  },
  other: { you: () => _("You changed something"), they: () => _("{by} changed something") },
};

/**
 * Who came and went, and what was changed.
 * @param {any} item a "notice" of the room
 * @param {(id: string | null) => string | null} nameOf the name, null for oneself
 */
export function notice(item, nameOf) {
  const { data } = item;
  const by = nameOf(item.by);
  const who = data.user === undefined ? by : nameOf(data.user);
  const { you, toYou, they } = /** @type {typeof NOTICES[""]} */ (NOTICES[noticeKind(item)]);
  const sentence = by === null ? you() : who === null && toYou ? toYou() : they();
  return inParts(sentence, { by: by ?? "", who: who ?? _("yourself"), name: data.name, topic: data.topic });
}

/** @param {any} item @returns {keyof typeof NOTICES} */
function noticeKind({ by, data, kind, seq }) {
  const self = !data.user || data.user === by;
  if (kind === "member.joined") return seq === 1 ? "opened" : self ? "joined" : "added";
  if (kind === "member.left") return self ? "left" : "removed";
  if (kind === "member.changed") return NOTICES[data.role] ? data.role : "may";
  if (kind === "room.archived") return "closed";
  if (kind !== "room.changed") return "other";
  if (typeof data.name === "string") return "named";
  if (typeof data.topic === "string") return data.topic ? "topic" : "noTopic";
  if (typeof data.pinned === "boolean") return data.pinned ? "pinned" : "unpinned";
  return "settings";
}

const MARKS = /** @type {Record<string, string>} */ ({
  waiting: _("Waiting to send"),
  failed: _("Not sent"),
  sent: _("Sent"),
  delivered: _("Delivered"),
});

/** The word of a mark in the ledger. @param {string} mark @param {boolean} direct */
export const markWord = (mark, direct) =>
  mark === "read" ? (direct ? _("Read") : _("Read by everyone")) : (MARKS[mark] ?? "");

/** The words under one's own newest message. @param {any} ledger @param {boolean} direct */
export function ledgerWords(ledger, direct) {
  const { read, delivered, total, exact, told } = ledger;
  if (total === 0 || !told) return "";
  if (direct && total === 1) return read ? _("Read") : delivered ? _("Delivered") : _("Sent");
  if (read >= total) return _("Seen by everyone");
  if (read > 0) {
    return exact
      ? _("Seen by {n} of {total}", { n: read, total })
      : _("Seen by at least {n} of {total}", { n: read, total });
  }
  if (delivered === 0) return _("Sent");
  const n = delivered;
  return exact
    ? _("Delivered to {n} of {total}", { n, total })
    : _("Delivered to at least {n} of {total}", { n, total });
}
