/** The page begins here. */
import { createChat } from "../core/index.js";
import { boot } from "./boot.js";
import { loadSprite } from "./icons.js";
import { lookAsChosen } from "./look.js";
import { Page } from "./page.js";

lookAsChosen();
const root = /** @type {HTMLElement} */ (document.getElementById("page"));
// Without the sprite the icons come from its file, one by one.
const [chat] = await Promise.all([createChat({ me: boot.me }), loadSprite().catch(() => {})]);
root.replaceChildren();
new Page({ chat, root }).start();
