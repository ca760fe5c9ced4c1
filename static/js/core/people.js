/** Who is who, and who is here. */
import { backoffDelay } from "./backoff.js";
import { asChatError } from "./errors.js";
import { Notifier } from "./notifier.js";

/** Ids asked for within this time go into one request. */
const GATHER_MS = 20;
/** As many as the server answers at once. */
const MOST_IDS = 300;
/** Who is looked for is asked for when nothing was typed for so long, and again only after a while. */
const TYPING_MS = 150;
const FOUND_MS = 30_000;

export class People extends Notifier {
  /** @type {Map<Wire.Id, Wire.User>} */
  #users = new Map();
  /** @type {Map<string, Wire.User>} */
  #byName = new Map();
  /** @type {Map<Wire.Id, "online" | "away" | "offline">} */
  #presence = new Map();
  /** Asked for and not answered yet, or answered with nothing. @type {Set<Wire.Id>} */
  #asked = new Set();
  /** To be asked for soon. @type {Set<Wire.Id>} */
  #wanted = new Set();
  #due = false;
  /** Lookups that failed since one went well. */
  #failures = 0;
  /** What was looked for, and when. @type {Map<string, number>} */
  #sought = new Map();
  #seeking = "";
  /** Grows when names become known; presence leaves it as it is. */
  namesVersion = 0;

  /**
   * @param {{ fetchUsers: (asked: { ids: Wire.Id[] } | { q: string }) => Promise<Wire.User[]>, clock: Core.Clock }} options
   * `fetchUsers`: those of `ids`, former ones too, or a page of those whose name has `q` in it
   */
  constructor({ fetchUsers, clock }) {
    super();
    this.fetchUsers = fetchUsers;
    this.clock = clock;
  }

  /** A person, if known; otherwise they are looked up and `change` tells when they are there. @param {Wire.Id} id */
  get(id) {
    const user = this.#users.get(id);
    if (!user && id && !this.#asked.has(id)) {
      this.#asked.add(id);
      this.#wanted.add(id);
      this.#gather();
    }
    return user;
  }

  /** Like `get`, but never looks anybody up. @param {Wire.Id} id */
  peek(id) {
    return this.#users.get(id);
  }

  /** @param {string} username */
  byUsername(username) {
    return this.#byName.get(username.toLowerCase());
  }

  all() {
    return [...this.#users.values()];
  }

  /** @param {Wire.User[]} users */
  add(users) {
    for (const user of users) {
      this.#users.set(user.id, user);
      this.#byName.set(user.username.toLowerCase(), user);
    }
    this.namesVersion += 1;
    this.changed();
  }

  /** @param {Wire.Id} id */
  presence(id) {
    return this.#presence.get(id) ?? "offline";
  }

  /** @param {Wire.Id} id @param {"online" | "away" | "offline"} state */
  setPresence(id, state) {
    if (this.presence(id) === state) return;
    this.#presence.set(id, state);
    this.changed();
  }

  /** After a lost connection nothing is known of anybody. */
  forgetPresence() {
    this.#presence.clear();
    this.changed();
  }

  /** Somebody deleted their account. @param {Wire.Id} id @param {string} words what stands for their name */
  forget(id, words) {
    const user = this.#users.get(id);
    if (user) this.#byName.delete(user.username.toLowerCase());
    const kind = user?.kind ?? "person";
    this.add([{ id, username: `deleted-${id}`, display_name: words, avatar: "", kind }]);
  }

  #gather() {
    if (this.#due) return;
    this.#due = true;
    this.clock.after(GATHER_MS, () => void this.#askForWanted());
  }

  async #askForWanted() {
    this.#due = false;
    const ids = [...this.#wanted].slice(0, MOST_IDS);
    for (const id of ids) this.#wanted.delete(id);
    if (this.#wanted.size) this.#gather();
    if (!ids.length) return;
    try {
      this.add(await this.fetchUsers({ ids }));
      this.#failures = 0;
    } catch (error) {
      this.#askAgain(ids, asChatError(error));
    }
  }

  /** What is shown is not drawn again for a failure, so nobody else would ask. @param {Wire.Id[]} ids @param {import("./errors.js").ChatError} error */
  #askAgain(ids, { retryable, retryAfterMs }) {
    for (const id of ids) {
      if (retryable) this.#wanted.add(id);
      else this.#asked.delete(id);
    }
    if (!retryable) return;
    this.#failures += 1;
    const delay = Math.max(retryAfterMs ?? 0, backoffDelay(this.#failures, this.clock.random()));
    this.clock.after(delay, () => this.#gather());
  }

  /**
   * Looks up people whose name has this in it. True: some are there now; false: nothing new was asked for. Names are a
   * courtesy, so a failure only means that the next time asks again.
   * @param {string} name
   */
  async find(name) {
    const q = name.trim().toLowerCase();
    this.#seeking = q;
    await new Promise((resolve) => this.clock.after(TYPING_MS, () => resolve(null)));
    const now = this.clock.now();
    if (this.#seeking !== q || now - (this.#sought.get(q) ?? -FOUND_MS) < FOUND_MS) return false;
    this.#sought.set(q, now);
    try {
      this.add(await this.fetchUsers({ q }));
      return true;
    } catch {
      this.#sought.delete(q);
      return false;
    }
  }
}
