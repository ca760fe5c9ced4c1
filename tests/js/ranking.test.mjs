import assert from "node:assert/strict";
import { test } from "node:test";
import { match, rank } from "../../static/js/view/ranking.js";
import { seeded } from "./support/clock.mjs";

const names = (query, all) =>
  rank(
    query,
    all.map((name) => ({ name })),
  ).map(({ name }) => name);

test("a beginning comes before a word's, this before a middle, and letters in order come last", () => {
  const all = ["garden-path", "Upgrade", "grand avenue tree", "the garden", "graduates"];
  assert.deepEqual(names("gra", all), ["grand avenue tree", "graduates", "Upgrade", "garden-path"]);
  assert.deepEqual(names("gard", all), ["garden-path", "the garden"]);
  assert.deepEqual(names("gtr", all), ["grand avenue tree"]);
  assert.deepEqual(names("gz", all), []);
});

test("two letters have to stand together", () => {
  assert.deepEqual(names("gt", ["grand avenue tree"]), []);
});

test("case and accents do not matter, and the found places are those of the name as it is written", () => {
  assert.deepEqual(match("zoe", "Anna Zoë 🎉"), { rank: 1, marks: [5, 6, 7] });
  assert.deepEqual(match("🎉", "a🎉"), { rank: 2, marks: [1] });
});

test("among equals the one used last comes first; a second name finds, and marks nothing", () => {
  const all = [{ name: "dock" }, { name: "docs", used: 4 }, { name: "dough", used: 0 }, { name: "Ines", other: "doc" }];
  assert.deepEqual(
    rank("do", all).map(({ name }) => name),
    ["dough", "docs", "dock", "Ines"],
  );
  assert.deepEqual(rank("doc", all).at(-1)?.marks, []);
});

test("whatever is typed: each mark is a sign of the query, in its order", () => {
  const random = seeded(11);
  const word = (/** @type {number} */ length) =>
    Array.from({ length }, () => "abc-Å é"[Math.floor(random() * 7)]).join("");
  const plain = (/** @type {string} */ text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  for (let n = 0; n < 3000; n++) {
    const [query, name] = [word(1 + Math.floor(random() * 4)), word(Math.floor(random() * 12))];
    const found = match(query, name);
    if (found && query.trim()) {
      assert.equal(plain(found.marks.map((at) => [...name][at]).join("")), plain(query.trim()));
    }
    if (plain(name).includes(plain(query.trim()))) assert.ok(found, `${query} in ${name}`);
  }
});
