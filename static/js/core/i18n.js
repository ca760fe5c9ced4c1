/**
 * The page's words. They stand in the code in English, as gettext wants them: `_("New room")`, with names in braces
 * `_("Remove {name}", { name })`, by number `ngettext("{n} person", "{n} people", n)`. `manage.py makemessages -d djangojs`
 * gathers them; the server puts the catalog of another language into the page (`page_catalog`).
 *
 * Plural forms of a catalog are in the order of CLDR: zero, one, two, few, many, other, as far as whole numbers meet them.
 */

const ORDER = ["zero", "one", "two", "few", "many", "other"];
/** Every form that a language has for whole numbers occurs below this. */
const ALL_FORMS_BELOW = 200;

/** @typedef {Record<string, string | string[]>} Catalog from the English words to those of the language */

/** @type {Catalog} */
let catalog = {};
let rules = new Intl.PluralRules("en");
let forms = ["one", "other"];

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
  const main = language.split("-")[0];
  locale = globalThis.navigator?.languages?.find((one) => one.split("-")[0] === main) ?? language;
}

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
  const form = Array.isArray(found) ? found[forms.indexOf(rules.select(n))] : undefined;
  return fill(form || (n === 1 ? one : many), { n, ...values });
}

/** "Ines", "Ines and Tomas", "Ines, Tomas and Jun". @param {string[]} names */
export const listOf = (names) => new Intl.ListFormat(locale, { type: "conjunction" }).format(names);

/** @param {string} text @param {Record<string, string | number>} [values] */
function fill(text, values) {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

const page = globalThis.document;
if (page?.documentElement.lang) {
  speak(page.documentElement.lang, JSON.parse(page.getElementById("catalog")?.textContent || "{}"));
}
