/**
 * The dialogs and the like, each brought when it is first opened: the first paint needs none of them. Once the page is at rest they are
 * fetched ahead, so that they open at once, and without a connection too.
 */

/** @type {(() => Promise<unknown>)[]} */
const loaders = [];

/**
 * A function that brings a module and calls what it is for.
 * @template M
 * @template {unknown[]} A
 * @param {() => Promise<M>} load
 * @param {(module: M) => (page: View.Page, ...rest: A) => unknown} pick
 */
function brought(load, pick) {
  loaders.push(load);
  return async (/** @type {View.Page} */ page, /** @type {A} */ ...rest) => {
    try {
      pick(await load())(page, ...rest);
    } catch {
      page.layers.cannotLoad();
    }
  };
}

export const openBrowse = brought(
  () => import("./dialog_browse.js"),
  (module) => module.openBrowse,
);
export const openDirect = brought(
  () => import("./dialog_direct.js"),
  (module) => module.openDirect,
);
export const openNewRoom = brought(
  () => import("./dialog_new_room.js"),
  (module) => module.openNewRoom,
);
export const openPeople = brought(
  () => import("./dialog_people.js"),
  (module) => module.openPeople,
);
export const openTopic = brought(
  () => import("./dialog_topic.js"),
  (module) => module.openTopic,
);
export const openRoom = brought(
  () => import("./dialog_room.js"),
  (module) => module.openRoom,
);
export const openLightbox = brought(
  () => import("./lightbox.js"),
  (module) => module.openLightbox,
);
export const openReport = brought(
  () => import("./dialog_report.js"),
  (module) => module.openReport,
);
export const openInvited = brought(
  () => import("./dialog_invited.js"),
  (module) => module.openInvited,
);
export const askRemove = brought(
  () => import("./dialog_confirm.js"),
  (module) => module.askRemove,
);
export const askEveryone = brought(
  () => import("./dialog_confirm.js"),
  (module) => module.askEveryone,
);
export const askLeave = brought(
  () => import("./dialog_confirm.js"),
  (module) => module.askLeave,
);

export const openMentions = brought(
  () => import("./dialog_mentions.js"),
  (module) => module.openMentions,
);
export const openDrafts = brought(
  () => import("./dialog_drafts.js"),
  (module) => module.openDrafts,
);
export const openUnsent = brought(
  () => import("./dialog_unsent.js"),
  (module) => module.openUnsent,
);
export const openNotify = brought(
  () => import("./dialog_notify.js"),
  (module) => module.openNotify,
);
export const openLook = brought(
  () => import("./dialog_look.js"),
  (module) => module.openLook,
);
export const openKeys = brought(
  () => import("./dialog_keys.js"),
  (module) => module.openKeys,
);
export const openSearch = brought(
  () => import("./dialog_search.js"),
  (module) => module.openSearch,
);
export const openSwitch = brought(
  () => import("./dialog_switch.js"),
  (module) => module.openSwitch,
);

/** The form in which a message is changed; then what needed it goes on. */
export const bringEditForm = brought(
  () => import("./edit_form.js"),
  (module) => (/** @type {View.Page} */ page, /** @type {() => void} */ then) => {
    page.editForm = module.editForm;
    then();
  },
);

/** Brings them all; what does not come now comes when it is asked for. */
export function fetchAhead() {
  for (const load of [...loaders, () => import("./facts.js")]) load().catch(() => {});
}
