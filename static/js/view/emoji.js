/** Emoji by name, from emojibase-data (English). Loaded when somebody looks for one. */
import { codes, data } from "emojibase-data";
import { _ } from "../core/index.js";

/** Groups as emojibase numbers them; 2 holds parts of emoji, not emoji. */
const GROUPS = [
  _("Smileys and feelings"),
  _("People"),
  "",
  _("Animals and nature"),
  _("Food and drink"),
  _("Travel and places"),
  _("Activities"),
  _("Objects"),
  _("Symbols"),
  _("Flags"),
];

/** @typedef {{ emoji: string, name: string, codes: string[], words: string, group: number }} Emoji */

const shown = data.filter((/** @type {any} */ one) => one.group !== undefined && GROUPS[one.group]);
shown.sort((/** @type {any} */ a, /** @type {any} */ b) => a.order - b.order);

/** All emoji in their order. @type {Emoji[]} */
export const all = shown.map((/** @type {any} */ one) => {
  const short = [codes[one.hexcode] ?? []].flat();
  return {
    emoji: one.unicode,
    name: one.label,
    codes: short,
    words: [one.label, ...short, ...(one.tags ?? [])].join(" ").toLowerCase(),
    group: one.group,
  };
});

/** Group by group. @type {{ name: string, emoji: Emoji[] }[]} */
export const groups = GROUPS.map((name, group) => ({ name, emoji: all.filter((one) => one.group === group) })).filter(
  ({ emoji }) => emoji.length > 0,
);

/** @type {Map<string, Emoji>} */
const byEmoji = new Map(all.map((one) => [one.emoji, one]));

/** @param {string} emoji */
export const nameOf = (emoji) => byEmoji.get(emoji)?.name ?? emoji;

/** How well an emoji fits: 0 its short name begins so, 1 a word of its name, 2 anything about it; 3 not at all. @param {Emoji} one @param {string} asked */
function rank(one, asked) {
  if (one.codes.some((code) => code.startsWith(asked))) return one.codes.includes(asked) ? -1 : 0;
  if (` ${one.name.toLowerCase()}`.includes(` ${asked}`)) return 1;
  return one.words.includes(asked) ? 2 : 3;
}

/** Those that fit, the best first. @param {string} text @param {number} [limit] */
export function find(text, limit = 60) {
  const asked = text.trim().toLowerCase().replace(/^:|:$/g, "").replaceAll(" ", "_");
  const plain = asked.replaceAll("_", " ");
  const ranked = all.map((one) => ({ one, rank: Math.min(rank(one, asked), rank(one, plain)) }));
  return ranked
    .filter((each) => each.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, limit)
    .map((each) => each.one);
}
