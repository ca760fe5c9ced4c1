/** What every page of the office needs: the button of its theme, and a word to what Django's widgets leave unsaid. */
import { _ } from "../core/i18n.js";
import { choose, chosen } from "../view/look.js";

/** The theme that the next press chooses; empty is as the system says. @type {Record<string, string>} */
const NEXT = { "": "light", light: "dark", dark: "" };
/** @type {Record<string, string>} */
const NAMES = { "": _("Theme: as the system"), light: _("Theme: light"), dark: _("Theme: dark") };

for (const button of document.querySelectorAll("button[data-theme-switch]")) {
  const name = () => {
    const label = NAMES[chosen("theme")] ?? "";
    button.setAttribute("aria-label", label);
    button.setAttribute("title", label);
  };
  name();
  button.removeAttribute("hidden");
  button.addEventListener("click", () => {
    choose("theme", NEXT[chosen("theme")] ?? "");
    name();
  });
}

// The icon that the chooser of permissions draws has a label, which counts only on what has a role.
addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".search-label-icon")) icon.setAttribute("role", "img");
});
