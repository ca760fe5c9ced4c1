/**
 * Whether the server has newer page files than this page was made of. A server that is replaced cuts every socket, so each
 * later connection is the moment to look. The page never reloads by itself: the line says so and offers it.
 */
import { boot } from "./boot.js";

/** Pages look within this time, not all at once. */
const SPREAD_MS = 10_000;

/** @param {View.Page} page */
export function watchVersion(page) {
  let connected = false;
  page.chat.addEventListener("connected", () => {
    if (connected) setTimeout(() => void look(page), Math.random() * SPREAD_MS);
    connected = true;
  });
}

/** Whoever comes later by another way (a worker of a newer version) has it looked at, too. @param {View.Page} page */
export async function look(page) {
  const answer = await fetch(boot.urls.rooms).catch(() => null);
  if (!answer?.ok || answer.redirected) return; // the next connection looks again
  const text = await answer.text();
  const told = new DOMParser().parseFromString(text, "text/html").getElementById("boot")?.textContent;
  if (told && JSON.parse(told).version !== boot.version) page.chat.noteNewVersion();
}
