/** The bar of marks under Aa: what it writes are the signs of Markdown, which one may as well type. */
import { html } from "lit";
import { _ } from "../core/index.js";
import { icon } from "./icons.js";
import { marked } from "./marking.js";

/** @typedef {import("./marking.js").Mark & { label: string, sign: unknown }} Mark */

/** @type {Mark[]} */
const MARKS = [
  { label: _("Bold"), sign: html`<b>B</b>`, around: "**" },
  { label: _("Italic"), sign: html`<i>I</i>`, around: "*" },
  { label: _("Struck through"), sign: html`<s>S</s>`, around: "~~" },
  { label: _("Code"), sign: html`<code>‹›</code>`, around: "`" },
  { label: _("Block of code"), sign: html`<code>{ }</code>`, block: "```" },
  { label: _("Quotation"), sign: html`<span>”</span>`, before: "> " },
  { label: _("List"), sign: html`<span>•</span>`, before: "- " },
  { label: _("Link"), sign: icon("link", true), link: true },
];

/** @param {HTMLTextAreaElement | undefined} field @param {() => void} onChange */
export const formatBar = (field, onChange) =>
  html`<div class="marks" id="marks" role="toolbar" aria-label=${_("Format")} @keydown=${arrows}>
    ${MARKS.map(
      (mark, n) =>
        html`<button class="icon" type="button" tabindex=${n ? -1 : 0} aria-label=${mark.label} title=${mark.label} @click=${() => apply(field, mark, onChange)}>
          ${mark.sign}
        </button>`,
    )}
  </div>`;

/** @param {HTMLTextAreaElement | undefined} field @param {Mark} mark @param {() => void} onChange */
function apply(field, mark, onChange) {
  if (!field) return;
  const { text, from, to } = marked(field.value, field.selectionStart, field.selectionEnd, mark);
  field.value = text;
  field.focus();
  field.setSelectionRange(from, to);
  onChange();
}

/** One tab stop; the arrow keys go through the marks. @param {KeyboardEvent} event */
function arrows(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const bar = /** @type {HTMLElement} */ (event.currentTarget);
  const all = /** @type {HTMLElement[]} */ ([...bar.querySelectorAll("button")]);
  const forward = getComputedStyle(bar).direction === "rtl" ? -step : step;
  const here = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = all[(here + forward + all.length) % all.length];
  for (const one of all) one.tabIndex = one === next ? 0 : -1;
  next?.focus();
  event.preventDefault();
}
