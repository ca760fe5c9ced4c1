import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffDelay, reconnectDelay } from "../../static/js/core/backoff.js";
import { ChatSocket } from "../../static/js/core/socket.js";
import { FakeClock, seeded } from "./support/clock.mjs";
import { FakeSignals } from "./support/world.mjs";

/** A socket in the test's hands: it opens, says and closes when told. */
class Wire {
  sent = [];
  closed = false;
  onmessage = null;
  onclose = null;
  send(data) {
    this.sent.push(JSON.parse(data));
  }
  close() {
    this.closed = true;
  }
  say(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  welcome(more = {}) {
    this.say({
      type: "welcome",
      connection: "c",
      user: "u-alice",
      heartbeat_ms: 20_000,
      limits: {},
      now: "",
      ...more,
    });
  }
  drop(code) {
    this.onclose?.({ code });
  }
}

function setUp({ random = () => 0.5 } = {}) {
  const clock = new FakeClock(random);
  const signals = new FakeSignals();
  const wires = [];
  const heard = [];
  const openSocket = (url, protocol) => {
    const wire = new Wire();
    Object.assign(wire, { url, protocol });
    wires.push(wire);
    return wire;
  };
  const socket = new ChatSocket(
    { url: "ws://chat.test/ws/", openSocket, clock, signals },
    { onOpen: () => {}, onFrame: (frame) => heard.push(frame), onClosed: () => {}, onState: () => {} },
  );
  socket.start();
  return { clock, signals, wires, heard, socket, last: () => wires.at(-1) };
}

test("the first try after a loss is quick, later ones draw from a doubling ceiling of at most 30 s", () => {
  assert.equal(backoffDelay(0, 0.999), 250);
  const ceilings = [1, 2, 3, 4, 5, 6, 7, 20].map((attempt) => backoffDelay(attempt, 0.9999));
  assert.deepEqual(ceilings, [1_000, 2_000, 4_000, 7_999, 15_998, 29_997, 29_997, 29_997]);
  const random = seeded(7);
  const draws = Array.from({ length: 500 }, () => backoffDelay(5, random()));
  const mean = draws.reduce((sum, delay) => sum + delay, 0) / draws.length;
  assert.ok(
    Math.min(...draws) < 800 && Math.max(...draws) > 15_000 && Math.abs(mean - 8_000) < 800,
    "uniform from zero",
  );
});

test("each close code has its answer", () => {
  const delay = (code, goodbye = null, attempt = 0) => reconnectDelay({ code, goodbye, attempt, random: 0.5 });
  assert.equal(delay(4401), null);
  assert.equal(delay(4403), null);
  assert.equal(delay(1000, { type: "goodbye", reconnect: false }), null);
  for (const code of [1000, 1001, 1006, 1011, 1012, 4408, 4409]) assert.equal(delay(code), 125);
  for (const code of [1002, 1008, 1009, 4400, 4429]) assert.ok(delay(code) >= 5_000);
  assert.equal(delay(1012, { type: "goodbye", after_ms: 700 }), 700, "the server has jittered it");
  assert.ok(delay(1012, { type: "goodbye", after_ms: 0 }, 6) > 5_000, "a server that keeps restarting is not hammered");
});

test("it speaks chat.v1, matches replies by id, and passes other frames on", async () => {
  const { socket, last, heard } = setUp();
  assert.equal(last().protocol, "chat.v1");
  last().welcome();
  assert.equal(socket.state, "open");
  const first = socket.request({ type: "unsubscribe", rooms: [] });
  const second = socket.request({ type: "unsubscribe", rooms: ["x"] });
  const [one, two] = last().sent.map(({ id }) => id);
  assert.notEqual(one, two);
  last().say({ type: "error", id: two, code: "not_found", message: "No.", retryable: false });
  last().say({ type: "typing", room: "x", user: "u-bob", on: true, ttl_ms: 5000 });
  last().say({ type: "ok", id: one });
  assert.equal((await first).type, "ok");
  await assert.rejects(second, { code: "not_found", retryable: false });
  assert.deepEqual(
    heard.map(({ type }) => type),
    ["typing"],
  );
});

test("a request without an answer times out, and one on a lost connection fails at once", async () => {
  const { socket, last, clock } = setUp();
  await assert.rejects(socket.request({ type: "x" }), { code: "connection_lost" });
  last().welcome();
  const late = assert.rejects(socket.request({ type: "x" }, 1_000), { code: "timeout", retryable: true });
  await clock.advance(1_000);
  await late;
  const lost = assert.rejects(socket.request({ type: "x" }), { code: "connection_lost", retryable: true });
  last().drop(1006);
  await lost;
});

test("heartbeats are answered", () => {
  const { last } = setUp();
  last().welcome();
  last().say({ type: "heartbeat", n: 7, heads: {} });
  assert.deepEqual(last().sent, [{ type: "pong", n: 7 }]);
});

test("2.2 heartbeats of silence: the connection is dropped and made anew", async () => {
  const { last, clock, wires } = setUp();
  last().welcome();
  await clock.advance(30_000);
  last().say({ type: "heartbeat", n: 1, heads: {} });
  await clock.advance(43_900);
  assert.equal(wires.length, 1);
  await clock.advance(200);
  assert.equal(wires[0].closed, true);
  await clock.advance(1_000);
  assert.equal(wires.length, 2);
});

test("a dropped connection's late words are not heard", async () => {
  const { last, clock, wires, heard } = setUp();
  last().welcome();
  await clock.advance(60_000);
  wires[0].say({ type: "announcement", text: "late" });
  assert.deepEqual(heard, []);
});

test("a socket without a welcome within 10 s is given up", async () => {
  const { clock, wires } = setUp();
  await clock.advance(9_900);
  assert.equal(wires.length, 1);
  await clock.advance(1_000);
  assert.equal(wires[0].closed, true);
  assert.ok(wires.length >= 2);
});

test("signed out: no reconnect by itself, but when asked", async () => {
  const { socket, last, clock, wires, signals } = setUp();
  last().welcome();
  last().drop(4403);
  assert.equal(socket.state, "signed-out");
  await clock.advance(120_000);
  signals.say("online");
  assert.equal(wires.length, 1);
  socket.tryNow();
  assert.equal(wires.length, 2);
});

test("tries at once when the browser comes online, the page is looked at, or the person asks", async () => {
  for (const poke of ["online", "visible", "tryNow"]) {
    const { socket, last, clock, wires, signals } = setUp({ random: () => 0.99 });
    for (let n = 0; n < 6; n++) {
      last().drop(1006);
      if (n < 5) await clock.advance(31_000);
    }
    const before = wires.length;
    assert.ok(socket.retryAt > clock.now() + 10_000);
    if (poke === "tryNow") socket.tryNow();
    else signals.say(poke);
    assert.equal(wires.length, before + 1, poke);
    assert.equal(socket.retryAt, null);
  }
});

test("told that the browser is offline, it asks for a sign of life and believes only that", async () => {
  const alive = setUp();
  alive.last().welcome();
  alive.signals.say("offline");
  const [probe] = alive.last().sent;
  alive.last().say({ type: "ok", id: probe.id });
  await alive.clock.advance(4_000);
  assert.equal(alive.socket.provenAt, alive.clock.now() - 4_000);
  assert.equal(alive.socket.state, "open", "a server on this very machine is reachable all the same");
  const dead = setUp();
  dead.last().welcome();
  await dead.clock.advance(1_000);
  dead.signals.say("offline");
  await dead.clock.advance(3_100);
  assert.equal(dead.wires[0].closed, true);
});

test("a frame that was under way when the network went is no sign of life", async () => {
  const { last, clock, signals, wires, socket } = setUp();
  last().welcome();
  const welcomed = socket.provenAt;
  await clock.advance(1_000);
  signals.say("offline");
  await clock.advance(5);
  last().say({ type: "presence", user: "u-bob", state: "online" });
  assert.equal(socket.provenAt, welcomed);
  await clock.advance(6_100);
  assert.equal(wires[0].closed, true);
});

test("only a connection that lasted begins the backoff anew", async () => {
  const { last, clock, wires } = setUp({ random: () => 0.99 });
  const gaps = [];
  for (let n = 0; n < 5; n++) {
    last().welcome();
    last().drop(1006);
    const before = clock.now();
    const count = wires.length;
    while (wires.length === count) await clock.advance(50);
    gaps.push(clock.now() - before);
  }
  assert.ok(gaps[4] > gaps[0] * 10, `${gaps}`);
  last().welcome();
  await clock.advance(15_000);
  last().drop(1006);
  await clock.advance(300);
  assert.equal(wires.length, 7);
});

test("stop lets go of everything", async () => {
  const { socket, last, clock, wires } = setUp();
  last().welcome();
  socket.stop();
  assert.equal(wires[0].closed, true);
  assert.equal(clock.pending, 0);
});
