/** Who is in a room, kept by events and by REST's list, whichever is newer for each member. */

export class Roster {
  /** @type {Map<Wire.Id, Wire.Member>} */
  members = new Map();
  /** The `seq` of the last change of each member, so that old news never undoes newer. @type {Map<Wire.Id, number>} */
  #changed = new Map();

  /** @param {Wire.Member[]} members as REST lists them @param {number} atSeq the newest event that they surely include */
  replace(members, atSeq) {
    const listed = new Map(members.map((member) => [member.user, member]));
    for (const user of new Set([...listed.keys(), ...this.members.keys()])) {
      if ((this.#changed.get(user) ?? 0) > atSeq) continue;
      const member = listed.get(user);
      if (member) this.members.set(user, member);
      else this.members.delete(user);
    }
  }

  /** A `member.*` event; false if a newer one is known. @param {Wire.Event} event */
  apply({ kind, seq, data }) {
    const user = /** @type {Wire.Id} */ (data.user);
    if (seq <= (this.#changed.get(user) ?? 0)) return false;
    this.#changed.set(user, seq);
    const known = this.members.get(user);
    if (kind === "member.left") this.members.delete(user);
    else if (kind === "member.joined") this.members.set(user, { user, role: data.role, joined_seq: seq });
    else if (known)
      this.members.set(user, { ...known, ...("muted_until" in data ? { mute_reason: "" } : {}), ...data });
    return true;
  }

  /** Members since before an event, one's own and others not to be counted left out. @param {number} seq @param {(user: Wire.Id) => boolean} counts */
  since(seq, counts) {
    return [...this.members.values()]
      .filter((each) => each.joined_seq < seq && counts(each.user))
      .map(({ user }) => user);
  }

  clear() {
    this.members.clear();
    this.#changed.clear();
  }
}
