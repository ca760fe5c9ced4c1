/**
 * What lies over the page and has an address of its own: mentions, drafts, the search. A reload, Back and links lead there; behind
 * it the room stays that was open, or the last one is opened.
 */
import { openDrafts, openMentions, openSearch } from "./dialogs.js";
import { layerInAddress, layerUrl, leaveLayer } from "./router.js";

/** @type {Record<import("./router.js").Layer, (page: View.Page) => unknown>} */
const OPEN = {
  mentions: openMentions,
  drafts: openDrafts,
  search(page) {
    const asked = new URLSearchParams(location.search);
    return openSearch(page, { q: asked.get("q") ?? undefined, room: asked.get("room") });
  },
};

/** The address has changed: what it names is brought, what it does not name any more goes. @param {View.Page} page */
export function followAddress(page) {
  const named = layerInAddress();
  if (named === (page.layers.dialog?.layer ?? null)) return;
  if (named) void OPEN[named](page);
  else page.layers.close();
}

/** What lies on top has changed: the address says so. @param {View.Page} page */
export function tellAddress({ layers: { dialog }, where }) {
  const layer = dialog?.layer ?? null;
  const before = layerInAddress();
  if (layer) {
    const path = layerUrl(layer) + (dialog?.asks ?? "");
    if (layer === before) history.replaceState(history.state, "", path);
    else history.pushState({ within: true }, "", path);
  } else if (before) leaveLayer(where.id);
}
