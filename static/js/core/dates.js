/** Where in a room's log a day begins. */

/**
 * The first event at or after a moment, found by halving: a room of a million events takes twenty questions.
 * @param {import("./history.js").History} history
 * @param {import("./room-store.js").Room} room @param {number} moment ms since 1970
 * @returns {Promise<number>} its `seq`, or the newest
 */
export async function seqAt(history, room, moment) {
  let low = room.minSeq;
  let high = /** @type {number} */ (room.cursor);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const page = await history.page(room, { after: middle - 1, limit: 1 });
    const event = page?.events[0];
    if (!event || event.seq > high || Date.parse(event.at) >= moment) high = middle;
    else low = event.seq + 1;
  }
  return low;
}
