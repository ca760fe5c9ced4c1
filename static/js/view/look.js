/** How the page looks on this device. Kept in cookies, so that the server draws the page right from the start. */

const YEAR_S = 365 * 24 * 3600;

/**
 * What can be chosen, as in `LOOKS` of the template tags; anything else is the usual look. Each is a cookie, and an attribute
 * of the html element that style sheets ask.
 * @type {Record<string, string[]>}
 */
const LOOKS = {
  theme: ["light", "dark"],
  density: ["compact"],
  text: ["90", "110", "125", "150"],
  font: ["system"],
};

/** @param {string} look @returns {string} empty: the usual one */
export const chosen = (look) => document.documentElement.dataset[look] ?? "";

/** @param {string} look @param {string} value empty: the usual one */
export function choose(look, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value ? YEAR_S : 0;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in all browsers yet
  document.cookie = `${look}=${value}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
  show(look, value);
}

/** Without a connection the page comes from this device, and may have been drawn for an earlier choice. */
export function lookAsChosen() {
  for (const [look, values] of Object.entries(LOOKS)) {
    const kept = new RegExp(`(?:^|;\\s*)${look}=(\\w*)`).exec(document.cookie)?.[1] ?? "";
    show(look, values.includes(kept) ? kept : "");
  }
}

/** @param {string} look @param {string} value */
function show(look, value) {
  if (value) document.documentElement.dataset[look] = value;
  else delete document.documentElement.dataset[look];
  if (look === "theme") colourBars(value);
}

/** The browser's own bars, as `theme_media` of the template tags has it. @param {string} theme */
function colourBars(theme) {
  const metas = /** @type {NodeListOf<HTMLMetaElement>} */ (document.querySelectorAll("meta[name=theme-color]"));
  for (const [n, meta] of metas.entries()) {
    const own = LOOKS.theme?.[n];
    meta.media = theme ? (theme === own ? "all" : "not all") : `(prefers-color-scheme: ${own})`;
  }
}
