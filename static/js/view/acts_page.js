/** What one can do from anywhere: the actions that the switcher offers. */
import { _ } from "../core/index.js";
import { boot } from "./boot.js";
import {
  askLeave,
  openBrowse,
  openDirect,
  openKeys,
  openLook,
  openNewRoom,
  openPeople,
  openSearch,
  openTopic,
} from "./dialogs.js";
import { choose } from "./look.js";

/** @typedef {{ name: string, icon: string, run: () => unknown }} Act */

/** @param {View.Page} page @returns {Act[]} */
export function pageActs(page) {
  return [
    ...(page.room ? roomActs(page) : []),
    { name: _("New room"), icon: "plus", run: () => openNewRoom(page) },
    { name: _("Search messages"), icon: "search", run: () => openSearch(page, {}) },
    { name: _("Browse rooms"), icon: "compass", run: () => openBrowse(page) },
    { name: _("New direct message"), icon: "pencil", run: () => openDirect(page) },
    { name: _("Keys"), icon: "keyboard", run: () => openKeys(page) },
    { name: _("Theme: as the system"), icon: "sliders-horizontal", run: () => choose("theme", "") },
    { name: _("Theme: light"), icon: "sliders-horizontal", run: () => choose("theme", "light") },
    { name: _("Theme: dark"), icon: "sliders-horizontal", run: () => choose("theme", "dark") },
    { name: _("Settings on this device"), icon: "a-large-small", run: () => openLook(page) },
    { name: _("Your account"), icon: "user", run: () => location.assign(boot.urls.account) },
  ];
}

/** What one can do with the open room. @param {View.Page} page @returns {Act[]} */
function roomActs(page) {
  const { room } = page;
  const name = page.titleOf(room);
  const mark = (/** @type {Partial<Wire.Marks>} */ marks) => () => page.markRoom(room.id, marks);
  const own =
    room.kind === "direct"
      ? []
      : [{ name: _("Leave {room}", { room: name }), icon: "log-out", run: () => askLeave(page) }];
  const managing = [
    { name: _("Add people to {room}", { room: name }), icon: "users", run: () => openPeople(page) },
    { name: _("Name and topic of {room}", { room: name }), icon: "pencil", run: () => openTopic(page) },
  ];
  return [
    room.favourite
      ? { name: _("Take {room} out of the favourites", { room: name }), icon: "star", run: mark({ favourite: false }) }
      : { name: _("Add {room} to the favourites", { room: name }), icon: "star", run: mark({ favourite: true }) },
    room.muted
      ? { name: _("Hear of {room} again", { room: name }), icon: "bell", run: mark({ muted: false }) }
      : { name: _("Mute {room}", { room: name }), icon: "bell-off", run: mark({ muted: true }) },
    { name: _("Room details"), icon: "panel-right", run: () => page.details.toggle(true) },
    ...(page.manages(room) ? managing : []),
    ...own,
  ];
}
