/**
 * Files on their way to the server, before a message names them. They go up as soon as they are chosen, two at a time, and
 * wait while there is no connection; a reload goes on where it can. The draft keeps their ids, `kept` the files.
 */
import { Notifier } from "./notifier.js";
import { backoffDelay } from "./backoff.js";
import { newClientId } from "./browser.js";
import { ChatError, asChatError } from "./errors.js";
import { openKeptFiles } from "./kept-files.js";
import { isFinal } from "./refusals.js";
import { transfer } from "./transfer.js";
import { watched } from "./watched.js";

const AT_ONCE = 2;
/** With a connection that works, a file is not tried more often than this by itself. */
const TRIES = 6;

/** @typedef {Core.KeptFile & { place: string, state: Core.UploadState, sent: number, told: string, error: Wire.ErrorBody | null, tries: number, way: { cancel: Core.Cancel, resume: () => void } | null, pause: Core.Cancel | null, aside: boolean }} Entry `told`: the alternative text that the server has */

export class Uploads extends Notifier {
  /** In the order in which they were chosen. @type {Map<string, Entry>} */
  #entries = new Map();
  #running = 0;

  /**
   * @param {{
   *   kept: Core.KeptFiles,
   *   locks: Core.Locks,
   *   clock: Core.Clock,
   *   limits: { bytes: number, files: number },
   *   canSend: () => boolean,
   *   transfer: (wanted: { room: Wire.Id, id: string, file: Blob, name: string, alt: string }, onProgress: (sent: number) => void) =>
   *     { done: Promise<Wire.Attachment>, cancel: Core.Cancel },
   *   describe: (room: Wire.Id, attachment: string, alt: string) => Promise<Wire.Attachment>,
   *   discard: (room: Wire.Id, attachment: string) => Promise<unknown>,
   * }} options
   */
  constructor(options) {
    super();
    this.options = options;
  }

  /**
   * Takes files into a draft. What cannot be sent is told at once and not taken.
   * @param {Wire.Id} room @param {File[]} files @param {string} [place] which draft, where it is not the room's own
   * @returns {Core.RefusedFile[]}
   */
  add(room, files, place = room) {
    /** @type {Core.RefusedFile[]} */
    const refused = [];
    for (const file of files) {
      const why = this.#refusal(place, file);
      if (why) refused.push({ name: file.name, why });
      else this.#take(room, file, place);
    }
    this.#pump();
    return refused;
  }

