/** The pages work without this; with it, a password can be shown while one writes it. */

/** @param {HTMLButtonElement} button */
function reveal(button) {
  const field = /** @type {HTMLInputElement} */ (document.getElementById(button.dataset.shows ?? ""));
  const icon = /** @type {SVGUseElement} */ (button.querySelector("use"));
  const sprite = (icon.getAttribute("href") ?? "").split("#")[0];

  /** @param {boolean} shown */
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    icon.setAttribute("href", `${sprite}#${shown ? "eye-off" : "eye"}`);
  };

  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  // Sent as a password field, or the browser would not offer to keep it.
  field.form?.addEventListener("submit", () => show(false));
}

for (const button of document.querySelectorAll("button[data-shows]")) {
  reveal(/** @type {HTMLButtonElement} */ (button));
}
