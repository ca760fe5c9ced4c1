/** The rooms that were opened last, on this device: for the switcher, and for where to begin. */

const KEY = "parley.recent";
const KEPT = 30;

/** Ids, the newest first. @returns {string[]} */
export function recentRooms() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return []; // storage may be refused, or hold what is not ours
  }
}

/** @param {string} id */
export function noteOpened(id) {
  try {
    localStorage.setItem(KEY, JSON.stringify([id, ...recentRooms().filter((one) => one !== id)].slice(0, KEPT)));
  } catch {
    // then it is simply not remembered
  }
}
