/** The bar of marks: what it makes of a text, and what is selected then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "../../static/js/view/marking.js";

/**
 * The text with what is selected in brackets, before and after.
 * @param {string} given @param {import("../../static/js/view/marking.js").Mark} mark
 */
function made(given, mark) {
  const from = given.indexOf("⟨");
  const to = given.indexOf("⟩") - 1;
  const { text, from: start, to: end } = marked(given.replace(/[⟨⟩]/g, ""), from, to, mark);
  return `${text.slice(0, start)}⟨${text.slice(start, end)}⟩${text.slice(end)}`;
}

test("a mark stands around what is selected, and the same again takes it away", () => {
  assert.equal(made("so ⟨it⟩ is", { around: "**" }), "so **⟨it⟩** is");
  assert.equal(made("so **⟨it⟩** is", { around: "**" }), "so ⟨it⟩ is");
  assert.equal(made("so ⟨⟩", { around: "*" }), "so *⟨⟩*");
});

test("a quotation and a list take whole lines", () => {
  assert.equal(made("one\nt⟨wo\nth⟩ree", { before: "> " }), "one\n> t⟨wo\n> th⟩ree");
  assert.equal(made("one\n> t⟨wo\n> th⟩ree", { before: "> " }), "one\nt⟨wo\nth⟩ree");
  assert.equal(made("⟨⟩", { before: "- " }), "- ⟨⟩");
});

test("a block of code has lines of its own, and a link waits for its address", () => {
  assert.equal(made("see ⟨x = 1⟩", { block: "```" }), "see \n```\n⟨x = 1⟩\n```\n");
  assert.equal(made("⟨Kestrel⟩", { link: true }), "[Kestrel](⟨https://⟩)");
});
