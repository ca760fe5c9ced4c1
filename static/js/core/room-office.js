/** Running a room, over REST: rights, people kept out, invites, reports, exports. Brought when it is needed. */

/** @param {string} id */
const path = (id) => `rooms/${encodeURIComponent(id)}/`;

export class RoomOffice {
  /** @param {import("./api.js").Api} api @param {Wire.Id} room */
  constructor(api, room) {
    this.api = api;
    this.at = path(room);
  }

  /** Which role may do what, and which of it are the room's own rules. @returns {Promise<Core.Rights>} */
  rights() {
    return this.api.get(`${this.at}permissions/`);
  }

  /**
   * Gives or takes one right. A rule that says what holds without it is taken back.
   * @param {string} role @param {string} right @param {boolean} allowed @param {boolean} own whether the room has a rule about it
   * @returns {Promise<Core.Rights>}
   */
  async allow(role, right, allowed, own) {
    const rule = (/** @type {boolean | null} */ value) =>
      this.api.patch(`${this.at}permissions/`, { permissions: { [role]: { [right]: value } } });
    const now = await rule(own ? null : allowed);
    return now.permissions[role][right] === allowed ? now : rule(allowed);
  }

  /** @param {Record<string, unknown>} change */
  change(change) {
    return this.api.patch(this.at, change);
  }

  archive() {
    return this.api.delete(this.at);
  }

  reopen() {
    return this.api.post(`${this.at}reopen/`);
  }

  /** @param {Wire.Id} user @param {{ role?: Wire.Role, muted_until?: string | null, mute_reason?: string }} change */
  changeMember(user, change) {
    return this.api.patch(`${this.at}members/${encodeURIComponent(user)}/`, change);
  }

  /** @returns {Promise<Core.Ban[]>} */
  bans() {
    return this.api.list(`${this.at}bans/`);
  }

  /** @param {Wire.Id} user @param {{ reason: string, until: string | null }} ban */
  ban(user, ban) {
    return this.api.call("PUT", `${this.at}bans/${encodeURIComponent(user)}/`, ban);
  }

  /** @param {Wire.Id} user */
  unban(user) {
    return this.api.delete(`${this.at}bans/${encodeURIComponent(user)}/`);
  }

  /** @returns {Promise<Core.Invite[]>} */
  invites() {
    return this.api.list(`${this.at}invites/`);
  }

  /** @param {{ role: Wire.Role, expires_at: string | null, max_uses: number | null }} invite @returns {Promise<Core.Invite>} */
  invite(invite) {
    return this.api.post(`${this.at}invites/`, invite);
  }

  /** @param {string} id */
  endInvite(id) {
    return this.api.delete(`${this.at}invites/${encodeURIComponent(id)}/`);
  }

  /** @returns {Promise<Core.Report[]>} */
  reports() {
    return this.api.list(`${this.at}reports/`);
  }

  /** @param {number} seq @param {string} reason */
  report(seq, reason) {
    return this.api.post(`${this.at}messages/${seq}/reports/`, { reason });
  }

  /** @param {number} id @param {"resolved" | "dismissed"} state */
  closeReport(id, state) {
    return this.api.patch(`${this.at}reports/${id}/`, { state });
  }

  /** @returns {Promise<Core.Export[]>} */
  exports() {
    return this.api.list(`${this.at}exports/`);
  }

  /** @returns {Promise<Core.Export>} */
  beginExport() {
    return this.api.post(`${this.at}exports/`);
  }

  /** @param {string} id */
  endExport(id) {
    return this.api.delete(`me/exports/${encodeURIComponent(id)}/`);
  }
}
