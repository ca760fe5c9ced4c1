/**
 * How well a name answers what was typed. Pure. A name that begins with it comes first, then one with a word that does, then
 * one that has it anywhere, then one that has its letters in order.
 */

/** Fewer letters than this would be found, in order, in almost any name. */
const FEW = 3;

/** @typedef {{ rank: number, marks: number[] }} Match `marks`: the places of the signs that were found */

/** Letters alone: neither case nor accents matter. @param {string} sign */
const plain = (sign) => sign.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().slice(0, 1) || sign;

/** @param {number} from @param {number} length */
const stretch = (from, length) => Array.from({ length }, (_each, index) => from + index);

/** @param {string} sign */
const separates = (sign) => !/[\p{L}\p{N}]/u.test(sign);

/**
 * @param {string} query @param {string} name
 * @returns {Match | null} null when it does not answer; places count code points
 */
export function match(query, name) {
  const wanted = [...query.trim()].map(plain);
  const signs = [...name].map(plain);
  if (wanted.length === 0) return { rank: 0, marks: [] };
  /** @type {number[]} */
  const found = [];
  for (let from = 0; from + wanted.length <= signs.length; from++) {
    if (wanted.every((sign, index) => sign === signs[from + index])) found.push(from);
  }
  const start = found.find((from) => from > 0 && separates(signs[from - 1] ?? ""));
  if (found[0] === 0) return { rank: 0, marks: stretch(0, wanted.length) };
  if (start !== undefined) return { rank: 1, marks: stretch(start, wanted.length) };
  if (found[0] !== undefined) return { rank: 2, marks: stretch(found[0], wanted.length) };
  const marks = wanted.length < FEW ? null : inOrder(wanted, signs);
  return marks && { rank: 3, marks };
}

/** @param {string[]} wanted @param {string[]} signs */
function inOrder(wanted, signs) {
  const marks = [];
  let at = -1;
  for (const sign of wanted) {
    at = signs.indexOf(sign, at + 1);
    if (at === -1) return null;
    marks.push(at);
  }
  return marks;
}

/**
 * What answers, best first. Among equals the one used last comes first, then the order in which they were given.
 * @template {{ name: string, other?: string, used?: number }} T `other` is a second name; `used`: smaller is more recent
 * @param {string} query @param {T[]} all
 * @returns {(T & { marks: number[] })[]}
 */
export function rank(query, all) {
  return all
    .flatMap((one, order) => {
      const named = match(query, one.name);
      const best = named ?? (one.other ? match(query, one.other) : null);
      return best ? [{ one, order, rank: best.rank, marks: named?.marks ?? [] }] : [];
    })
    .sort((a, b) => a.rank - b.rank || used(a.one) - used(b.one) || a.order - b.order)
    .map(({ one, marks }) => ({ ...one, marks }));
}

/** @param {{ used?: number }} one */
const used = (one) => one.used ?? Number.MAX_SAFE_INTEGER;
