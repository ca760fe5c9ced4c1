/** The page's sentences that depend on numbers, names and states. */

/** @param {number} n @param {string} one @param {string} [many] */
export const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** Counts stop at 99+. @param {number} n */
export const short = (n) => (n > 99 ? "99+" : String(n));

/** "3 messages wait here". @param {number} n */
export const waitHere = (n) => `${count(n, "message")} ${n === 1 ? "waits" : "wait"} here`;

/** "Ines", "Ines and Tomas", "Ines, Tomas and Jun". @param {string[]} names */
export function list(names) {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** @param {string[]} names */
export function writing(names) {
  if (names.length === 0) return "";
  if (names.length > 2) return "Several people are writing";
  return `${list(names)} ${names.length === 1 ? "is" : "are"} writing`;
}

export const roleWords = /** @type {Record<string, string>} */ ({
  owner: "Room owner",
  moderator: "Moderator",
  member: "",
  guest: "Guest",
});

const REFUSALS = /** @type {Record<string, string>} */ ({
  bad_request: "The server did not accept this text.",
  unauthenticated: "You are signed out.",
  forbidden: "You may not write in this room.",
  not_found: "You are not in this room any more.",
  rate_limited: "That was too fast.",
  too_large: "The text is too long.",
  conflict: "Another text was sent under the same mark.",
  archived: "This room is closed. It can only be read.",
  overloaded: "The server is busy.",
  internal: "The server could not store it.",
  connection_lost: "The connection was lost.",
  timeout: "The server did not answer.",
});

/** Why a message was not sent, in one sentence. @param {{ code: string, message?: string } | null} error */
export const refusal = (error) => (error && REFUSALS[error.code]) ?? "The server did not accept it.";

const PROBLEMS = /** @type {Record<string, string>} */ ({
  unauthenticated: "You are signed out. Sign in again.",
  forbidden: "You have no right to do this here.",
  not_found: "It is not there any more.",
  rate_limited: "That was too fast. Wait a moment, then try again.",
  archived: "This room is closed. It can only be read.",
  overloaded: "The server is busy. Try again in a moment.",
  internal: "The server could not do it. Try again in a moment.",
  connection_lost: "The server cannot be reached. Nothing was changed.",
  timeout: "The server did not answer. Try again in a moment.",
});

/**
 * What went wrong in a dialog. The server's own sentence where the input is at fault, ours otherwise.
 * @param {any} error
 */
export const problem = (error) =>
  PROBLEMS[error?.code] ?? (error?.code && error.message ? error.message : "It did not work. Try again in a moment.");

/** Names told in one line before the rest becomes a number. */
const NAMED = 3;

/**
 * "Ines added you, Tomas and Jun": one person added several, one after the other.
 * @param {any[]} items notices "member.joined"
 * @param {(id: string | null) => string | null} nameOf
 * @returns {{ name?: string, words?: string }[]}
 */
export function added(items, nameOf) {
  const names = items.map((item) => nameOf(item.data.user) ?? "you");
  const told = names.length > NAMED + 1 ? names.slice(0, NAMED) : names;
  const rest = names.length - told.length;
  const parts = told.flatMap((name, index) => {
    const last = index === told.length - 1 && rest === 0;
    return [{ words: index === 0 ? "" : last ? " and " : ", " }, { name }];
  });
  const others = rest ? [{ words: ` and ${rest} others` }] : [];
  return [{ name: nameOf(items[0].by) ?? "You" }, { words: " added " }, ...parts, ...others];
}

/**
 * Who came and went. Parts are names (bold) and words, so that no name is ever read as markup.
 * @param {any} item a "notice" of the room
 * @param {(id: string | null) => string | null} nameOf the name, null for oneself
 * @returns {{ name?: string, words?: string }[]}
 */
export function notice(item, nameOf) {
  const { data, kind } = item;
  const by = nameOf(item.by) ?? "You";
  const self = !data.user || data.user === item.by;
  const who = self ? by : (nameOf(data.user) ?? "you");
  if (kind === "member.joined") {
    if (item.seq === 1) return [{ name: by }, { words: " opened this room" }];
    return self ? [{ name: who }, { words: " joined" }] : [{ name: by }, { words: " added " }, { name: who }];
  }
  if (kind === "member.left") {
    return self ? [{ name: who }, { words: " left" }] : [{ name: by }, { words: " removed " }, { name: who }];
  }
  if (kind === "member.changed") return memberChanged(by, who, data, self);
  if (kind === "room.changed") return roomChanged(by, data);
  if (kind === "room.archived") return [{ name: by }, { words: " closed this room. It can only be read now" }];
  return [{ name: by }, { words: " changed something" }];
}

/** @param {string} by @param {string} who @param {any} data @param {boolean} self */
function memberChanged(by, who, data, self) {
  const role = { owner: "the owner", moderator: "a moderator", member: "a member", guest: "a guest" };
  const became = /** @type {Record<string, string>} */ (role)[data.role];
  if (!became) return [{ name: by }, { words: " changed what " }, { name: who }, { words: " may do" }];
  if (self) return [{ name: who }, { words: ` ${who === "You" ? "are" : "is"} ${became} now` }];
  return [{ name: by }, { words: " made " }, { name: who }, { words: ` ${became}` }];
}

/** @param {string} by @param {any} data */
function roomChanged(by, data) {
  if (typeof data.name === "string") return [{ name: by }, { words: " named the room " }, { name: data.name }];
  if (data.topic) return [{ name: by }, { words: ` wrote the topic: ${data.topic}` }];
  if (data.topic === "") return [{ name: by }, { words: " removed the topic" }];
  return [{ name: by }, { words: " changed the settings of the room" }];
}

const MARKS = /** @type {Record<string, string>} */ ({
  waiting: "Waiting to send",
  failed: "Not sent",
  sent: "Sent",
  delivered: "Delivered",
});

/** The word of a mark in the ledger. @param {string} mark @param {boolean} direct */
export const markWord = (mark, direct) =>
  mark === "read" ? (direct ? "Read" : "Read by everyone") : (MARKS[mark] ?? "");

/** The words under one's own newest message. @param {any} ledger @param {boolean} direct */
export function ledgerWords(ledger, direct) {
  const { read, delivered, total, exact } = ledger;
  if (total === 0) return "";
  const least = exact ? "" : "at least ";
  if (direct && total === 1) return read ? "Read" : delivered ? "Delivered" : "Sent";
  if (read >= total) return "Seen by everyone";
  if (read > 0) return `Seen by ${least}${read} of ${total}`;
  if (delivered > 0) return `Delivered to ${least}${delivered} of ${total}`;
  return "Sent";
}
