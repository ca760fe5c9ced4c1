/** Messages are searched by the server: it has them all. */

/**
 * A page of the messages that match, the newest first. Days are those of this device's time zone.
 * @param {import("./api.js").Api} api
 * @param {{ q: string, room?: Wire.Id | null, cursor?: string | null }} asked
 * @returns {Promise<{ results: any[], next: string | null, complete: boolean }>}
 */
export function searchMessages(api, { q, room, cursor }) {
  const asked = new URLSearchParams({ q, tz: Intl.DateTimeFormat().resolvedOptions().timeZone });
  if (room) asked.set("room", room);
  if (cursor) asked.set("cursor", cursor);
  return api.get(`search/?${asked}`);
}
