import assert from "node:assert/strict";
import { test } from "node:test";
import { seqAt } from "../../static/js/core/dates.js";
import { World, shown } from "./support/world.mjs";

/** A room of `count` messages by Bob, opened by Alice. @param {number} count */
async function opened(count) {
  const world = new World();
  world.server.addRoom("harbour");
  for (let n = 1; n <= count; n++) world.server.say("harbour", "bob", `message ${n}`);
  world.server.room("harbour").marks.get("u-alice").delivered = count + 2;
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  return { world, chat, room };
}

/** Lets a promise come true while time goes on. @param {World} world @param {Promise<any>} promise */
async function soon(world, promise) {
  await world.clock.advance(200);
  return await promise;
}

test("a far message is there with its surroundings, its reactions and a hole to the present", async () => {
  const { world, chat, room } = await opened(3_000);
  const seq = world.server.room("harbour").events.find((event) => event.data.text === "message 40").seq;
  world.server.append("harbour", "reaction.added", "u-bob", { message: seq, emoji: "👍" });
  for (let n = 0; n < 150; n++) world.server.say("harbour", "bob", `later ${n}`);
  await world.clock.advance(100);
  await world.closePage(chat);
  const again = await world.openPage();
  await world.clock.advance(100);
  const fresh = await again.openRoom("harbour");
  await world.clock.advance(100);
  assert.equal(await soon(world, again.loadAround("harbour", seq)), true);
  assert.deepEqual(fresh.message(seq).reactions, [{ emoji: "👍", users: ["u-bob"] }]);
  const holes = fresh.items().filter((/** @type {any} */ item) => item.type === "hole");
  assert.equal(holes.length, 1);
  assert.ok(holes[0].count > 2_500);
  world.server.append("harbour", "reaction.removed", "u-bob", { message: seq, emoji: "👍" });
  await world.clock.advance(100);
  assert.deepEqual(fresh.message(seq).reactions, [], "what happens now is laid over what the server told");
  assert.ok(fresh.cursor > room.cursor);
  await world.end();
});

test("a link to a message that is still to come is followed to nothing, and what comes then is shown", async () => {
  const { world, chat, room } = await opened(200);
  const head = room.cursor;
  for (const seq of [head + 1, head + 5_000]) assert.equal(await soon(world, chat.loadAround("harbour", seq)), false);
  assert.equal(room.cursor, head);
  world.server.say("harbour", "bob", "here I am");
  await world.clock.advance(100);
  assert.equal(room.cursor, head + 1);
  assert.equal(shown(room).at(-1), "here I am");
  await world.end();
});

test("a hole is filled from the end that one comes from", async () => {
  const { world, chat, room } = await opened(2_000);
  await soon(world, chat.loadAround("harbour", 500));
  const hole = () => room.items().find((/** @type {any} */ item) => item.type === "hole");
  const before = hole();
  await soon(world, chat.loadHole("harbour", before.from, before.to, "older"));
  assert.equal(hole().from, before.from + 300);
  assert.equal(hole().to, before.to);
  await soon(world, chat.loadHole("harbour", hole().from, hole().to, "newer"));
  assert.equal(hole().from, before.from + 300);
  assert.equal(hole().to, before.to - 300);
  for (let guard = 0; hole() && guard < 20; guard++) {
    await soon(world, chat.loadHole("harbour", hole().from, hole().to, "older"));
  }
  assert.equal(hole(), undefined);
  const texts = shown(room);
  assert.deepEqual(texts, [...new Set(texts)]);
  assert.equal(texts.at(-1), "message 2000");
  await world.end();
});

test("scrolling far back keeps memory bounded, and what was let go comes back whole", async () => {
  const { world, chat, room } = await opened(6_000);
  for (let page = 0; page < 50; page++) {
    await soon(world, chat.loadOlder("harbour"));
    chat.keepAround("harbour", room.timeline.log.lowest + 100);
    assert.ok(room.timeline.log.size <= 2_000, `${room.timeline.log.size} events are kept`);
  }
  const items = room.items();
  assert.equal(items.at(-1).message.text, "message 6000", "the newest stay");
  assert.equal(items.filter((/** @type {any} */ item) => item.type === "hole").length, 1);
  for (let guard = 0; guard < 40; guard++) {
    const hole = room.items().find((/** @type {any} */ item) => item.type === "hole");
    if (!hole) break;
    await soon(world, chat.loadHole("harbour", hole.from, hole.to, "newer"));
  }
  const texts = shown(room);
  assert.deepEqual(
    texts,
    [...Array(texts.length)].map((_, n) => `message ${6_000 - texts.length + n + 1}`),
  );
  await world.end();
});

