/** Code in three inks, with highlight.js. Loaded when a message has a block of code that names its language. */
import hljs from "highlight.js";

/** Longer code stays plain: nobody waits for colours. */
const MOST = 20_000;

/** Few inks: what highlight.js tells apart becomes a keyword, a value or a remark. @type {Record<string, string>} */
const INKS = {
  keyword: "k",
  built_in: "k",
  type: "k",
  "selector-tag": "k",
  name: "k",
  section: "k",
  meta: "k",
  string: "s",
  number: "s",
  literal: "s",
  regexp: "s",
  symbol: "s",
  attr: "s",
  addition: "s",
  comment: "c",
  quote: "c",
  deletion: "c",
};

/**
 * Colours a block of code in place; unknown languages stay as they are.
 * @param {Element} code @param {string} language
 */
export function highlight(code, language) {
  const text = code.textContent ?? "";
  if (text.length > MOST || !hljs.getLanguage(language)) return;
  const { value } = hljs.highlight(text, { language, ignoreIllegals: true });
  // Parsed without being run, and only text and our own spans are taken over.
  const parsed = new DOMParser().parseFromString(value, "text/html").body;
  const nodes = copies(parsed);
  // HTML drops a line break at its beginning: then the text would not be the one that was written.
  if (nodes.map((node) => node.textContent).join("") === text) code.replaceChildren(...nodes);
}

/** @param {Node} parent @returns {Node[]} */
function copies(parent) {
  return [...parent.childNodes].map((node) => {
    if (!(node instanceof Element)) return document.createTextNode(node.textContent ?? "");
    const kind = /hljs-([\w-]+)/.exec(node.className)?.[1] ?? "";
    const span = document.createElement("span");
    if (INKS[kind]) span.className = /** @type {string} */ (INKS[kind]);
    span.append(...copies(node));
    return span;
  });
}
