/** The text of a refused message, changed where it stands. */
import { html } from "lit";
import { ref } from "lit/directives/ref.js";
import { boot } from "./boot.js";
import { bytes } from "./size.js";

/**
 * @param {View.Page} page @param {string} clientId @param {string} text
 */
export function editForm(page, clientId, text) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = /** @type {HTMLTextAreaElement} */ (
      /** @type {HTMLFormElement} */ (event.target).elements.namedItem("text")
    );
    if (field.value.trim() && bytes(field.value) <= boot.limits.textBytes) page.sendEdited(clientId, field.value);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      page.editFailed(null);
    }
  };
  return html`<form class="edit" @submit=${submit} @keydown=${keys}>
    <textarea
      class="input edit__text"
      name="text"
      dir="auto"
      aria-label="Text of the message"
      .defaultValue=${text}
      ${ref((element) => element && focusOnce(/** @type {HTMLTextAreaElement} */ (element)))}
    ></textarea>
    <div class="edit__do">
      <button class="btn btn--s btn--go" type="submit">Send</button>
      <button class="btn btn--s" type="button" @click=${() => page.editFailed(null)}>Cancel</button>
    </div>
  </form>`;
}

/** @type {WeakSet<Element>} */
const focused = new WeakSet();

/** @param {HTMLTextAreaElement} field */
function focusOnce(field) {
  if (focused.has(field)) return;
  focused.add(field);
  queueMicrotask(() => {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  });
}
