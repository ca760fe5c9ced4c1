/** Real addresses: `/rooms/` and `/rooms/<id>/`; Back and Forward work, and a link can be opened in a new tab. */
import { boot } from "./boot.js";

const { rooms } = boot.urls;

/** @param {string} id */
export const roomUrl = (id) => `${rooms}${encodeURIComponent(id)}/`;

/** The address of one message. @param {string} id @param {number} seq */
export const messageUrl = (id, seq) => `${roomUrl(id)}${seq}/`;

/** The parts of a path below `/rooms/`; none of another path. @param {string} path */
const parts = (path) => (path.startsWith(rooms) ? path.slice(rooms.length).split("/") : []);

/** The room that the address names, or null. */
export function roomInAddress() {
  return decodeURIComponent(parts(location.pathname)[0] ?? "") || null;
}

/** The message that the address names, or null. */
export function messageInAddress() {
  const seq = Number(parts(location.pathname)[1]);
  return Number.isSafeInteger(seq) && seq > 0 ? seq : null;
}

/** Whether a link leads to a room of this place. @param {string} href */
export function roomInUrl(href) {
  const url = URL.canParse(href, location.href) ? new URL(href, location.href) : null;
  return url !== null && url.origin === location.origin && Boolean(parts(url.pathname)[0]);
}

/** The door, with the way back here. */
export const signInUrl = () => `${boot.urls.signIn}?next=${encodeURIComponent(location.pathname)}`;

/** Follows links to rooms without loading the page anew. @param {() => void} onChange */
export function followLinks(onChange) {
  addEventListener("popstate", onChange);
  // A notification was pressed, in the worker.
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data?.type === "open") go(data.path, onChange);
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href, location.href);
    if (url.origin !== location.origin || !url.pathname.startsWith(rooms)) return;
    event.preventDefault();
    go(url.pathname, onChange);
  });
}

/** @param {string} path @param {() => void} onChange @param {boolean} [replace] no new step for Back */
export function go(path, onChange, replace = false) {
  if (path !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", path);
  onChange();
}
