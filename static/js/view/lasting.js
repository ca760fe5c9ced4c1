/** What lets the page start without a connection: its service worker, and the rooms' last state. Brought when at rest. */
import { LastState } from "../core/last-state.js";
import { boot } from "./boot.js";
import { look } from "./version.js";

/** Shows what was last known. @param {View.Page} page */
export async function recall(page) {
  await new LastState(page.chat).restore();
}

/** @param {View.Page} page */
export async function install(page) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return; // plain HTTP at another host: the page lives from the network alone
  const before = serviceWorker.controller;
  const registration = await serviceWorker.register(boot.urls.worker);
  await serviceWorker.ready;
  serviceWorker.addEventListener("controllerchange", () => {
    tell({ type: "keep-shell" });
    void look(page);
  });
  page.chat.addEventListener("connected", () => void registration.update().catch(() => {}));
  if (before || serviceWorker.controller) tell({ type: "keep-shell" });
  keepLastState(page);
  void page.desktop().then((desktop) => desktop.start());
}

/** Something for the worker, if there is one. @param {{ type: string, [field: string]: unknown }} message */
export const tell = (message) => navigator.serviceWorker?.controller?.postMessage(message);

/** Only what the server has said is kept; when one is signed out it goes. @param {View.Page} page */
function keepLastState({ chat }) {
  const last = new LastState(chat);
  let ended = false;
  const follow = () => {
    if (chat.line.value.state === "signed-out" && !ended) {
      ended = true;
      last.stop();
      tell({ type: "forget" });
    } else if (chat.rooms.loaded && !ended) {
      last.begin().catch(() => last.stop()); // this browser keeps nothing
    }
  };
  for (const part of [chat.rooms, chat.line]) part.addEventListener("change", follow);
  follow();
}
