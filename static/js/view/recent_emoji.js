/** The emoji that this person used last, on this device. */

const KEY = "parley.emoji";
const KEPT = 24;
const FIRST = ["👍", "🎉", "👀", "❤️", "😄", "🙏"];

/** @type {string[] | null} */
let known = null;

/** The latest first; before any was used, some that many use. */
export function recentEmoji() {
  if (known) return known;
  /** @type {unknown} */
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
  } catch {
    // Refused or spoilt: then it begins anew.
  }
  const used = Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  known = [...new Set([...used, ...FIRST])].slice(0, KEPT);
  return known;
}

/** @param {string} emoji */
export function useEmoji(emoji) {
  known = [emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(known));
  } catch {
    // It lasts as long as the page.
  }
}
