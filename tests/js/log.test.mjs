import assert from "node:assert/strict";
import { test } from "node:test";
import { RoomLog } from "../../static/js/core/room-log.js";
import { seeded } from "./support/clock.mjs";

const event = (seq) => ({ room: "harbour", epoch: "e1", seq, kind: "something.new", at: "", data: {} });

test("stretches grow together whatever the order, and what is missing is told", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seeded(seed);
    const log = new RoomLog();
    const known = new Set();
    for (let step = 0; step < 30; step++) {
      const from = 1 + Math.floor(random() * 60);
      const to = from + Math.floor(random() * 4);
      if (random() < 0.5) {
        log.cover(from, to);
        for (let seq = from; seq <= to; seq++) known.add(seq);
      } else {
        log.add(event(from));
        known.add(from);
      }
      const sorted = [...known].sort((a, b) => a - b);
      assert.equal(log.lowest, sorted[0]);
      assert.equal(log.highest, sorted.at(-1));
      const missing = [];
      for (let seq = log.lowest; seq <= log.highest; seq++) if (!known.has(seq)) missing.push(seq);
      const told = log
        .holes()
        .flatMap((hole) => Array.from({ length: hole.to - hole.from + 1 }, (_, n) => hole.from + n));
      assert.deepEqual(told, missing);
      for (let seq = 0; seq < 66; seq++) assert.equal(log.covers(seq), known.has(seq));
    }
  }
});

test("the end and the start of a stretch", () => {
  const log = new RoomLog();
  log.cover(5, 9);
  log.cover(12, 14);
  assert.equal(log.endOf(6), 9);
  assert.equal(log.startOf(13), 12);
  assert.equal(log.startOf(10), undefined);
  log.cover(10, 11);
  assert.equal(log.endOf(5), 14);
  assert.deepEqual(log.holes(), []);
});

test("a dropped stretch is a hole, or the past", () => {
  const log = new RoomLog();
  for (const seq of [1, 2, 3, 4, 5, 7, 8]) log.add(event(seq));
  const seqs = (/** @type {any[]} */ events) => events.map(({ seq }) => seq);
  assert.deepEqual(seqs(log.drop(3, 4)), [3, 4]);
  assert.deepEqual(log.holes(), [
    { from: 3, to: 4 },
    { from: 6, to: 6 },
  ]);
  assert.deepEqual(seqs(log.drop(0, 5)), [1, 2, 5]);
  assert.deepEqual(log.drop(9, 8), []);
  assert.equal(log.lowest, 7);
  assert.deepEqual(log.holes(), []);
});
