/**
 * The page's words. They stand in the code in English, as gettext wants them: `_("New room")`, with names in braces
 * `_("Remove {name}", { name })`, by number `ngettext("{n} person", "{n} people", n)`. `make messages`
 * gathers them; the server puts the catalog of another language into the page (`page_catalog`).
 *
 * Plural forms of a catalog are in the order of CLDR: zero, one, two, few, many, other, as far as whole numbers meet them.
 */

const ORDER = ["zero", "one", "two", "few", "many", "other"];
/** Every form that a language has for whole numbers occurs below this. */
const ALL_FORMS_BELOW = 200;

/** Languages that are written from the right. */
const FROM_THE_RIGHT = new Set(["ar", "fa", "he", "ur"]);
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** @typedef {Record<string, string | string[]>} Catalog from the English words to those of the language */

/** @type {Catalog} */
let catalog = {};
let rules = new Intl.PluralRules("en");
let forms = ["one", "other"];

let numbers = new Intl.NumberFormat("en");
let leftward = false;

/** What dates, lists and names are written by: the person's own kind of the page's language. */
export let locale = "en";

/**
 * From now on in this language.
 * @param {string} language @param {Catalog} [words]
 */
export function speak(language, words = {}) {
  catalog = words;
  rules = new Intl.PluralRules(language);
  const met = new Set(Array.from({ length: ALL_FORMS_BELOW }, (_each, n) => rules.select(n)));
  forms = ORDER.filter((form) => met.has(/** @type {Intl.LDMLPluralRule} */ (form)));
  const main = /** @type {string} */ (language.split("-")[0]);
  leftward = FROM_THE_RIGHT.has(main);
  locale = globalThis.navigator?.languages?.find((one) => one.split("-")[0] === main) ?? language;
  numbers = new Intl.NumberFormat(locale);
}

/** A number as it is written here. @param {number} n */
export const numberWords = (n) => numbers.format(n);

/**
 * The words for this English text.
 * @param {string} text @param {Record<string, string | number>} [values] for the names in braces
 */
export function _(text, values) {
  const found = catalog[text];
  return fill(typeof found === "string" && found ? found : text, values);
}

/**
 * The words for this number of things; `{n}` is the number.
 * @param {string} one @param {string} many @param {number} n @param {Record<string, string | number>} [values]
 */
export function ngettext(one, many, n, values) {
  const found = catalog[one];
  // A form that only huge or broken numbers take, as Spanish has for a million, is not in the catalog: the last one is.
  const form = Array.isArray(found) ? (found[forms.indexOf(rules.select(n))] ?? found.at(-1)) : undefined;
  return fill(form || (n === 1 ? one : many), { n, ...values });
}

/** "Ines", "Ines and Tomas", "Ines, Tomas and Jun". @param {string[]} names */
export const listOf = (names) => new Intl.ListFormat(locale, { type: "conjunction" }).format(names);

/** @param {string} text @param {Record<string, string | number>} [values] */
function fill(text, values) {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => written(values[name] ?? whole));
}

/**
 * A value within a sentence. A name that is written the other way round than the page is kept from turning its surroundings
 * around, also in labels, where no element can do it.
 * @param {string | number} value
 */
function written(value) {
  if (typeof value === "number") return numbers.format(value);
  return leftward || RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;
}

const page = globalThis.document;
if (page?.documentElement.lang) {
  speak(page.documentElement.lang, JSON.parse(page.getElementById("catalog")?.textContent || "{}"));
}
