import assert from "node:assert/strict";
import { test } from "node:test";
import { isQuiet, isTold } from "../../static/js/core/notify.js";

const at = (/** @type {string} */ time) => new Date(`2026-11-24T${time}:00`);

test("quiet hours hold within a day, past midnight, and the whole day", () => {
  for (const [hours, quiet, loud] of [
    ["13:00-14:30", ["13:00", "14:29"], ["12:59", "14:30", "00:00"]],
    ["22:00-07:00", ["22:00", "23:59", "00:00", "06:59"], ["07:00", "21:59"]],
    ["08:00-08:00", ["00:00", "08:00", "23:59"], []],
    ["", [], ["00:00", "12:00"]],
  ]) {
    for (const time of quiet) assert.equal(isQuiet(hours, at(time)), true, `${time} in ${hours}`);
    for (const time of loud) assert.equal(isQuiet(hours, at(time)), false, `${time} in ${hours}`);
  }
});

test("a level decides what is told, and one's own and deleted messages never are", () => {
  const message = (/** @type {object} */ more) => ({
    by: "bob",
    deleted: false,
    everyone: false,
    mentions: [],
    ...more,
  });
  const plain = message({});
  const named = message({ mentions: ["alice"] });
  const told = (/** @type {string} */ notify, /** @type {any} */ one) => isTold({ notify }, one, "alice");
  assert.deepEqual(
    [plain, named].map((one) => told("everything", one)),
    [true, true],
  );
  assert.deepEqual(
    [plain, named].map((one) => told("mentions", one)),
    [false, true],
  );
  assert.equal(told("mentions", message({ everyone: true })), true);
  assert.deepEqual(
    [plain, named].map((one) => told("nothing", one)),
    [false, false],
  );
  assert.equal(told("everything", message({ by: "alice" })), false);
  assert.equal(told("everything", message({ mentions: ["alice"], deleted: true })), false);
});