test("an edit that stays in the log holds for a message that was let go and came back", async () => {
  const { world, chat, room } = await opened(2_500);
  world.server.append("harbour", "message.edited", "u-bob", { message: 2_400, text: "changed" });
  await world.clock.advance(100);
  for (let page = 0; page < 22; page++) await soon(world, chat.loadOlder("harbour"));
  chat.keepAround("harbour", 100);
  assert.ok(!room.timeline.log.covers(2_000));
  for (let guard = 0; guard < 20; guard++) {
    const hole = room.items().find((/** @type {any} */ item) => item.type === "hole");
    if (!hole) break;
    await soon(world, chat.loadHole("harbour", hole.from, hole.to, "newer"));
  }
  assert.equal(room.message(2_400).text, "changed");
  await world.end();
});

test("a day is found by halving", async () => {
  const { world, chat, room } = await opened(1_000);
  const { events } = world.server.room("harbour");
  events.forEach((/** @type {any} */ event, /** @type {number} */ n) => {
    event.at = new Date(Date.UTC(2026, 0, 1) + n * 3_600_000).toISOString();
  });
  const asked = Date.UTC(2026, 0, 11);
  const found = seqAt(chat.history, room, asked);
  for (let step = 0; step < 20; step++) await world.clock.advance(50);
  const seq = await found;
  assert.ok(Date.parse(events[seq - 1].at) >= asked);
  assert.ok(Date.parse(events[seq - 2].at) < asked);
  const end = seqAt(chat.history, room, Date.UTC(2030, 0, 1));
  for (let step = 0; step < 20; step++) await world.clock.advance(50);
  assert.equal(await end, room.cursor);
  await world.end();
});

test("the line does not say that it is up to date before the newest page of the open room is here", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  for (let n = 1; n <= 300; n++) world.server.say("harbour", "bob", `message ${n}`);
  world.server.room("harbour").marks.get("u-alice").delivered = 302;
  const chat = await world.openPage();
  await world.clock.advance(100);
  assert.equal(chat.line.value.state, "up-to-date");
  assert.equal(chat.line.value.stale, false);
  const room = await chat.openRoom("harbour");
  assert.equal(room.opened, false);
  assert.equal(chat.line.value.stale, true, "what it said is being checked");
  await world.clock.advance(100);
  assert.equal(room.opened, true);
  assert.deepEqual([chat.line.value.state, chat.line.value.stale], ["up-to-date", false]);
  await world.end();
});

test("a stretch of the past tells of its messages, not of the room and its people as they are now", async () => {
  const world = new World();
  const { server } = world;
  server.addRoom("harbour");
  server.append("harbour", "room.changed", "u-alice", { name: "The old name" });
  server.append("harbour", "room.changed", "u-alice", { message: 3, pinned: true });
  server.append("harbour", "member.left", "u-bob", { user: "u-bob", role: "member" });
  for (let n = 1; n <= 1_000; n++) server.say("harbour", "bob", `message ${n}`); // he is back, and the room has another name
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  await soon(world, chat.loadAround("harbour", 20));
  assert.ok(room.covers(4));
  assert.deepEqual([room.name, room.pins, room.members.has("u-bob")], ["harbour", [], true]);
  await world.end();
});

test("a pin and its end come live, and a deleted message is no longer pinned", async () => {
  const { world, room } = await opened(3);
  const pin = async (/** @type {number} */ message, /** @type {boolean} */ pinned) => {
    world.server.append("harbour", "room.changed", "u-bob", { message, pinned });
    await world.clock.advance(100);
  };
  await pin(3, true);
  await pin(4, true);
  assert.deepEqual(room.pins, [4, 3]);
  await pin(4, false);
  assert.deepEqual(room.pins, [3]);
  world.server.append("harbour", "message.deleted", "u-bob", { message: 3 });
  await world.clock.advance(100);
  assert.deepEqual(room.pins, []);
  await world.end();
});

test("who names everyone names me", async () => {
  const { world, room } = await opened(1);
  world.server.say("harbour", "bob", "@everyone tea", { everyone: true });
  await world.clock.advance(100);
  assert.equal(room.mentions, 1);
  await world.end();
});
