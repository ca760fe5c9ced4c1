/** Keys that work anywhere on the page. */
import { openKeys, openSearch, openSwitch } from "./dialogs.js";
import { hasNews, roomSections } from "./order.js";
import { says } from "./words_talk.js";

/** @param {View.Page} page */
export function installKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || page.layers.dialog) return;
    if (jumps(event)) open(event, () => openSwitch(page));
    else if (searches(event)) open(event, () => openSearch(page, {}));
    else if (asksForKeys(event)) open(event, () => openKeys(page));
    else if (event.key === "Escape" && event.shiftKey) markRead(page, event);
    else if (event.key === "Escape") toTheField(page, event);
    else if (event.key === "F6") region(page, event);
    else if (event.altKey && !event.ctrlKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      nextRoom(page, event);
    }
  });
}

/** @param {KeyboardEvent} event @param {() => unknown} what */
function open(event, what) {
  event.preventDefault();
  what();
}

/** Ctrl K, or ⌘ K. */
const jumps = (/** @type {KeyboardEvent} */ event) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";

/** Ctrl Shift F, or ⌘ Shift F. */
const searches = (/** @type {KeyboardEvent} */ event) =>
  (event.ctrlKey || event.metaKey) && !event.altKey && event.shiftKey && event.key.toLowerCase() === "f";

/** "?" where nobody writes, and Ctrl / everywhere. */
function asksForKeys(/** @type {KeyboardEvent} */ event) {
  if (event.key === "/" && (event.ctrlKey || event.metaKey)) return true;
  const writing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  return event.key === "?" && !writing && !(event.ctrlKey || event.metaKey || event.altKey);
}

/** Shift Esc: all that is here of the room is read; for oneself it can be had back as unread. */
function markRead(/** @type {View.Page} */ page, /** @type {KeyboardEvent} */ event) {
  if (!page.room?.cursor) return;
  event.preventDefault();
  const { id, readSeq, unread } = page.room;
  page.chat.markRead(id, page.room.cursor);
  if (!unread) return;
  const back = () => page.room?.id === id && page.acts.unreadFrom(readSeq + 1);
  page.toast.say(says.allRead, { words: says.undo, run: back });
}

/** Esc closes what lies on top, else goes to the composer. It never marks anything as read. */
function toTheField(/** @type {View.Page} */ page, /** @type {KeyboardEvent} */ event) {
  if (document.querySelector(":popover-open")) return;
  if (page.details.open && (page.details.covers || document.activeElement?.closest(".panel"))) {
    event.preventDefault();
    page.details.close();
  } else if (page.room) {
    event.preventDefault();
    page.composer.focus();
  }
}

/** F6 goes from region to region: rooms, messages, composer, details. */
function region(/** @type {View.Page} */ page, /** @type {KeyboardEvent} */ event) {
  const stops = ["#rooms [aria-current], #rooms a", '.list [tabindex="0"]', "#write", ".panel button"]
    .map((selector) => /** @type {HTMLElement | null} */ (page.root.querySelector(selector)))
    .filter((element) => element && element.offsetParent !== null && !element.closest("[inert]"));
  if (stops.length === 0) return;
  event.preventDefault();
  const regions = [".side", ".list", ".comp", ".panel"];
  const inside = regions.find((selector) => document.activeElement?.closest(selector));
  const here = stops.findIndex((element) => inside && element?.closest(inside));
  const step = event.shiftKey ? -1 : 1;
  const next = here === -1 ? 0 : (here + step + stops.length) % stops.length;
  stops[next]?.focus();
}

/** Alt Up and Down: the previous or next room; with Shift the next one that has something unread. */
function nextRoom(/** @type {View.Page} */ page, /** @type {KeyboardEvent} */ event) {
  const rooms = roomSections(page).flatMap((section) => section.rooms);
  const here = rooms.findIndex((room) => room.id === page.where.id);
  const step = event.key === "ArrowUp" ? -1 : 1;
  for (let n = 1; n <= rooms.length; n++) {
    const room = rooms[(here + step * n + rooms.length * 2) % rooms.length];
    if (room && room.id !== page.where.id && (!event.shiftKey || hasNews(room))) {
      event.preventDefault();
      page.where.goTo(room.id);
      return;
    }
  }
}
