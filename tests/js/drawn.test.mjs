/** Which rows are drawn: a stretch around what is read, and the newest by and by. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Window } from "../../static/js/view/window.js";

const rows = (/** @type {number} */ count) => Array.from({ length: count }, (_each, n) => ({ key: `r${n}` }));
const ends = (/** @type {any[]} */ slice) => [slice[0]?.key, slice.at(-1)?.key, slice.length];

test("the first drawing has the newest rows at once, and no more than three hundred", () => {
  const window = new Window();
  assert.deepEqual(ends(window.slice(rows(1_000), 0)), ["r700", "r999", 300]);
  assert.deepEqual([window.before, window.after, window.behind], [true, false, 0]);
  assert.deepEqual(ends(new Window().slice(rows(20), 0)), ["r0", "r19", 20]);
  assert.deepEqual(new Window().slice([], 0), []);
});

test("a burst comes in pieces, smaller ones where drawing is slow, and all of it comes", () => {
  const window = new Window();
  window.slice(rows(100), 0);
  assert.equal(window.slice(rows(400), 0).at(-1)?.key, "r109");
  assert.equal(window.behind, 290);
  assert.equal(window.slice(rows(400), 24).at(-1)?.key, "r114", "twice as slow as it may be: half as many");
  assert.equal(window.slice(rows(400), 500).at(-1)?.key, "r117", "some come however slow it is");
  assert.equal(window.slice(rows(400), 6).at(-1)?.key, "r123");
  for (let drawing = 0; window.behind && drawing < 100; drawing++) window.slice(rows(400), 0);
  for (let drawing = 0; window.filling && drawing < 100; drawing++) window.slice(rows(400), 0);
  assert.deepEqual(ends(window.slice(rows(400), 0)), ["r100", "r399", 300]);
});

test("what is here and not drawn yet is a lag, until it is drawn", () => {
  const window = new Window();
  window.slice(rows(100), 0);
  assert.equal(window.lagMs, null);
  window.slice(rows(115), 0);
  assert.ok(window.lagMs !== null && window.lagMs >= 0);
  window.slice(rows(115), 0);
  assert.equal(window.lagMs, null);
});

test("in a burst a few screens are drawn, and the older rows come back after it", () => {
  const window = new Window();
  window.slice(rows(300), 0);
  assert.equal(window.filling, false);
  assert.deepEqual(ends(window.slice(rows(900), 0)), ["r30", "r309", 280], "the older rows go by and by");
  assert.equal(window.filling, true);
  for (let drawing = 0; drawing < 20; drawing++) window.slice(rows(900), 0);
  assert.deepEqual(ends(window.slice(rows(900), 0)), ["r460", "r519", 60]);
  for (let drawing = 0; window.behind && drawing < 100; drawing++) window.slice(rows(900), 0);
  assert.deepEqual(ends(window.slice(rows(900), 0)), ["r820", "r899", 80]);
  for (let drawing = 0; window.filling && drawing < 100; drawing++) window.slice(rows(900), 0);
  assert.deepEqual(ends(window.slice(rows(900), 0)), ["r600", "r899", 300]);
  assert.equal(window.slice(rows(905), 0).length, 300, "a few more are no burst");
});

test("where somebody is in one of the rows, a burst takes none away", () => {
  const window = new Window();
  window.slice(rows(300), 0);
  assert.deepEqual(ends(window.slice(rows(400), 0, true)), ["r10", "r309", 300]);
});

test("who goes to the latest is there at once", () => {
  const window = new Window();
  window.slice(rows(100), 0);
  window.slice(rows(900), 0);
  window.latest();
  assert.deepEqual(ends(window.slice(rows(900), 0)), ["r600", "r899", 300]);
});

test("around a row the stretch stays while new rows come, and says what it leaves out", () => {
  const window = new Window();
  assert.equal(window.around("r500"), true);
  assert.equal(window.around("r500"), false);
  assert.deepEqual(ends(window.slice(rows(1_000), 0)), ["r350", "r649", 300]);
  assert.deepEqual(ends(window.slice(rows(1_500), 0)), ["r350", "r649", 300]);
  assert.deepEqual([window.before, window.after], [true, true]);
  window.hold("r10");
  assert.deepEqual(ends(window.slice(rows(1_500), 0)), ["r350", "r649", 300]);
  window.around("r2");
  assert.deepEqual(ends(window.slice(rows(1_500), 0)), ["r0", "r299", 300]);
  assert.equal(window.before, false);
});
