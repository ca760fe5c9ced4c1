/** Real addresses: `/rooms/` and `/rooms/<id>/`; Back and Forward work, and a link can be opened in a new tab. */
import { boot } from "./boot.js";

const { rooms } = boot.urls;

/** @param {string} id */
export const roomUrl = (id) => `${rooms}${encodeURIComponent(id)}/`;

/** The room that the address names, or null. */
export function roomInAddress() {
  if (!location.pathname.startsWith(rooms)) return null;
  const id = decodeURIComponent(location.pathname.slice(rooms.length).replace(/\/.*$/, ""));
  return id || null;
}

/** The door, with the way back here. */
export const signInUrl = () => `${boot.urls.signIn}?next=${encodeURIComponent(location.pathname)}`;

/** Follows links to rooms without loading the page anew. @param {() => void} onChange */
export function followLinks(onChange) {
  addEventListener("popstate", onChange);
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
