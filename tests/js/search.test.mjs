import assert from "node:assert/strict";
import { test } from "node:test";
import { filtersIn, withFilter, withoutFilter } from "../../static/js/view/search_filters.js";

const page = {
  chat: {
    people: { all: () => [{ username: "bob", display_name: "Bob Baker" }] },
    rooms: { get: (id) => (id === "r-1" ? { name: "Quay" } : undefined) },
  },
  titleOf: ({ name }) => name,
};
const names = (q) => filtersIn(page, q).map(({ name }) => name);

test("the filters that are on are told in words, the one being written is not among them", () => {
  assert.deepEqual(names("heron from:bob has:link"), ["From Bob Baker", "With a link"]);
  assert.deepEqual(names('from:"@nobody known" in:r-1 in:#pier before:2026-11-24 after:today '), [
    "From @nobody known",
    "In Quay",
    "In pier",
    "Before 2026-11-24",
    "After today",
  ]);
  assert.deepEqual(names("from:me has:file"), ["From me", "With a file"]);
  assert.deepEqual(names("heron from:bo"), []);
  assert.deepEqual(names("heron from:bob "), ["From Bob Baker"]);
  assert.deepEqual(names("has:li"), []);
  assert.deepEqual(names("words:with colons https://example.com/has:link"), []);
});

test("one filter is taken out, and what stands around it stays", () => {
  const q = 'a from:bob has:link "b c" from:bob';
  const [, link] = filtersIn(page, `${q} `);
  assert.equal(withoutFilter(q, link), 'a from:bob "b c" from:bob');
  const second = filtersIn(page, `${q} `)[2];
  assert.equal(withoutFilter(q, second), 'a from:bob has:link "b c"');
  assert.equal(withoutFilter("has:link", { at: 0, text: "has:link" }), "");
  assert.equal(withFilter("heron fr", { key: "", name: "", text: "has:link" }), "heron fr has:link");
});
