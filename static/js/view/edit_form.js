/** The text of a message, changed where it stands: one's own in the log, or one that was refused. */
import { html, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { boot } from "./boot.js";
import { bytes } from "./size.js";
import { sends } from "./wishes.js";
import { says } from "./words_talk.js";

/**
 * @param {{
 *   text: string, send: string, problem?: string, onSend: (text: string) => void, onCancel: () => void,
 * }} options `send`: the button's word
 */
export function editForm({ text, send, problem = "", onSend, onCancel }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
    const wrong = !field.value.trim() ? says.emptyEdit : bytes(field.value) > boot.limits.textBytes ? says.tooLong : "";
    field.setCustomValidity(wrong);
    if (wrong) field.reportValidity();
    else onSend(field.value);
  };
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const field = /** @type {HTMLTextAreaElement} */ (event.target);
    if (event.key === "Escape") {
      event.stopPropagation();
      onCancel();
    } else if (field.name === "text" && sends(event)) {
      event.preventDefault();
      field.form?.requestSubmit();
    }
  };
  const typed = (/** @type {Event} */ event) => /** @type {HTMLTextAreaElement} */ (event.target).setCustomValidity("");
  return html`<form class="edit" novalidate @submit=${submit} @keydown=${keys}>
    <textarea
      class="input edit__text"
      name="text"
      dir="auto"
      aria-label=${says.editing}
      .defaultValue=${text}
      @input=${typed}
      ${ref((element) => element && focusOnce(/** @type {HTMLTextAreaElement} */ (element)))}
    ></textarea>
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
    <div class="edit__do">
      <button class="btn btn--s btn--go" type="submit">${send}</button>
      <button class="btn btn--s" type="button" @click=${onCancel}>${says.cancel}</button>
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
