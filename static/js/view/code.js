/** Code in messages: its language, a button that copies it, its own horizontal scroll. Built from nodes. */
import { iconHref } from "./icons.js";
import { codeIn, says } from "./words_talk.js";

/**
 * Puts a block of code into a frame with a head.
 * @param {HTMLElement} pre
 */
export function dressCode(pre) {
  const language = /language-(\S+)/.exec(pre.querySelector("code")?.className ?? "")?.[1] ?? "";
  const figure = document.createElement("figure");
  const head = document.createElement("figcaption");
  const name = document.createElement("span");
  figure.className = "code";
  name.textContent = language;
  head.append(name, copyButton(pre));
  pre.replaceWith(figure);
  pre.setAttribute("role", "region");
  pre.setAttribute("aria-label", language ? codeIn(language) : says.code);
  figure.append(head, pre);
  // What scrolls must be reached with the keyboard; whether it does is known once it is laid out.
  requestAnimationFrame(() => {
    if (scrolls(pre)) pre.tabIndex = 0;
  });
  const code = pre.querySelector("code");
  // Without its colours, code is still code.
  if (code && language) import("./highlight.js").then((module) => module.highlight(code, language)).catch(() => {});
}

/** Whether it goes on beyond its edge. @param {HTMLElement} pre */
export const scrolls = (pre) => pre.scrollWidth > pre.clientWidth;

/** @param {HTMLElement} pre */
function copyButton(pre) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon icon--s";
  say(button, "copy", says.copyCode);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.textContent ?? "");
    say(button, "check", says.copied);
    setTimeout(() => say(button, "copy", says.copyCode), 2000);
  });
  // The clipboard exists only on https and localhost.
  button.hidden = !navigator.clipboard;
  return button;
}

/** @param {HTMLButtonElement} button @param {string} icon @param {string} words */
function say(button, icon, words) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "i i--s");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", iconHref(icon));
  svg.append(use);
  button.replaceChildren(svg);
  button.setAttribute("aria-label", words);
  button.title = words;
}
