/** One WebSocket that stays: connects, answers heartbeats, notices that it is dead, comes back. */
import { ChatError, connectionLost } from "./errors.js";
import { reconnectDelay } from "./backoff.js";

const SUBPROTOCOL = "chat.v1";
const WELCOME_TIMEOUT_MS = 10_000;
const REPLY_TIMEOUT_MS = 15_000;
const PROBE_TIMEOUT_MS = 3_000;
/** Silence of this many heartbeats means that the connection is dead, whatever the browser thinks. */
const DEAD_AFTER_BEATS = 2.2;
/** Open for this long counts as a success: the next loss begins with a quick try again. */
const STABLE_MS = 10_000;
const DEFAULT_HEARTBEAT_MS = 20_000;

/**
 * @typedef {"stopped" | "connecting" | "open" | "waiting" | "signed-out"} SocketState
 * @typedef {{ resolve: (frame: Wire.Frame) => void, reject: (error: ChatError) => void, cancel: Core.Cancel }} Pending
 * @typedef {{
 *   onOpen: (welcome: Wire.Frame) => void,
 *   onFrame: (frame: Wire.Frame) => void,
 *   onClosed: (code: number) => void,
 *   onState: () => void,
 * }} SocketHandlers `onFrame` gets every frame but welcome, replies, heartbeats' plumbing and goodbye
 */

export class ChatSocket {
  /** @type {SocketState} */
  state = "stopped";
  /** When the next try is due; null when none is planned. @type {number | null} */
  retryAt = null;
  lastFrameAt = 0;
  /** When the server last answered something asked in this state of the network. A frame alone may have been under way. */
  provenAt = 0;
  heartbeatMs = DEFAULT_HEARTBEAT_MS;

  /** @type {Core.SocketLike | null} */
  #socket = null;
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  /** @type {Wire.Frame | null} */
  #goodbye = null;
  #attempt = 0;
  #openedAt = 0;
  #lastId = 0;
  #probes = 0;
  /** @type {Core.Cancel} */
  #cancelTimer = () => {};
  /** @type {Core.Cancel} */
  #cancelWatch = () => {};
  /** @type {Core.Cancel} */
  #unlisten = () => {};

  /**
   * @param {{
   *   url: string,
   *   openSocket: (url: string, protocol: string) => Core.SocketLike,
   *   clock: Core.Clock,
   *   signals: Core.Signals,
   * }} options
   * @param {SocketHandlers} handlers
   */
  constructor(options, handlers) {
    this.options = options;
    this.handlers = handlers;
  }

  start() {
    if (this.state !== "stopped") return;
    this.#unlisten = this.options.signals.listen((signal) => this.#onSignal(signal));
    this.#connect();
  }

  stop() {
    this.#unlisten();
    if (this.#socket) this.#drop(1000);
    this.#cancelTimer();
    this.retryAt = null;
    this.#setState("stopped");
  }

  /** Tries at once, if it is waiting or was signed out. */
  tryNow() {
    if (this.state === "waiting" || this.state === "signed-out") this.#connect();
  }

  /**
   * Sends a command that has no reply. False: there is no open socket, nothing was sent.
   * @param {Wire.Frame} frame
   */
  send(frame) {
    if (this.state !== "open" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /**
   * Sends a command and waits for its reply. Rejects with the server's ChatError, or with `connection_lost` or `timeout`
   * when no reply came: then nobody knows whether the command took effect.
   * @param {Wire.Frame} command
   * @returns {Promise<Wire.Frame>}
   */
  request(command, timeoutMs = REPLY_TIMEOUT_MS) {
    return new Promise((resolve, reject) => {
      const id = `c${++this.#lastId}`;
      if (!this.send({ ...command, id })) {
        reject(connectionLost("There is no connection."));
        return;
      }
      const cancel = this.options.clock.after(timeoutMs, () => {
        this.#pending.delete(id);
        reject(new ChatError({ code: "timeout", message: "The server did not answer in time.", retryable: true }));
      });
      this.#pending.set(id, { resolve, reject, cancel });
    });
  }

  /** Ends for good, as if the server had said that nobody is signed in. */
  signOut() {
    if (this.#socket) this.#drop(1000);
    this.#setState("signed-out");
    this.handlers.onClosed(4401);
  }

  /** Closes a connection that is open but of no use (a lost reply, say) and comes back. */
  reconnect() {
    if (this.state === "open" || this.state === "connecting") this.#lost(1006);
  }

  #setState(/** @type {SocketState} */ state) {
    this.state = state;
    this.handlers.onState();
  }

  #connect() {
    this.#cancelTimer();
    this.retryAt = null;
    this.#goodbye = null;
    const { url, openSocket, clock } = this.options;
    /** @type {Core.SocketLike} */
    let socket;
    try {
      socket = openSocket(url, SUBPROTOCOL);
    } catch {
      this.#planRetry(1006);
      return;
    }
    this.#socket = socket;
    socket.onmessage = (event) => this.#onMessage(event.data);
    socket.onclose = (event) => this.#lost(event.code);
    // A failed handshake is told by both events; not every client outside browsers sends the second.
    socket.onerror = () => this.state === "connecting" && this.#lost(1006);
    this.#cancelTimer = clock.after(WELCOME_TIMEOUT_MS, () => this.#lost(1006));
    this.#setState("connecting");
  }

  #onMessage(/** @type {string} */ data) {
    this.lastFrameAt = this.options.clock.now();
    const frame = /** @type {Wire.Frame} */ (JSON.parse(data));
    if (frame.type === "welcome") this.#onWelcome(frame);
    else if (frame.type === "goodbye") this.#goodbye = frame;
    else if (frame.type === "heartbeat") this.#onHeartbeat(frame);
    else if (!this.#settle(frame)) this.handlers.onFrame(frame);
  }

  #onWelcome(/** @type {Wire.Frame} */ frame) {
    this.#cancelTimer();
    this.#openedAt = this.provenAt = this.lastFrameAt;
    this.heartbeatMs = frame.heartbeat_ms || DEFAULT_HEARTBEAT_MS;
    this.#watch();
    this.#setState("open");
    this.handlers.onOpen(frame);
  }

  #onHeartbeat(/** @type {Wire.Frame} */ frame) {
    this.send({ type: "pong", n: frame.n });
    this.handlers.onFrame(frame);
  }

