/** What every page of the office needs: the button of its theme, and a word to what Django's widgets leave unsaid. */
import { _ } from "../core/i18n.js";
import { chooseTheme, chosenTheme } from "../view/theme.js";

/** @type {Record<import("../view/theme.js").Theme, import("../view/theme.js").Theme>} */
const NEXT = { system: "light", light: "dark", dark: "system" };
const NAMES = { system: _("Theme: as the system"), light: _("Theme: light"), dark: _("Theme: dark") };

for (const button of document.querySelectorAll("button[data-theme-switch]")) {
  const name = () => {
    const label = NAMES[chosenTheme()];
    button.setAttribute("aria-label", label);
    button.setAttribute("title", label);
  };
  name();
  button.removeAttribute("hidden");
  button.addEventListener("click", () => {
    chooseTheme(NEXT[chosenTheme()]);
    name();
  });
}

// The icon that the chooser of permissions draws has a label, which counts only on what has a role.
addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".search-label-icon")) icon.setAttribute("role", "img");
});
