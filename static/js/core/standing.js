/** How the connection stands, and has stood: what the line tells. */

export class Standing {
  /** The connection is lost since then; null: it is there, and subscribed. @type {number | null} */
  #disconnectedSince = null;
  /** When the browser said so last. @type {number | null} */
  #offlineSaidAt = null;
  /** Since when the room that is shown lacks its newest page. @type {number | null} */
  #lackingSince = null;
  everOpen = false;
  newVersion = false;

  /** @param {{ clock: Core.Clock, signals: Core.Signals }} options */
  constructor({ clock, signals }) {
    this.clock = clock;
    this.signals = signals;
  }

  /** The page begins without a connection. @returns {boolean} whether the browser has none at all */
  start() {
    this.#disconnectedSince = this.clock.now();
    const offline = !this.signals.isOnline();
    if (offline) this.wentOffline();
    return offline;
  }

  /** The browser says that it is cut off. It may know before the socket notices. */
  wentOffline() {
    this.#offlineSaidAt = this.clock.now();
  }

  closed() {
    this.#disconnectedSince ??= (this.signals.isOnline() ? null : this.#offlineSaidAt) ?? this.clock.now();
  }

  /** Connected, and subscribed to all rooms. */
  ready() {
    this.everOpen = true;
    this.#disconnectedSince = null;
  }

  /**
   * @param {Pick<import("./wiring.js").Wiring, "socket" | "feed" | "outbox" | "current">} parts some of which may not be there yet
   */
  facts({ socket, feed, outbox, current }) {
    this.#lackingSince = current?.needsNewest ? (this.#lackingSince ?? this.clock.now()) : null;
    const proven = socket?.state === "open" && socket.provenAt >= (this.#offlineSaidAt ?? 0);
    const browserOnline = this.signals.isOnline() || proven;
    return {
      signedOut: socket?.state === "signed-out",
      browserOnline,
      level: (feed?.level ?? false) && this.#lackingSince === null,
      // The browser knows first: the socket may take a heartbeat to notice that nothing comes any more.
      disconnectedSince: this.#disconnectedSince ?? (browserOnline ? null : this.#offlineSaidAt),
      behindSince: feed?.behindSince ?? this.#lackingSince,
      lastFrameAt: socket?.lastFrameAt ?? 0,
      heartbeatMs: socket?.heartbeatMs ?? 0,
      retryAt: socket?.retryAt ?? null,
      done: feed?.done ?? 0,
      total: feed?.total ?? 0,
      waiting: outbox?.waiting ?? 0,
      failed: outbox?.failed ?? 0,
      everOpen: this.everOpen,
      newVersion: this.newVersion,
    };
  }
}