  /** @param {string} place @returns {Core.Upload[]} */
  list(place) {
    return this.#of(place).map(({ id, name, type, size, alt, file, attachment, state, sent, error }) => ({
      ...{ id, name, type, size, alt, file, attachment, state, error },
      sent: Math.min(sent, size),
      stalled: (state === "waiting" || state === "sending") && !this.options.canSend(),
    }));
  }

  /** Whether a message can name all of them. @param {string} place */
  ready(place) {
    return this.#of(place).every((entry) => entry.state === "done");
  }

  /** Shows the files of a draft: those that are named, and no others. @param {Wire.Id} room @param {string[]} ids */
  async restore(room, ids) {
    for (const entry of this.#of(room)) if (!ids.includes(entry.id)) this.#drop(entry);
    for (const id of ids) {
      const kept = this.#entries.has(id) ? undefined : await this.options.kept.get(id);
      if (kept && !this.#entries.has(id)) this.#put(kept);
    }
    this.#pump();
  }

  /** Takes a file out of the draft for good; if it is on its way it is stopped. @param {string} id */
  remove(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#forget(entry);
    // Where the server does not hear of it, it throws the file away after a day.
    if (entry.attachment) this.options.discard(entry.room, entry.attachment.id).catch(() => {});
    this.#pump();
  }

  /** Takes a file out of the draft so that it can be put back: until `remove` it stays here, and at the server. @param {string} id */
  setAside(id) {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.aside = true;
    entry.pause?.();
    entry.pause = null;
    entry.way?.cancel();
    this.#pump();
  }

  /** Puts it back in its place. @param {string} id @returns {boolean} whether there was room for it */
  putBack(id) {
    const entry = this.#entries.get(id);
    if (!entry || this.#of(entry.place).length >= this.options.limits.files) return false;
    entry.aside = false;
    this.#pump();
    return true;
  }

  /** A message has named them. @param {string[]} ids */
  sent(ids) {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry) this.#forget(entry);
    }
  }

  /** @param {string} id */
  retry(id) {
    const entry = this.#entries.get(id);
    if (entry?.state !== "failed") return;
    Object.assign(entry, { state: "waiting", tries: 0, error: null });
    this.#pump();
  }

  /** What a picture shows, for who cannot see it. @param {string} id @param {string} alt */
  describe(id, alt) {
    const entry = this.#entries.get(id);
    if (!entry || entry.alt === alt) return;
    entry.alt = alt;
    void this.#keep(entry);
    if (entry.state === "done") entry.state = "waiting";
    this.#pump();
  }

  /** The connection is good again. */
  resume() {
    for (const entry of this.#entries.values()) {
      entry.pause?.();
      entry.pause = null;
      entry.way?.resume();
    }
    this.#pump();
  }

  stop() {
    for (const entry of this.#entries.values()) {
      entry.pause?.();
      entry.way?.cancel();
    }
    this.#entries.clear();
  }

  #of(/** @type {string} */ place) {
    return [...this.#entries.values()].filter((entry) => entry.place === place && !entry.aside);
  }

  #refusal(/** @type {string} */ place, /** @type {File} */ file) {
    const { bytes, files } = this.options.limits;
    if (file.size === 0) return "empty";
    if (file.size > bytes) return "large";
    return this.#of(place).length >= files ? "many" : null;
  }

  #take(/** @type {Wire.Id} */ room, /** @type {File} */ file, /** @type {string} */ place) {
    const { name, type, size } = file;
    const at = this.options.clock.now();
    const kept = { id: newClientId(), room, name, type, size, alt: "", at, file, attachment: null };
    const entry = this.#put(kept, place);
    void this.#keep(entry);
  }

  /** @returns {Entry} */
  #put(/** @type {Core.KeptFile} */ kept, place = kept.room) {
    const state = kept.attachment && (kept.attachment.alt ?? "") === kept.alt ? "done" : "waiting";
    /** @type {Entry} */
    const entry = {
      ...kept,
      place,
      state,
      sent: 0,
      told: kept.attachment?.alt ?? "",
      error: null,
      tries: 0,
      way: null,
      pause: null,
      aside: false,
    };
    this.#entries.set(entry.id, entry);
    return entry;
  }

  async #keep(/** @type {Entry} */ entry) {
    const { id, room, name, type, size, alt, at, file, attachment } = entry;
    await this.options.kept.put({ id, room, name, type, size, alt, at, file: attachment ? null : file, attachment });
    if (this.#entries.get(id) !== entry) await this.options.kept.remove(id);
  }

  #forget(/** @type {Entry} */ entry) {
    this.#drop(entry);
    void this.options.kept.remove(entry.id);
  }

  #drop(/** @type {Entry} */ entry) {
    this.#entries.delete(entry.id);
    entry.pause?.();
    entry.way?.cancel();
    this.changed();
  }

  #pump() {
    this.changed();
    for (const entry of this.#entries.values()) {
      if (this.#running >= AT_ONCE || !this.options.canSend()) return;
      if (entry.state === "waiting" && !entry.pause && !entry.aside) void this.#run(entry);
    }
  }

  async #run(/** @type {Entry} */ entry) {
    this.#running += 1;
    entry.state = "sending";
    entry.error = null;
    try {
      // Another tab may have the same draft open: one of them sends, the other finds it done.
      await this.options.locks(`upload-${entry.id}`, () => this.#send(entry));
      entry.tries = 0;
      entry.state = entry.told === entry.alt ? "done" : "waiting";
    } catch (error) {
      this.#failed(entry, asChatError(error));
    }
    this.#running -= 1;
    this.#pump();
  }

  async #send(/** @type {Entry} */ entry) {
    entry.attachment ??= (await this.options.kept.get(entry.id))?.attachment ?? null;
    if (!this.#entries.has(entry.id)) return;
    const { alt } = entry;
    if (entry.attachment) {
      if (alt !== (entry.attachment.alt ?? ""))
        entry.attachment = await this.options.describe(entry.room, entry.attachment.id, alt);
    } else entry.attachment = await this.#transfer(entry);
    entry.told = alt;
    if (this.#entries.has(entry.id)) await this.#keep(entry);
  }

  async #transfer(/** @type {Entry} */ entry) {
    const { room, id, file, name, alt } = entry;
    if (!file) throw new ChatError({ code: "file_lost" });
    entry.sent = 0;
    const way = watched(this.options.clock, (heard) =>
      this.options.transfer({ room, id, file, name, alt }, (sent) => {
        heard();
        entry.sent = sent;
        this.changed();
      }),
    );
    entry.way = way;
    try {
      return await way.done;
    } finally {
      entry.way = null;
    }
  }

  #failed(/** @type {Entry} */ entry, /** @type {ChatError} */ error) {
    if (!this.#entries.has(entry.id)) return;
    if (entry.aside || error.code === "cancelled") {
      entry.state = "waiting";
      return;
    }
    entry.error = error.toBody();
    // Without a connection it is nobody's fault, and it goes on with the next.
    if (this.options.canSend()) entry.tries += 1;
    entry.state = isFinal(error, entry.tries) || entry.tries >= TRIES ? "failed" : "waiting";
    if (entry.state === "failed") return;
    const delay = error.retryAfterMs ?? backoffDelay(entry.tries, this.options.clock.random());
    entry.pause = this.options.clock.after(delay, () => {
      entry.pause = null;
      this.#pump();
    });
  }
}

/**
 * The uploads of a chat.
 * @param {{ me: Wire.User, api: import("./api.js").Api, clock: Core.Clock, locks: Core.Locks, canSend: () => boolean, limits: { bytes: number, files: number } }} chat
 */
export async function openUploads({ me, api, clock, locks, canSend, limits }) {
  const kept = await openKeptFiles(me.id, clock.now());
  return new Uploads({
    kept,
    locks,
    clock,
    limits,
    canSend,
    transfer: (wanted, onProgress) => transfer(api, wanted, onProgress),
    describe: (room, attachment, alt) => api.patch(path(room, attachment), { alt }),
    discard: (room, attachment) => api.delete(path(room, attachment)),
  });
}

const path = (/** @type {Wire.Id} */ room, /** @type {string} */ attachment) =>
  `rooms/${encodeURIComponent(room)}/attachments/${encodeURIComponent(attachment)}/`;
