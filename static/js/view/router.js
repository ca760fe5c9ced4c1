/**
 * Real addresses: `/rooms/`, `/rooms/<id>/`, `/rooms/<id>/details/`, and `/rooms/mentions/` and its kin for what lies over a room;
 * Back and Forward work, and a link can be opened in a new tab.
 */
import { boot } from "./boot.js";

const { rooms } = boot.urls;

/** @param {string} id */
export const roomUrl = (id) => `${rooms}${encodeURIComponent(id)}/`;

/** The address of one message. @param {string} id @param {number} seq */
export const messageUrl = (id, seq) => `${roomUrl(id)}${seq}/`;

/** The address of a room's details, where they lie over the room. @param {string} id */
export const detailsUrl = (id) => `${roomUrl(id)}details/`;

/** The parts of a path below `/rooms/`; none of another path. @param {string} path */
const parts = (path) => (path.startsWith(rooms) ? path.slice(rooms.length).split("/") : []);

/** No room has such an id. @typedef {"mentions" | "drafts" | "search"} Layer */

const LAYERS = ["mentions", "drafts", "search"];

/** @param {Layer} name */
export const layerUrl = (name) => `${rooms}${name}/`;

/** What lies over the page by its address, or null. */
export function layerInAddress() {
  const name = parts(location.pathname)[0] ?? "";
  return LAYERS.includes(name) ? /** @type {Layer} */ (name) : null;
}

/** It was closed: a step back if one came from within the page. @param {string | null} room what was behind it */
export function leaveLayer(room) {
  if (history.state?.within) history.back();
  else history.replaceState(null, "", room === null ? rooms : roomUrl(room));
}

/** The room that the address names, or null. */
export function roomInAddress() {
  if (layerInAddress()) return null;
  return decodeURIComponent(parts(location.pathname)[0] ?? "") || null;
}

/** The message that the address names, or null. */
export function messageInAddress() {
  const seq = Number(parts(location.pathname)[1]);
  return Number.isSafeInteger(seq) && seq > 0 ? seq : null;
}

/** Whether the address names the details of a room. */
export const detailsInAddress = () => parts(location.pathname)[1] === "details";

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
    // The skip links: to a part of this page.
    if (url.hash && url.pathname === location.pathname) document.getElementById(url.hash.slice(1))?.focus();
    else go(url.pathname + url.search, onChange);
  });
}

/** @param {string} path @param {() => void} onChange @param {boolean} [replace] no new step for Back */
export function go(path, onChange, replace = false) {
  const here = location.pathname + location.search;
  if (path !== here && replace) history.replaceState(history.state, "", path);
  else if (path !== here) history.pushState({ within: true }, "", path);
  onChange();
}
