import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { added, duration, join, latest, noColumns, roundAbove, shown, sum } from "../../static/js/office/figures.js";

const NAMES = [
  "people",
  "sockets",
  "messages",
  "p50",
  "p99",
  "writing",
  "tasks",
  "cut",
  "refused",
  "redis",
  "database",
];

function columns(t, servers = {}, starts = []) {
  const made = { t, servers, starts };
  for (const name of NAMES) made[name] = t.map(() => 1);
  return made;
}

describe("figures over time", () => {
  it("takes what is new and drops what is older than an hour", () => {
    let known = join(noColumns(), columns([15, 30, 45]));
    known = join(known, columns([30, 45, 60]));
    assert.deepEqual(known.t, [15, 30, 45, 60]);
    assert.equal(known.people.length, 4);
    known = join(known, columns([3630]));
    assert.deepEqual(known.t, [45, 60, 3630]);
    assert.equal(join(known, columns([60])), known);
  });

  it("has null where a server was not there, and forgets one that is gone", () => {
    let known = join(noColumns(), columns([15, 30], { one: [5, 6] }));
    known = join(known, columns([45], { two: [7] }));
    assert.deepEqual(known.servers, { one: [5, 6, null], two: [null, null, 7] });
    known = join(known, columns([3635], { two: [8] }));
    assert.deepEqual(known.servers, { two: [7, 8] });
  });

  it("keeps the moments at which servers began for as long, each once", () => {
    let known = join(noColumns(), columns([15, 30], {}, [12, 28]));
    known = join(known, columns([30, 45], {}, [28]));
    assert.deepEqual(known.starts, [12, 28]);
    assert.deepEqual(join(known, columns([3620], {}, [3610])).starts, [28, 3610]);
  });

  it("adds up and finds the latest", () => {
    assert.equal(sum([1, null, 2]), 3);
    assert.equal(latest([1, 2, null]), 2);
    assert.equal(latest([]), null);
    assert.deepEqual(added([1, null, null], [2, 3, null]), [3, 3, null]);
  });

  it("writes numbers and times for people", () => {
    assert.deepEqual([null, 0, 7.234, 72.34, 1234.5, 2_500_000].map(shown), [
      "–",
      "0",
      "7.23",
      "72.3",
      "1,235",
      "2.5M",
    ]);
    assert.deepEqual([5, 65, 3700, 90_000].map(duration), ["5 s", "1 min", "1 h 1 min", "1 day"]);
    assert.deepEqual([0, 0.3, 1, 7, 61, 130].map(roundAbove), [1, 0.4, 1, 8, 80, 200]);
  });
});
