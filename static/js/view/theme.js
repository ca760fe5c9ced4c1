/** Light, dark, or as the system says. Kept in a cookie, so that the server draws the page right from the start. */

/** @typedef {"system" | "light" | "dark"} Theme */

const COOKIE = "theme";
const YEAR_S = 365 * 24 * 3600;

/** @returns {Theme} */
export function chosenTheme() {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** @param {Theme} theme */
export function chooseTheme(theme) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore-start lint/suspicious/noDocumentCookie: the Cookie Store API is not in all browsers yet
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
    document.cookie = `${COOKIE}=; Path=/; Max-Age=0; SameSite=Lax${secure}`;
  } else {
    document.documentElement.dataset.theme = theme;
    document.cookie = `${COOKIE}=${theme}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
  }
  // biome-ignore-end lint/suspicious/noDocumentCookie: see above
}
