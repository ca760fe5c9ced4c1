/** Loaded with `node --import`: bare names of vendored libraries resolve to the very files that the page loads. */
import { register } from "node:module";

register("./hooks.mjs", import.meta.url);
