/** The button of the office's head: as the system says, light, dark, and round again. */
import { chooseTheme, chosenTheme } from "../view/theme.js";

/** @type {Record<import("../view/theme.js").Theme, import("../view/theme.js").Theme>} */
const NEXT = { system: "light", light: "dark", dark: "system" };

for (const button of document.querySelectorAll("button[data-theme-switch]")) {
  const name = () => {
    const label = `Theme: ${chosenTheme()}`;
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