  /** Gives a reply to whoever waits for it; false if nobody does. */
  #settle(/** @type {Wire.Frame} */ frame) {
    if (frame.id === undefined || frame.id === null) return false;
    const pending = this.#pending.get(String(frame.id));
    // A reply that came too late is nobody's; a refusal may still matter (receipts bear an id and await no reply).
    if (!pending) return frame.type !== "error" && frame.type !== "event";
    this.#pending.delete(String(frame.id));
    pending.cancel();
    if (frame.type === "error") pending.reject(new ChatError(/** @type {any} */ (frame)));
    else pending.resolve(frame);
    return true;
  }

  /** The watchdog looks again when the silence would be too long, not on every frame. */
  #watch() {
    const { clock } = this.options;
    const limit = this.heartbeatMs * DEAD_AFTER_BEATS;
    const left = this.lastFrameAt + limit - clock.now();
    if (left <= 0) this.#lost(1006);
    else this.#cancelWatch = clock.after(left, () => this.#watch());
  }

  /**
   * Asks whether the server is there: even a refusal is an answer. No answer, but another frame since: that one may have
   * been under way when the network went, so it asks again; without any frame the connection is dead.
   */
  async #probe() {
    const probe = ++this.#probes;
    const asked = this.options.clock.now();
    const answer = await this.request({ type: "unsubscribe", rooms: [] }, PROBE_TIMEOUT_MS).catch((error) => error);
    if (probe !== this.#probes || answer.code === "connection_lost") return;
    if (answer.code !== "timeout") {
      this.provenAt = this.options.clock.now();
      this.handlers.onState();
    } else if (this.lastFrameAt < asked) this.reconnect();
    else void this.#probe();
  }

  #onSignal(/** @type {"online" | "offline" | "visible"} */ signal) {
    if (this.state === "waiting" && signal !== "offline") this.#connect();
    else if (this.state === "open") void this.#probe();
    this.handlers.onState();
  }

  #lost(/** @type {number} */ code) {
    const wasOpenFor = this.state === "open" ? this.options.clock.now() - this.#openedAt : 0;
    this.#drop(code);
    if (wasOpenFor >= STABLE_MS) this.#attempt = 0;
    this.#planRetry(code);
    this.handlers.onClosed(code);
  }

  /** Lets go of the present socket, deaf to what it may still say. */
  #drop(/** @type {number} */ code) {
    const socket = this.#socket;
    this.#socket = null;
    this.#cancelTimer();
    this.#cancelWatch();
    if (socket) {
      socket.onmessage = socket.onclose = socket.onopen = socket.onerror = null;
      // Only 1000 and 3000 to 4999 may be given; a socket that is closed already does not mind.
      socket.close(code === 1000 ? 1000 : undefined);
    }
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of lost) {
      pending.cancel();
      pending.reject(connectionLost());
    }
  }

  #planRetry(/** @type {number} */ code) {
    const { clock } = this.options;
    const delay = reconnectDelay({
      code,
      goodbye: this.#goodbye,
      attempt: this.#attempt++,
      random: clock.random(),
    });
    if (delay === null) {
      this.#attempt = 0;
      this.#setState("signed-out");
      return;
    }
    this.retryAt = clock.now() + delay;
    this.#cancelTimer = clock.after(delay, () => this.#connect());
    this.#setState("waiting");
  }
}
