/** When to try again. Full jitter (a uniform draw from zero to the ceiling) spreads a crowd of clients best. */

const QUICK_MS = 250;
const BASE_MS = 1_000;
const CAP_MS = 30_000;
/** After a close that says that we misbehaved (4400, 4429 and kin): not before this. */
const SCOLDED_MS = 5_000;

/** The session is over: only signing in helps. */
const SIGNED_OUT = new Set([4401, 4403]);
/** Broken or too many commands, or a frame too large: coming back at once would do the same again. */
const SCOLDED = new Set([1002, 1003, 1007, 1008, 1009, 4400, 4429]);

/**
 * Milliseconds to wait before try number `attempt` (0 = the first after a loss, quick).
 * @param {number} attempt
 * @param {number} random 0 <= random < 1
 */
export function backoffDelay(attempt, random) {
  const ceiling = attempt === 0 ? QUICK_MS : Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
  return Math.round(random * ceiling);
}

/**
 * Milliseconds until the next connection, or null for never.
 * @param {{ code: number, goodbye: Wire.Frame | null, attempt: number, random: number }} closed
 * `goodbye` is the frame that came before the close, whose `after_ms` the server has jittered already.
 */
export function reconnectDelay({ code, goodbye, attempt, random }) {
  if (SIGNED_OUT.has(code) || goodbye?.reconnect === false) return null;
  const jittered = backoffDelay(attempt, random);
  if (SCOLDED.has(code)) return SCOLDED_MS + backoffDelay(attempt + 3, random);
  if (typeof goodbye?.after_ms === "number") return Math.max(goodbye.after_ms, attempt > 0 ? jittered : 0);
  return jittered;
}
