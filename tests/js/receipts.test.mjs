import assert from "node:assert/strict";
import { test } from "node:test";
import { Receipts } from "../../static/js/core/receipts.js";
import { FakeClock } from "./support/clock.mjs";

function setUp() {
  const clock = new FakeClock();
  const start = clock.now();
  const told = [];
  const state = { open: true };
  const send = ({ type, room, seq }) => {
    if (state.open) told.push({ at: clock.now() - start, type: type.slice(8), room, seq });
    return state.open;
  };
  return { clock, told, state, receipts: new Receipts({ send, clock }) };
}

test("the first advance is told at once, the next ones together a second later", async () => {
  const { clock, told, receipts } = setUp();
  for (let seq = 1; seq <= 30; seq++) {
    receipts.delivered("harbour", seq);
    await clock.advance(100);
  }
  await clock.advance(2_000);
  assert.deepEqual(
    told.map(({ at }) => at),
    [0, 1_000, 2_000, 3_000],
  );
  assert.deepEqual(
    told.map(({ seq }) => seq),
    [1, 10, 20, 30],
  );
});

test("a watermark never falls and is not repeated", async () => {
  const { clock, told, receipts } = setUp();
  receipts.delivered("harbour", 9);
  receipts.delivered("harbour", 4);
  receipts.delivered("harbour", 9);
  await clock.advance(5_000);
  assert.deepEqual(
    told.map(({ seq }) => seq),
    [9],
  );
});

test("read implies delivered, so only read is told", async () => {
  const { clock, told, receipts } = setUp();
  receipts.read("harbour", 9);
  receipts.delivered("harbour", 9);
  await clock.advance(5_000);
  assert.deepEqual(
    told.map(({ type, seq }) => [type, seq]),
    [["read", 9]],
  );
});

test("a hundred rooms at once stay below the server's rate", async () => {
  const { clock, told, receipts } = setUp();
  for (let n = 0; n < 100; n++) receipts.delivered(`room-${n}`, 1);
  await clock.advance(10_000);
  assert.equal(told.length, 100);
  for (let second = 0; second < 10; second++) {
    const within = told.filter(({ at }) => at >= second * 1_000 && at < (second + 1) * 1_000);
    assert.ok(within.length <= 16, `${within.length} in second ${second}`);
  }
});

test("on resume what the server lacks is told again, and only that", async () => {
  const { clock, told, state, receipts } = setUp();
  receipts.delivered("harbour", 5);
  receipts.delivered("dock", 5);
  await clock.advance(2_000);
  state.open = false;
  receipts.read("harbour", 8);
  await clock.advance(2_000);
  state.open = true;
  told.length = 0;
  receipts.resume("harbour", { delivered: 2, read: 2 });
  receipts.resume("dock", { delivered: 5, read: 0 });
  await clock.advance(5_000);
  assert.deepEqual(
    new Set(told.map(({ type, room, seq }) => `${type} ${room} ${seq}`)),
    new Set(["delivered harbour 8", "read harbour 8"]),
  );
});

test("a server that takes no receipts is left alone until the next connection", async () => {
  const { clock, told, receipts } = setUp();
  receipts.delivered("harbour", 1);
  receipts.refused({ code: "bad_request" });
  receipts.delivered("harbour", 2);
  await clock.advance(10_000);
  assert.equal(told.length, 1);
  receipts.connected();
  receipts.resume("harbour", { delivered: 0, read: 0 });
  await clock.advance(2_000);
  assert.equal(told.at(-1).seq, 2);
});

test("asked for patience, it waits", async () => {
  const { clock, told, receipts } = setUp();
  receipts.delivered("harbour", 1);
  receipts.refused({ code: "rate_limited", retry_after_ms: 4_000 });
  receipts.delivered("harbour", 2);
  await clock.advance(3_900);
  assert.equal(told.length, 1);
  await clock.advance(200);
  assert.equal(told.at(-1).seq, 2);
});
