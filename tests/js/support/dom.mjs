/** A DOM for what needs one: import this first. */
import { JSDOM } from "jsdom";

export const dom = new JSDOM("<!doctype html><html><body></body></html>", { url: "http://chat.test/rooms/" });
const names = [
  "document",
  "HTMLElement",
  "Node",
  "NodeFilter",
  "Element",
  "customElements",
  "CSSStyleSheet",
  "DocumentFragment",
];
for (const name of names)
  Object.defineProperty(globalThis, name, {
    value: /** @type {any} */ (dom.window)[name],
    configurable: true,
  });
Object.defineProperty(globalThis, "window", { value: dom.window, configurable: true });
