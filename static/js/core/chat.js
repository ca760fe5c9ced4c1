/** The top object, all that the view talks to: what a person can do (see index.js for the interface). */
import { newClientId } from "./browser.js";
import { openStorage } from "./storage.js";
import { Wiring } from "./wiring.js";

/** @typedef {import("./room-store.js").Room} Room */

/** So many events are looked through for what was said last. */
const GLIMPSE = 30;

/**
 * Opens this person's storage and makes their chat; `start()` connects.
 * @param {Core.ChatOptions} options
 */
export async function createChat(options) {
  /** @type {Chat | undefined} */
  let chat;
  const storage = options.storage ?? (await openStorage(options.me.id, () => chat?.outbox.changed()));
  chat = new Chat(options, storage);
  await Promise.all([chat.outbox.start(), chat.drafts.start()]);
  return chat;
}

/** Events, state and parts come from `Wiring`; here is what the person does. */
export class Chat extends Wiring {
  /** @type {Promise<import("./uploads.js").Uploads> | null} */
  #uploads = null;

  /**
   * Shows a room: it is there at once, what is missing of it comes by itself. Rejects when there is no such room.
   * @param {Wire.Id} id @returns {Promise<Room>}
   */
  async openRoom(id) {
    if (!this.rooms.get(id)) await this.actions.describe(id);
    const room = this.rooms.ensure(id);
    if (this.current && this.current !== room) this.closeRoom(this.current.id);
    this.current = room;
    room.viewed = true;
    this.line.update();
    if (this.feed.subscribed) void this.asking.lacking(room);
    return room;
  }

  /** @param {Wire.Id} id */
  closeRoom(id) {
    const room = this.rooms.get(id);
    if (this.current?.id === id) this.current = null;
    if (room) room.viewed = false;
    this.line.update();
  }

  /** @param {Wire.Id} id @param {string} text @param {{ replyTo?: number | null, attachments?: Wire.Attachment[] }} [options] */
  send(id, text, { replyTo = null, attachments = [] } = {}) {
    this.teller.typing(id, false);
    return this.outbox.add(id, text, replyTo, attachments);
  }

