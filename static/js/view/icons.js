/** Icons from the sprite, and our own marks. */
import { html } from "lit";
import { boot } from "./boot.js";

/**
 * One icon. It is decoration: the button around it has the words.
 * @param {string} name a symbol of icons.svg
 * @param {boolean} [small] 16 instead of 18 px
 */
export const icon = (name, small = false) =>
  html`<svg class=${small ? "i i--s" : "i"} aria-hidden="true"><use href="${boot.urls.icons}#${name}"></use></svg>`;

/** The double tick in its square. */
export const logo = () =>
  html`<svg class="logo" viewBox="0 0 28 28" aria-hidden="true">
    <rect width="28" height="28" rx="8"></rect>
    <path d="M5.500 14.800l4 4L17 10.300M14.200 17.900l1 .9L23 10.300"></path>
  </svg>`;

/** A room's sign: a hash for one that everyone finds, a lock for one by invitation. */
export const roomGlyph = (/** @type {string} */ kind, small = true) => icon(kind === "private" ? "lock" : "hash", small);

/** The one drawing of empty rooms: a bubble with a tick and a flag. */
export const emptyArt = () =>
  html`<svg class="art" viewBox="0 0 88 88" aria-hidden="true">
    <circle class="wash" cx="44" cy="44" r="38"></circle>
    <path d="M22 32h36v24H38l-9 9v-9h-7z"></path>
    <path d="M31 44l5 5 9-10"></path>
    <path class="flag" d="M64 26v22M64 26h10l-3 5 3 5H64"></path>
  </svg>`;
