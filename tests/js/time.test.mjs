import assert from "node:assert/strict";
import { test } from "node:test";
import { dayKey, formatDay, formatTime, sameDay, startsRun } from "../../static/js/core/time.js";

const at = (day, hour, minute = 0) => new Date(2026, 10, day, hour, minute);

test("days are the person's own, not UTC's", () => {
  assert.equal(dayKey(at(24, 0, 1)), "2026-11-24");
  assert.equal(sameDay(at(24, 0, 1), at(24, 23, 59)), true);
  assert.equal(sameDay(at(24, 23, 59), at(25, 0, 1)), false);
});

test("today and yesterday are named, another year is told", () => {
  const now = at(24, 12);
  assert.equal(formatDay(at(24, 1), now, "en-GB"), "Today, Tuesday 24 November");
  assert.equal(formatDay(at(23, 23), now, "en-GB"), "Yesterday, Monday 23 November");
  assert.equal(formatDay(at(20, 9), now, "en-GB"), "Friday 20 November");
  assert.match(formatDay(new Date(2025, 4, 1), now, "en-GB"), /1 May 2025$/);
});

test("times follow the language", () => {
  assert.equal(formatTime(at(24, 9, 31), "en-GB"), "09:31");
  assert.match(formatTime(at(24, 21, 31), "en-US"), /09:31\sPM/);
});

test("a run: same author, under 7 minutes, same day, no reply", () => {
  const first = { by: "u-bob", at: at(24, 9, 0) };
  assert.equal(startsRun(null, first), true);
  assert.equal(startsRun(first, { by: "u-bob", at: at(24, 9, 6) }), false);
  assert.equal(startsRun(first, { by: "u-bob", at: at(24, 9, 7) }), true);
  assert.equal(startsRun(first, { by: "u-carol", at: at(24, 9, 1) }), true);
  assert.equal(startsRun(first, { by: "u-bob", at: at(24, 9, 1), reply_to: 3 }), true);
  assert.equal(startsRun({ by: "u-bob", at: at(24, 23, 59) }, { by: "u-bob", at: at(25, 0, 1) }), true);
});
