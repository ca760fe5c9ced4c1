/** Keys that work anywhere on the page. */

/** @param {View.Page} page */
export function installKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || page.dialog) return;
    if (event.key === "Escape") toTheField(page, event);
    else if (event.key === "F6") region(page, event);
    else if (event.altKey && !event.ctrlKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      nextRoom(page, event);
    }
  });
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
  const all = page.chat.rooms.list();
  const rooms = [
    ...all.filter((/** @type {any} */ room) => room.kind !== "direct"),
    ...all.filter((/** @type {any} */ room) => room.kind === "direct"),
  ];
  const here = rooms.findIndex((room) => room.id === page.place.id);
  const step = event.key === "ArrowUp" ? -1 : 1;
  for (let n = 1; n <= rooms.length; n++) {
    const room = rooms[(here + step * n + rooms.length * 2) % rooms.length];
    if (room && room.id !== page.place.id && (!event.shiftKey || room.unread > 0)) {
      event.preventDefault();
      page.goTo(room.id);
      return;
    }
  }
}
