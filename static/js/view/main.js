/** The page begins here. */
import { createChat } from "../core/index.js";
import { boot } from "./boot.js";
import { Page } from "./page.js";

const root = /** @type {HTMLElement} */ (document.getElementById("page"));
const chat = await createChat({ me: boot.me });
root.replaceChildren();
new Page({ chat, root }).start();
