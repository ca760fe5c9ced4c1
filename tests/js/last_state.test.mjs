import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { LastState, recordOf } from "../../static/js/core/last-state.js";
import { World, shown } from "./support/world.mjs";

/** A page of Alice in a world with two rooms, one of them opened. */
async function talked() {
  const world = new World();
  world.server.addRoom("harbour");
  world.server.addRoom("quay");
  world.server.say("harbour", "bob", "first");
  const wrong = world.server.say("harbour", "bob", "wrong");
  world.server.say("quay", "bob", "free");
  const chat = await world.openPage();
  await world.clock.advance(100);
  await chat.openRoom("harbour");
  await world.clock.advance(100);
  return { world, chat, wrong };
}

/** What the page keeps goes into the database, and the page is closed. */
async function keepAndClose(/** @type {World} */ world, /** @type {any} */ chat) {
  const last = new LastState(chat);
  await last.begin();
  await last.save();
  await world.closePage(chat);
}

/** The next start, without a connection. */
async function startOffline(/** @type {World} */ world) {
  world.signals.online = false;
  world.server.down = true;
  const chat = await world.openPage();
  await new LastState(chat).restore();
  return chat;
}

test("what was last said is there without a connection, and the connection brings what was missed, once", async () => {
  const { world, chat } = await talked();
  await keepAndClose(world, chat);
  const next = await startOffline(world);
  assert.deepEqual(
    next.rooms.list().map(({ name }) => name),
    ["harbour", "quay"],
  );
  const room = await next.openRoom("harbour");
  assert.deepEqual(shown(room), ["first", "wrong"]);
  assert.equal(room.title(next.me, next.people), "harbour");
  world.server.say("harbour", "bob", "missed");
  world.server.down = false;
  world.signals.say("online");
  await world.clock.advance(30_000);
  assert.deepEqual(shown(room), ["first", "wrong", "missed"]);
  assert.equal(next.rooms.loaded, true);
  await world.end();
});

test("an earlier text is not kept, nor that of a deleted message", async () => {
  const { world, chat, wrong } = await talked();
  const gone = world.server.say("harbour", "bob", "gone");
  await world.clock.advance(100);
  world.server.append("harbour", "message.edited", "u-bob", { message: wrong.seq, text: "right" });
  world.server.append("harbour", "message.deleted", "u-bob", { message: gone.seq });
  await world.clock.advance(100);
  const record = JSON.stringify(recordOf(chat.rooms.get("harbour")));
  assert.ok(record.includes("right"));
  assert.ok(!record.includes("wrong"));
  assert.ok(!record.includes("gone"));
  await world.end();
});

test("whoever begins finds nothing of another, and the other keeps nothing any more", async () => {
  const { world, chat } = await talked();
  const hers = new LastState(chat);
  await hers.begin();
  await hers.save();
  const his = await world.openPage({ me: world.server.users.get("u-bob"), ...world.server.doors("bob") });
  await new LastState(his).restore();
  assert.equal(his.rooms.recalled, false);
  await world.clock.advance(100);
  await new LastState(his).begin();
  world.server.say("harbour", "bob", "for Alice");
  await world.clock.advance(100);
  await hers.save();
  const third = await startOffline(world);
  assert.deepEqual(third.rooms.list(), []);
  await world.end();
});

test("a glimpse of a room tells what was said last, and takes nothing of what was kept", async () => {
  const { world, chat } = await talked();
  for (let n = 1; n <= 40; n += 1) world.server.say("harbour", "bob", `line ${n}`);
  await world.clock.advance(100);
  const whole = shown(chat.rooms.get("harbour"));
  await keepAndClose(world, chat);
  const next = await world.openPage();
  await world.clock.advance(100);
  const room = next.rooms.get("harbour");
  const unread = room.unread;
  const glimpse = next.lookInto("harbour");
  await world.clock.advance(100);
  await glimpse;
  assert.equal(shown(room).at(-1), "line 40");
  assert.ok(shown(room).length < whole.length);
  assert.equal(room.opened, false);
  assert.equal(room.unread, unread);
  await keepAndClose(world, next);
  const offline = await startOffline(world);
  assert.deepEqual(shown(await offline.openRoom("harbour")), whole);
  await world.end();
});
