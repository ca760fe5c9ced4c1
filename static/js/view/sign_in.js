/** The sign-in page works without this; with it, the password can be shown. */
const button = /** @type {HTMLButtonElement} */ (document.getElementById("show-password"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("id_password"));
const icon = /** @type {SVGUseElement} */ (button.querySelector("use"));
const sprite = (icon.getAttribute("href") ?? "").split("#")[0];

/** @param {boolean} shown */
function show(shown) {
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  icon.setAttribute("href", `${sprite}#${shown ? "eye-off" : "eye"}`);
}

button.hidden = false;
button.addEventListener("click", () => show(field.type === "password"));
// Sent as a password field, or the browser would not offer to keep it.
field.form?.addEventListener("submit", () => show(false));
