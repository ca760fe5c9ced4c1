import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionLost } from "../../static/js/core/errors.js";
import { People } from "../../static/js/core/people.js";
import { World } from "./support/world.mjs";

test("of everybody here only those are looked up who are in the room, or are looked for", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  world.server.addRoom("quay", ["alice", "carol"]);
  const chat = await world.openPage();
  await world.clock.advance(200);
  assert.deepEqual(world.server.lookups, []);
  await chat.openRoom("harbour");
  await world.clock.advance(200);
  assert.deepEqual(world.server.lookups, [{ ids: "u-bob", limit: "300" }]);
  assert.equal(chat.people.peek("u-bob").display_name.toLowerCase(), "bob");
  assert.equal(chat.people.peek("u-carol"), undefined);

  for (const typed of ["c", "ca", "car"]) void chat.findPeople(typed);
  await world.clock.advance(200);
  void chat.findPeople("CAR ");
  await world.clock.advance(200);
  assert.deepEqual(world.server.lookups.slice(1), [{ q: "car", limit: "100" }]);
  assert.ok(chat.people.peek("u-carol"));
  await world.end();
});

test("who could not be looked up is asked for again, at most 300 at once, until all have a name", async () => {
  const world = new World();
  /** @type {string[][]} */
  const asked = [];
  const fetchUsers = async (/** @type {any} */ { ids }) => {
    asked.push(ids);
    if (asked.length <= 2) throw connectionLost();
    return ids.map((/** @type {string} */ id) => ({ id, username: id, display_name: id, avatar: "", kind: "person" }));
  };
  const people = new People({ fetchUsers, clock: world.clock });
  for (let number = 0; number < 400; number++) people.get(`u-${number}`);
  await world.clock.advance(10_000);
  assert.equal(people.all().length, 400);
  assert.ok(asked.every((ids) => ids.length <= 300));
  const lookups = asked.length;
  await world.clock.advance(60_000);
  assert.equal(asked.length, lookups);
  await world.end();
});

test("what the site changes for all rooms is asked anew, for the room that is shown", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(200);
  assert.equal(room.may("pin"), false);
  world.server.rights = ["post", "pin"];
  for (const socket of world.server.sockets) socket.say({ type: "heartbeat", n: 7, heads: {}, rights: true });
  await world.clock.advance(800);
  assert.equal(room.may("pin"), true);
  await world.end();
});

test("what one makes of a room on another device, and how one wants to be told, is known here at once", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  let told = 0;
  chat.addEventListener("wishes", () => told++);
  const marks = { favourite: true, muted: false, notify: "nothing" };
  for (const socket of world.server.sockets)
    socket.say({ type: "heartbeat", n: 7, heads: {}, marks: { harbour: marks, nowhere: marks }, notifications: true });
  await world.clock.advance(100);
  const room = chat.rooms.get("harbour");
  assert.deepEqual([room.favourite, room.notify, told], [true, "nothing", 1]);
  await world.end();
});

test("who runs a room is told that one of its lists is another, of this room only", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const told = [];
  chat.addEventListener("room", ({ detail }) => told.push(detail.room));
  for (const socket of world.server.sockets)
    socket.say({ type: "heartbeat", n: 7, heads: {}, lists: { harbour: ["bans"] } });
  await world.clock.advance(100);
  assert.deepEqual(told, ["harbour"]);
  await world.end();
});
