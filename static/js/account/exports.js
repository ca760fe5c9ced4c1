/** The page works without this; with it, one sees an export grow, and it can be had as soon as it is ready. */
import { _ } from "../core/i18n.js";

const EVERY_MS = 700;

/** @param {HTMLElement} row */
async function follow(row) {
  const bar = /** @type {HTMLProgressElement} */ (row.querySelector("progress"));
  const words = /** @type {HTMLElement} */ (row.querySelector("[data-words]"));
  const link = /** @type {HTMLAnchorElement} */ (row.querySelector("a[download]"));
  words.setAttribute("role", "status");
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    const answer = await fetch(`/api/v1/me/exports/${row.dataset.export}/`).catch(() => undefined);
    if (answer && (answer.status === 404 || answer.status === 401)) return;
    if (!answer?.ok) continue;
    const { state, done, whole } = await answer.json();
    row.dataset.state = state;
    bar.max = whole || 1;
    bar.value = done;
    if (state === "working") {
      words.textContent = _("{done} of {whole} so far", { done, whole });
      continue;
    }
    bar.remove();
    words.textContent = state === "ready" ? _("Ready") : _("It could not be made");
    link.hidden = state !== "ready";
    return;
  }
}

for (const row of document.querySelectorAll('[data-export][data-state="working"]')) {
  follow(/** @type {HTMLElement} */ (row));
}
