/** The browser's clock, signals, locks and tab channel, in the shapes that the core takes (types.d.ts). */

/** @type {Core.Clock} */
export const browserClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** @type {Core.Signals} */
export const browserSignals = {
  isOnline: () => globalThis.navigator?.onLine !== false,
  isVisible: () => globalThis.document?.visibilityState !== "hidden",
  listen(run) {
    const onOnline = () => run("online");
    const onOffline = () => run("offline");
    const onVisible = () => {
      if (browserSignals.isVisible()) run("visible");
    };
    addEventListener("online", onOnline);
    addEventListener("offline", onOffline);
    // A page that comes back from the back/forward cache has a dead socket, without any other sign.
    addEventListener("pageshow", onVisible);
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      removeEventListener("online", onOnline);
      removeEventListener("offline", onOffline);
      removeEventListener("pageshow", onVisible);
      document.removeEventListener("visibilitychange", onVisible);
    };
  },
};

/**
 * Web Locks, shared by all tabs of one origin. Where there are none (plain http on another host), tabs may both send a
 * message: the server answers the second with `duplicate`, so the lock saves work and does not make things correct.
 * @type {Core.Locks}
 */
export const browserLocks = async (name, work) => {
  const locks = globalThis.navigator?.locks;
  return locks ? await locks.request(name, work) : await work();
};

/**
 * @param {string} name
 * @returns {Core.TabChannel}
 */
export function browserTabs(name) {
  if (!globalThis.BroadcastChannel) return { post() {}, listen: () => () => {}, close() {} };
  const channel = new BroadcastChannel(name);
  return {
    post: (message) => channel.postMessage(message),
    listen(run) {
      /** @param {MessageEvent} event */
      const onMessage = (event) => run(event.data);
      channel.addEventListener("message", onMessage);
      return () => channel.removeEventListener("message", onMessage);
    },
    close: () => channel.close(),
  };
}

/**
 * A text in `localStorage`; where that is refused, it lasts as long as the page.
 * @param {string} key @returns {Core.Kept}
 */
export function browserKept(key) {
  /** @type {string | null} */
  let here = null;
  return {
    get() {
      try {
        return localStorage.getItem(key) ?? here;
      } catch {
        return here;
      }
    },
    set(text) {
      here = text;
      try {
        localStorage.setItem(key, text);
      } catch {
        // It is kept in memory.
      }
    },
  };
}

/** The address of the socket on the page's own origin. */
export function defaultSocketUrl() {
  const { protocol, host } = location;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/ws/`;
}

/** A random UUID, also on plain http, where `crypto.randomUUID` is missing. */
export function newClientId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
