/** The sign-in page works without this; with it, the password can be shown. */
const button = /** @type {HTMLButtonElement} */ (document.getElementById("show-password"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("id_password"));
const icon = /** @type {SVGUseElement} */ (button.querySelector("use"));
const sprite = (icon.getAttribute("href") ?? "").split("#")[0];

function toggle() {
  const show = field.type === "password";
  const word = show ? "Hide password" : "Show password";
  field.type = show ? "text" : "password";
  button.setAttribute("aria-pressed", String(show));
  button.setAttribute("aria-label", word);
  button.title = word;
  icon.setAttribute("href", `${sprite}#${show ? "eye-off" : "eye"}`);
}

button.hidden = false;
button.addEventListener("click", toggle);
// Sent as a password field, or the browser would not offer to keep it.
field.form?.addEventListener("submit", () => {
  field.type = "password";
});
