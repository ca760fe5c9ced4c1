import assert from "node:assert/strict";
import { test } from "node:test";
import { describeLine, whileDrawing } from "../../static/js/core/line.js";
import { World } from "./support/world.mjs";

const NOW = 1_000_000;
/** Level and connected; a test says what differs. */
const facts = (more = {}) => ({
  signedOut: false,
  browserOnline: true,
  level: true,
  disconnectedSince: null,
  behindSince: null,
  lastFrameAt: NOW - 1_000,
  heartbeatMs: 20_000,
  retryAt: null,
  done: 0,
  total: 0,
  waiting: 0,
  failed: 0,
  everOpen: true,
  emptiedAt: null,
  bannerUp: false,
  newVersion: false,
  ...more,
});
const line = (more) => describeLine(facts(more), NOW);

test("up to date is said only with a fresh beat and nothing missing", () => {
  assert.deepEqual([line({}).state, line({}).stale], ["up-to-date", false]);
  assert.equal(line({ lastFrameAt: NOW - 26_000 }).stale, true);
});

test("what has come and is not drawn yet is not up to date: grey at once, in words after 300 ms", () => {
  assert.deepEqual(whileDrawing(line({}), null), line({}));
  assert.deepEqual(whileDrawing(line({}), 0), { ...line({}), stale: true });
  assert.equal(whileDrawing(line({}), 301).state, "catching-up");
  const offline = line({ browserOnline: false, disconnectedSince: NOW });
  assert.deepEqual(whileDrawing(offline, 301), offline, "the drawing changes nothing of what is known otherwise");
});

test("a gap of under 800 ms only greys the words", () => {
  const { state, stale, banner } = line({ disconnectedSince: NOW - 700 });
  assert.deepEqual([state, stale, banner], ["up-to-date", true, false]);
  assert.equal(line({ disconnectedSince: NOW - 800 }).state, "reconnecting");
});

test("after 4 s it is offline with a banner, after 10 s the server cannot be reached", () => {
  assert.equal(line({ disconnectedSince: NOW - 3_999 }).banner, false);
  const offline = line({ disconnectedSince: NOW - 4_000, waiting: 3 });
  assert.deepEqual([offline.state, offline.banner, offline.waiting], ["offline", true, 3]);
  const gone = line({ disconnectedSince: NOW - 10_000, retryAt: NOW + 7_200 });
  assert.deepEqual([gone.state, gone.retryInS], ["unreachable", 8]);
});

test("a browser that is offline is not told that the server is at fault", () => {
  assert.equal(line({ disconnectedSince: NOW - 60_000, browserOnline: false }).state, "offline");
  assert.equal(line({ disconnectedSince: NOW - 100, browserOnline: false }).state, "offline");
});

test("behind for over 300 ms is catching up, with its numbers", () => {
  const short = line({ level: false, behindSince: NOW - 200, done: 1, total: 2 });
  assert.deepEqual([short.state, short.stale, short.total], ["up-to-date", true, 0]);
  const { state, done, total } = line({ level: false, behindSince: NOW - 400, done: 30, total: 48 });
  assert.deepEqual([state, done, total], ["catching-up", 30, 48]);
});

test("signed out comes before everything", () => {
  assert.equal(line({ disconnectedSince: NOW - 60_000, signedOut: true, browserOnline: false }).state, "signed-out");
});

test("a first page that has never been connected says so, not that it is reconnecting", () => {
  assert.equal(line({ everOpen: false, disconnectedSince: NOW - 2_000 }).state, "connecting");
  assert.equal(line({ everOpen: false, disconnectedSince: NOW - 5_000 }).state, "offline");
});

test("the banner leaves 600 ms after all is acknowledged", () => {
  assert.equal(line({ bannerUp: true, waiting: 1 }).banner, true);
  assert.equal(line({ bannerUp: true, emptiedAt: NOW - 599 }).banner, true);
  assert.equal(line({ bannerUp: true, emptiedAt: NOW - 600 }).banner, false);
  assert.equal(line({ bannerUp: false, waiting: 1 }).banner, false);
});

test("an outage from beginning to end, as the person sees it", async () => {
  const world = new World(3);
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  /** @type {string[]} */
  const seen = [];
  const note = () => {
    const { state, stale, banner, waiting } = chat.line.value;
    const words = `${state}${stale ? " (grey)" : ""}${banner ? " +banner" : ""} ${waiting}`;
    if (seen.at(-1) !== words) seen.push(words);
  };
  chat.line.addEventListener("change", note);
  await world.clock.advance(1_000);
  world.server.down = true;
  world.server.closeAll(1006);
  await world.clock.advance(2_000);
  await chat.send("harbour", "waits");
  await world.clock.advance(10_000);
  world.server.down = false;
  chat.line.tryNow();
  await world.clock.advance(2_000);
  assert.deepEqual(seen, [
    "up-to-date 0",
    "up-to-date (grey) 0",
    "reconnecting 0",
    "reconnecting 1",
    "offline +banner 1",
    "unreachable +banner 1",
    "up-to-date +banner 1",
    "up-to-date +banner 0",
    "up-to-date 0",
  ]);
  await world.end();
});
