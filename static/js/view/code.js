/** Code in messages: its language, a button that copies it, its own horizontal scroll. Built from nodes. */
import { iconHref } from "./icons.js";

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
  pre.setAttribute("aria-label", language ? `Code, ${language}` : "Code");
  figure.append(head, pre);
}

/** @param {HTMLElement} pre */
function copyButton(pre) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon icon--s";
  say(button, "copy", "Copy code");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(pre.textContent ?? "");
    say(button, "check", "Copied");
    setTimeout(() => say(button, "copy", "Copy code"), 2000);
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
