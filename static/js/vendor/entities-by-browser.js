/**
 * Stands in for the package "entities" when markdown-it is bundled (see vendor.json): the browser knows every named
 * character already, so the page need not load its own table of them (a third of markdown-it's size).
 */

/** @type {HTMLTextAreaElement | undefined} */
let decoder;

/**
 * Decodes character references in text. A textarea's content is never parsed as markup, so nothing in `text` can act.
 * Only references that end with ";" are touched, as in the function it replaces.
 * @param {string} text
 */
export function decodeHTMLStrict(text) {
  return text.replace(/&#?\w{1,32};/g, (reference) => {
    decoder ??= document.createElement("textarea");
    decoder.innerHTML = reference;
    const { value } = decoder;
    // HTML also decodes a known beginning ("&not" in "&notit;"), and then leaves the semicolon: that is no reference here.
    return value.endsWith(";") && value !== ";" ? reference : value;
  });
}
