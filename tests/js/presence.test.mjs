import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./support/world.mjs";

/** The states that the server was told of Alice. @param {World} world */
const told = (world) =>
  world.server.commands.filter((command) => command.type === "presence.set").map((command) => command.state);

test("being away is told once, again to a new connection, and taken back by the first input", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  assert.deepEqual(told(world), []);
  chat.setPresence("away");
  chat.setPresence("away");
  await world.clock.advance(100);
  assert.deepEqual(told(world), ["away"]);
  for (const socket of [...world.server.sockets]) socket.closeFromServer(1012);
  await world.clock.advance(10_000);
  assert.deepEqual(told(world), ["away", "away"]);
  chat.setPresence("online");
  await world.clock.advance(100);
  for (const socket of [...world.server.sockets]) socket.closeFromServer(1012);
  await world.clock.advance(10_000);
  assert.deepEqual(told(world), ["away", "away", "online"]);
  await world.end();
});

test("the state of people in direct rooms is asked for by name, on each connection", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  world.server.addRoom("talk", ["alice", "bob"], "direct");
  await world.openPage();
  await world.clock.advance(200);
  const asked = () =>
    world.server.commands
      .filter((command) => command.type === "subscribe" && command.rooms !== "all")
      .map((command) => command.rooms.map((/** @type {any} */ each) => each.room));
  assert.deepEqual(asked(), [["talk"]]);
  for (const socket of [...world.server.sockets]) socket.closeFromServer(1012);
  await world.clock.advance(10_000);
  assert.deepEqual(asked(), [["talk"], ["talk"]]);
  await world.end();
});

test("people come and go without their names being drawn anew, and nobody is known after a loss", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(200);
  const version = chat.people.namesVersion;
  const [socket] = world.server.sockets;
  socket.say({ type: "presence", user: "u-bob", state: "away", at: "2026-11-24T09:31:07.042Z" });
  await world.clock.advance(100);
  assert.equal(chat.people.presence("u-bob"), "away");
  assert.equal(chat.people.namesVersion, version);
  socket.closeFromServer(1012);
  await world.clock.advance(50);
  assert.equal(chat.people.presence("u-bob"), "offline");
  await world.end();
});
