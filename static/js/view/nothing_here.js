/** What stands where there is nothing (`empty.js`), brought when it is first needed: most first paints have something. */
import { nothing } from "lit";

/** @type {typeof import("./empty.js") | null} */
let brought = null;

/** @param {View.Page} page @param {"emptyRoom" | "noRoom" | "notHere"} what */
export function nothingHere(page, what) {
  if (brought) return brought[what](page);
  import("./empty.js").then(
    (module) => {
      brought = module;
      page.schedule();
    },
    () => {}, // drawn anew, it is asked for again
  );
  return nothing;
}
