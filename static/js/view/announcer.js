/**
 * Speech for screen readers: one hidden polite region, fed at most twice a second, and one assertive one.
 *
 * The list of messages is not a live region itself: it would read out history as it loads.
 */
import { ngettext } from "../core/index.js";

const GAP_MS = 500;
const BURST = 3;
const BURST_MS = 2000;

export class Announcer {
  /** @type {string[]} */
  #queue = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Times of the latest messages told, for bursts. @type {number[]} */
  #told = [];
  #unsaid = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #burst;

  constructor() {
    this.polite = region("status", "polite");
    this.assertive = region("alert", "assertive");
  }

  /** @param {string} text */
  say(text) {
    this.#queue.push(text);
    if (this.#timer === undefined) this.#next();
  }

  /** Interrupts: for what failed, and for being signed out. @param {string} text */
  alert(text) {
    this.assertive.textContent = "";
    setTimeout(() => {
      this.assertive.textContent = text;
    }, 50);
  }

  /** A new message in the open room; more than three within two seconds become a number. @param {() => string} words made only if they are said */
  message(words) {
    const now = Date.now();
    this.#told = this.#told.filter((at) => now - at < BURST_MS);
    if (this.#told.length < BURST && this.#unsaid === 0) {
      this.#told.push(now);
      this.say(words());
      return;
    }
    this.#unsaid += 1;
    clearTimeout(this.#burst);
    this.#burst = setTimeout(() => {
      this.say(ngettext("{n} new message", "{n} new messages", this.#unsaid));
      this.#unsaid = 0;
    }, GAP_MS);
  }

  /** Another room: what was to be said of the old one is of no use. */
  clear() {
    this.#queue = [];
    this.#unsaid = 0;
    clearTimeout(this.#burst);
    this.polite.textContent = "";
  }

  #next() {
    const text = this.#queue.shift();
    if (text === undefined) {
      this.#timer = undefined;
      return;
    }
    this.polite.textContent = text;
    this.#timer = setTimeout(() => this.#next(), GAP_MS);
  }
}

/** @param {string} role @param {string} live */
function region(role, live) {
  const element = document.createElement("div");
  element.className = "sr";
  element.setAttribute("role", role);
  element.setAttribute("aria-live", live);
  document.body.append(element);
  return element;
}