  /** Files on their way, brought when there are any. @param {{ bytes: number, files: number }} limits */
  async openUploads(limits) {
    this.#uploads ??= import("./uploads.js").then(({ openUploads }) => {
      const { me, api, clock, locks, canSend } = this;
      return openUploads({ me, api, clock, locks, canSend, limits });
    });
    this.#uploads.catch(() => {
      this.#uploads = null;
    });
    this.uploads ??= await this.#uploads;
    return this.uploads;
  }

  /** @param {string} clientId */
  retry(clientId) {
    return this.outbox.retry(clientId);
  }

  /** @param {string} clientId @param {string} text */
  editOutgoing(clientId, text) {
    return this.outbox.edit(clientId, text);
  }

  /** @param {string} clientId */
  discard(clientId) {
    return this.outbox.discard(clientId);
  }

  /** @param {Wire.Id} id */
  loadOlder(id) {
    return this.history.loadOlder(this.rooms.ensure(id));
  }

  /** The newest events of a room that is not open. @param {Wire.Id} id */
  lookInto(id) {
    return this.history.loadAhead(this.rooms.ensure(id), GLIMPSE);
  }

  /**
   * @param {Wire.Id} id @param {number} from @param {number} to
   * @param {"newer" | "older"} [end] where to begin
   */
  async loadHole(id, from, to, end) {
    const room = this.rooms.ensure(id);
    if (from > (room.cursor ?? 0)) await this.feed.repair(room);
    else await this.history.loadHole(room, from, to, end);
  }

  /** Lets go of what is far from what is being read. @param {Wire.Id} id @param {number} seq */
  keepAround(id, seq) {
    this.rooms.get(id)?.keepAround(seq);
  }

  /** @param {Wire.Id} id @param {number} seq */
  loadAround(id, seq) {
    return this.history.loadAround(this.rooms.ensure(id), seq);
  }

  /** @param {Wire.Id} id @param {number} seq */
  markRead(id, seq) {
    const room = this.rooms.get(id);
    if (!room?.markRead(seq)) return;
    this.receipts.read(id, seq);
    if (room.counts.uncertain) this.feed.recount(room);
  }

  /**
   * A private mark: from this message on it counts as unread, here and for nobody else.
   * @param {Wire.Id} id @param {number | null} seq null takes the mark away
   */
  markUnread(id, seq) {
    const room = this.rooms.get(id);
    const marked = seq === null || !room ? null : { seq, count: room.readFrom(seq) };
    if (!marked && !this.markers.get(id)) return;
    this.markers.set(id, marked);
    this.tabs.post({ type: "marker", room: id });
  }

  /** @param {Wire.Id} id @param {boolean} on */
  typing(id, on) {
    this.teller.typing(id, on);
  }

  /** Looks up people by a part of their name, for a list to choose from. @param {string} name */
  findPeople(name) {
    return this.people.find(name);
  }

  /** @param {"online" | "away"} state */
  setPresence(state) {
    this.presence.set(state);
  }

  /** @param {Wire.Id} room @param {number} seq @param {string} text */
  editMessage(room, seq, text) {
    return this.#change("message.edit", room, { seq, text });
  }

  /** @param {Wire.Id} room @param {number} seq */
  deleteMessage(room, seq) {
    return this.#change("message.delete", room, { seq });
  }

  /** @param {Wire.Id} room @param {number} seq @param {string} emoji @param {boolean} on */
  react(room, seq, emoji, on) {
    return this.#change(on ? "reaction.add" : "reaction.remove", room, { seq, emoji });
  }

  /** The epoch goes along, so that no change can hit another message after a restore. */
  async #change(/** @type {string} */ type, /** @type {Wire.Id} */ room, /** @type {object} */ fields) {
    const epoch = this.rooms.get(room)?.epoch;
    await this.socket.request({
      type,
      room,
      client_id: newClientId(),
      ...(epoch ? { epoch } : {}),
      ...fields,
    });
  }

  /** @param {{ name: string, kind: "public" | "private", topic?: string }} room */
  createRoom(room) {
    return this.actions.create(room);
  }

  /** @param {Wire.Id[]} users */
  openDirect(users) {
    return this.actions.openDirect(users);
  }

  /** @param {Wire.Id} id */
  joinRoom(id) {
    return this.actions.join(id);
  }

  /** @param {Wire.Id} id */
  leaveRoom(id) {
    return this.actions.leave(id);
  }

  /** @param {string} [q] a part of the name or topic */
  discoverRooms(q = "") {
    return this.actions.discover(q);
  }

  /** @param {Wire.Id} id */
  joinableRoom(id) {
    return this.actions.joinable(id);
  }

  /** @param {Wire.Id} id @param {Wire.Id} user @param {Wire.Role} [role] */
  addMember(id, user, role) {
    return this.actions.addMember(id, user, role);
  }

  /** @param {Wire.Id} id @param {Wire.Id} user */
  removeMember(id, user) {
    return this.actions.removeMember(id, user);
  }

  /** @param {Wire.Id} id @param {{ name?: string, topic?: string }} change */
  changeRoom(id, change) {
    return this.actions.change(id, change);
  }

  /** @param {Wire.Id} id @param {Partial<Wire.Marks>} marks */
  markRoom(id, marks) {
    return this.actions.mark(id, marks);
  }

  /** @param {Wire.Id} id */
  archiveRoom(id) {
    return this.actions.archive(id);
  }

  /** Messages after one, in their present state, past the room's own log. @param {Wire.Id} id @param {number} after @param {number} limit */
  messagesAfter(id, after, limit) {
    return this.actions.messagesAfter(id, after, limit);
  }

  /** One message in its present state, wherever it is in the log; undefined when there is none. @param {Wire.Id} id @param {number} seq */
  async messageAt(id, seq) {
    return (await this.actions.messages(id, seq - 1, seq + 1))[0];
  }

  /** @param {Wire.Id} id @param {number} seq */
  receiptsOf(id, seq) {
    return this.actions.receiptsOf(id, seq);
  }
}
