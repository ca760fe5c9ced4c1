/** Round marks of people: their picture, or initials on one of eight hues. Bots are squares. */
import { html, nothing } from "lit";

const HUES = 8;

/** A steady hue of an id, 0 to 7. @param {string} id */
export function hue(id) {
  let sum = 0;
  for (const sign of id) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}

/**
 * The first signs of the first and last word of a name.
 * @param {string} name @param {boolean} single one sign only
 */
export function initials(name, single) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const signs = words.map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0] ?? [...word][0] ?? "");
  const chosen = single || signs.length < 2 ? signs.slice(0, 1) : [signs[0], signs.at(-1)];
  return chosen.join("").toLocaleUpperCase() || "?";
}

/** Sizes of 20 px and less show one letter. */
const SMALL = new Set(["s", "xs"]);

/**
 * An avatar; hidden from screen readers, because the name stands beside it.
 * @param {any} user `user` of the protocol, or undefined while it is being fetched
 * @param {{ size?: "l" | "m" | "s" | "xs", presence?: string }} [options]
 */
export function avatar(user, { size, presence } = {}) {
  const classes = ["avatar", size ? `avatar--${size}` : "", user?.kind === "bot" ? "avatar--bot" : ""];
  const single = size !== undefined && SMALL.has(size);
  const dot =
    presence === "online"
      ? html`<i class="pres"></i>`
      : presence === "away"
        ? html`<i class="pres pres--away"></i>`
        : nothing;
  return html`<span class=${classes.filter(Boolean).join(" ")} data-h=${hue(user?.id ?? "")} aria-hidden="true"
    >${user?.avatar ? html`<img src=${user.avatar} alt="" loading="lazy" />` : user ? initials(user.display_name, single) : ""}${dot}</span
  >`;
}
