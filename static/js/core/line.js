/** The truth for the line below the composer: plain facts in, one state out. */
import { Notifier } from "./notifier.js";

const RECONNECTING_AFTER_MS = 800;
const OFFLINE_AFTER_MS = 4_000;
const UNREACHABLE_AFTER_MS = 10_000;
export const CATCHING_UP_AFTER_MS = 300;
const BANNER_LEAVES_AFTER_MS = 600;
/** A beat should come every heartbeat; a quarter more is the network's. */
const STALE_AFTER_BEATS = 1.25;

/**
 * @param {Core.LineFacts} facts
 * @param {number} now ms since 1970
 * @returns {Core.Line}
 */
export function describeLine(facts, now) {
  const { state, stale } = facts.disconnectedSince === null ? connected(facts, now) : disconnected(facts, now);
  const catching = state === "catching-up";
  const retryInS = facts.retryAt === null ? null : Math.max(0, Math.ceil((facts.retryAt - now) / 1000));
  return {
    state,
    stale,
    done: catching ? facts.done : 0,
    total: catching ? facts.total : 0,
    waiting: facts.waiting,
    failed: facts.failed,
    retryInS: state === "unreachable" || state === "offline" ? retryInS : null,
    banner: showsBanner(facts, now),
  };
}

/**
 * The line while not all that has come is drawn yet: that is not up to date either.
 * @param {Core.Line} line @param {number | null} lagMs for so long the drawing has been behind; null: it is not
 * @returns {Core.Line}
 */
export function whileDrawing(line, lagMs) {
  if (lagMs === null || line.state !== "up-to-date") return line;
  return lagMs > CATCHING_UP_AFTER_MS ? { ...line, state: "catching-up" } : { ...line, stale: true };
}

/** @param {Core.LineFacts} facts @param {number} now @returns {{ state: Core.Line["state"], stale: boolean }} */
function disconnected(facts, now) {
  const gone = now - (facts.disconnectedSince ?? now);
  if (facts.signedOut) return { state: "signed-out", stale: false };
  if (!facts.browserOnline) return { state: "offline", stale: false };
  if (gone >= UNREACHABLE_AFTER_MS) return { state: "unreachable", stale: false };
  if (gone >= OFFLINE_AFTER_MS) return { state: "offline", stale: false };
  if (!facts.everOpen) return { state: "connecting", stale: false };
  if (gone >= RECONNECTING_AFTER_MS) return { state: "reconnecting", stale: false };
  return { state: "up-to-date", stale: true };
}

/** @param {Core.LineFacts} facts @param {number} now @returns {{ state: Core.Line["state"], stale: boolean }} */
function connected(facts, now) {
  if (!facts.browserOnline) return { state: "offline", stale: false };
  if (!facts.level) {
    const behind = now - (facts.behindSince ?? now);
    if (behind > CATCHING_UP_AFTER_MS) return { state: "catching-up", stale: false };
    return { state: "up-to-date", stale: true };
  }
  if (facts.newVersion) return { state: "new-version", stale: false };
  return { state: "up-to-date", stale: now - facts.lastFrameAt > facts.heartbeatMs * STALE_AFTER_BEATS };
}

/**
 * The banner comes 4 s after the loss and stays until all that waited is acknowledged, and 600 ms more.
 * @param {Core.LineFacts} facts @param {number} now
 */
function showsBanner(facts, now) {
  if (facts.signedOut) return true;
  if (facts.disconnectedSince !== null && now - facts.disconnectedSince >= OFFLINE_AFTER_MS) return true;
  if (!facts.bannerUp) return false;
  if (facts.disconnectedSince !== null || facts.waiting > 0) return true;
  return facts.emptiedAt !== null && now - facts.emptiedAt < BANNER_LEAVES_AFTER_MS;
}

/**
 * When the line may change by the mere passing of time; null: it will not.
 * @param {Core.LineFacts} facts @param {number} now
 */
export function nextLineChange(facts, now) {
  /** @type {number[]} */
  const moments = [];
  const { disconnectedSince, behindSince, emptiedAt, retryAt } = facts;
  if (disconnectedSince !== null) {
    for (const ms of [RECONNECTING_AFTER_MS, OFFLINE_AFTER_MS, UNREACHABLE_AFTER_MS]) {
      moments.push(disconnectedSince + ms);
    }
    // The countdown: the next whole second before the try.
    if (retryAt !== null && retryAt > now) moments.push(now + ((retryAt - now) % 1000 || 1000));
  } else {
    moments.push(facts.lastFrameAt + facts.heartbeatMs * STALE_AFTER_BEATS + 1);
    if (behindSince !== null) moments.push(behindSince + CATCHING_UP_AFTER_MS + 1);
    if (facts.bannerUp && emptiedAt !== null) moments.push(emptiedAt + BANNER_LEAVES_AFTER_MS);
  }
  const coming = moments.filter((moment) => moment > now);
  return coming.length ? Math.min(...coming) : null;
}

/** Keeps `value` true as facts and time move on. */
export class LineState extends Notifier {
  /** @type {Core.Cancel} */
  #cancel = () => {};
  #bannerUp = false;
  /** @type {number | null} */
  #emptiedAt = null;

  /**
   * @param {{
   *   clock: Core.Clock,
   *   facts: () => Omit<Core.LineFacts, "bannerUp" | "emptiedAt">,
   *   tryNow: () => void,
   * }} options
   */
  constructor({ clock, facts, tryNow }) {
    super();
    this.clock = clock;
    this.facts = facts;
    this.tryNow = tryNow;
    /** @type {Core.Line} */
    this.value = describeLine({ ...facts(), bannerUp: false, emptiedAt: null }, clock.now());
  }

  /** Call when a fact may have changed. */
  update() {
    const now = this.clock.now();
    const plain = this.facts();
    const emptied = plain.disconnectedSince === null && plain.waiting === 0;
    this.#emptiedAt = emptied ? (this.#emptiedAt ?? now) : null;
    const facts = { ...plain, bannerUp: this.#bannerUp, emptiedAt: this.#emptiedAt };
    const value = describeLine(facts, now);
    this.#bannerUp = value.banner;
    this.#cancel();
    const next = nextLineChange(facts, now);
    this.#cancel = next === null ? () => {} : this.clock.after(next - now, () => this.update());
    if (JSON.stringify(value) === JSON.stringify(this.value)) return;
    this.value = value;
    this.changed();
  }

  stop() {
    this.#cancel();
  }
}
