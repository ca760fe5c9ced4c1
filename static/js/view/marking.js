/** What a mark makes of a text. Pure. */

/**
 * @typedef {{ around?: string, before?: string, block?: string, link?: boolean }} Mark
 * `around`: stands on both sides of what is selected; `before`: at the beginning of each of its lines; `block`: in lines
 * of its own around it; `link`: an address comes behind it
 */

/**
 * The new text, and what of it is selected then. A mark that is there is taken away.
 * @param {string} text @param {number} from @param {number} to the selection @param {Mark} mark
 * @returns {{ text: string, from: number, to: number }}
 */
export function marked(text, from, to, { around, before, block, link }) {
  const chosen = text.slice(from, to);
  const with_ = (/** @type {string} */ put, /** @type {number} */ start, /** @type {number} */ end) => ({
    text: text.slice(0, from) + put + text.slice(to),
    from: from + start,
    to: from + end,
  });
  if (link) return with_(`[${chosen}](https://)`, chosen.length + 3, chosen.length + 11);
  if (before !== undefined) return ofLines(text, from, to, before);
  if (block) {
    const head = `${from > 0 && text[from - 1] !== "\n" ? "\n" : ""}${block}\n`;
    return with_(`${head}${chosen}\n${block}\n`, head.length, head.length + chosen.length);
  }
  const sign = around ?? "";
  const size = sign.length;
  if (text.slice(from - size, from) === sign && text.slice(to, to + size) === sign) {
    return { text: text.slice(0, from - size) + chosen + text.slice(to + size), from: from - size, to: to - size };
  }
  return with_(`${sign}${chosen}${sign}`, size, size + chosen.length);
}

/** @param {string} text @param {number} from @param {number} to @param {string} sign */
function ofLines(text, from, to, sign) {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const lines = text.slice(start, to).split("\n");
  const there = lines.every((line) => line.startsWith(sign));
  const changed = lines.map((line) => (there ? line.slice(sign.length) : sign + line)).join("\n");
  const grown = changed.length - (to - start);
  const first = there ? -sign.length : sign.length;
  return { text: text.slice(0, start) + changed + text.slice(to), from: Math.max(start, from + first), to: to + grown };
}
