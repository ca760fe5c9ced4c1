/** Icons from the sprite, and our own marks. */
import { html } from "lit";
import { boot } from "./boot.js";

/** The sprite's address, or nothing once it is part of this document. */
let sprite = boot.urls.icons;
let prefix = "";

/** Takes the sprite into the document, so that icons can be drawn without a connection too. Call it before drawing. */
export async function loadSprite() {
  const answer = await fetch(boot.urls.icons);
  const file = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  for (const symbol of file.querySelectorAll("symbol")) symbol.id = `i-${symbol.id}`;
  const svg = /** @type {SVGElement} */ (/** @type {unknown} */ (document.importNode(file, true)));
  svg.setAttribute("class", "sprite");
  svg.setAttribute("aria-hidden", "true");
  document.body.append(svg);
  [sprite, prefix] = ["", "i-"];
}

/** What `use` names. @param {string} name a symbol of icons.svg */
export const iconHref = (name) => `${sprite}#${prefix}${name}`;

/**
 * One icon. It is decoration: the button around it has the words.
 * @param {string} name a symbol of icons.svg
 * @param {boolean} [small] 16 instead of 18 px
 */
export const icon = (name, small = false) =>
  html`<svg class=${small ? "i i--s" : "i"} aria-hidden="true"><use href=${iconHref(name)}></use></svg>`;

/** The double tick in its square. */
export const logo = () =>
  html`<svg class="logo" viewBox="0 0 28 28" aria-hidden="true">
    <rect width="28" height="28" rx="8"></rect>
    <path d="M5.500 14.800l4 4L17 10.300M14.200 17.900l1 .9L23 10.300"></path>
  </svg>`;

/** A room's sign: a hash for one that everyone finds, a lock for one by invitation. */
export const roomGlyph = (/** @type {string} */ kind, small = true) =>
  icon(kind === "private" ? "lock" : "hash", small);

/** The one drawing of empty rooms: a bubble with a tick and a flag. */
export const emptyArt = () =>
  html`<svg class="art" viewBox="0 0 88 88" aria-hidden="true">
    <circle class="wash" cx="44" cy="44" r="38"></circle>
    <path d="M22 32h36v24H38l-9 9v-9h-7z"></path>
    <path d="M31 44l5 5 9-10"></path>
    <path class="flag" d="M64 26v22M64 26h10l-3 5 3 5H64"></path>
  </svg>`;
