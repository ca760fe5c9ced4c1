/**
 * Random histories against a model: the server's log is the model, and after the storm the page must show it. The seeds
 * are fixed; CORE_SEEDS=n tries the first n.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "./support/clock.mjs";
import { reduce } from "./support/reducer.mjs";
import { World, said } from "./support/world.mjs";

const SEEDS = Number(process.env.CORE_SEEDS ?? 40);
const STEPS = 120;
const ROOMS = ["harbour", "dock"];
const CLOSE_CODES = [1000, 1001, 1006, 1011, 1012, 4408, 4409, 4400, 4429];

/** What the model says a room's messages are. */
const model = (world, id) => reduce(world.server.room(id).events);

/** Everything that may happen, each with its weight. */
function actions(world, random, state) {
  const { server, clock } = world;
  const pick = (list) => list[Math.floor(random() * list.length)];
  const page = () => pick(state.pages);
  const created = (id) => server.room(id).events.filter((event) => event.kind === "message.created");
  return [
    [
      30,
      async () => {
        const room = pick(ROOMS);
        const text = `alice ${state.sent.length}`;
        state.sent.push({ room, text });
        await page().send(room, text);
      },
    ],
    [20, () => server.say(pick(ROOMS), "bob", `bob ${random()}`)],
    [
      4,
      () => {
        const room = pick(ROOMS);
        const message = pick(created(room));
        if (message)
          server.append(room, "message.edited", message.by, {
            message: message.seq,
            text: `edited ${random()}`,
          });
      },
    ],
    [
      3,
      () => {
        const room = pick(ROOMS);
        const message = pick(created(room));
        if (message)
          server.append(room, pick(["reaction.added", "reaction.removed"]), "u-bob", {
            message: message.seq,
            emoji: "👍",
          });
      },
    ],
    [
      2,
      () => {
        const room = pick(ROOMS);
        const message = pick(created(room).filter((event) => event.by === "u-bob"));
        if (message) server.append(room, "message.deleted", "u-bob", { message: message.seq });
      },
    ],
    [2, () => server.append(pick(ROOMS), "something.new", "u-bob", {})],
    [6, () => server.closeAll(pick(CLOSE_CODES))],
    [2, () => server.closeAll(1012, { reconnect: true, after_ms: 500 })],
    [
      2,
      () => {
        for (const socket of server.sockets) if (random() < 0.5) socket.frozen = true;
      },
    ],
    [
      3,
      () => {
        server.down = !server.down;
        if (server.down) server.closeAll(1006);
      },
    ],
    [
      3,
      async () => {
        const old = page();
        await world.closePage(old);
        state.pages.splice(state.pages.indexOf(old), 1, await world.openPage());
      },
    ],
    [
      4,
      async () => {
        await page()
          .openRoom(pick(ROOMS))
          .catch(() => {});
      },
    ],
    [
      4,
      () =>
        void page()
          .loadOlder(pick(ROOMS))
          .catch(() => {}),
    ],
    [
      4,
      () => {
        const chat = page();
        const room = chat.rooms.get(pick(ROOMS));
        if (room?.cursor) chat.markRead(room.id, room.cursor);
      },
    ],
    [2, () => world.signals.say(pick(["online", "offline", "visible"]))],
    [40, () => clock.advance(Math.floor(random() ** 3 * 20_000))],
  ];
}

/** Faults of single frames, while the storm lasts. */
function storm(world, random) {
  world.server.latency = () => Math.floor(random() ** 4 * 400);
  world.server.onDeliver = () => (random() < 0.02 ? "drop" : random() < 0.05 ? "double" : "pass");
  world.server.fault = (command) => {
    const chance = random();
    if (command.type === "message.send") {
      if (chance < 0.08) return "lose";
      if (chance < 0.1) return "ignore";
      if (chance < 0.16) return { code: "overloaded", retryable: true };
      if (chance < 0.2) return { code: "rate_limited", retryable: true, retry_after_ms: 700 };
      if (chance < 0.22) return { code: "internal", retryable: true };
    } else if (chance < 0.04) return "lose";
    else if (chance < 0.06) return "ignore";
    else if (chance < 0.08 && command.id) return { code: "rate_limited", retryable: true, retry_after_ms: 300 };
    return null;
  };
}

function calm(world) {
  world.server.down = false;
  world.signals.say("online");
  world.server.latency = () => 5;
  world.server.onDeliver = () => "pass";
  world.server.fault = () => null;
}

/** One of the actions, the likelier the greater its weight. */
function drawFrom(table, random) {
  let draw = random() * table.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, act] of table) {
    draw -= weight;
    if (draw < 0) return act;
  }
  throw new Error("the weights do not add up");
}

async function run(seed) {
  const world = new World(seed);
  const random = seeded(seed * 7919);
  for (const id of ROOMS) world.server.addRoom(id);
  const state = { pages: [await world.openPage(), await world.openPage()], sent: [] };
  storm(world, random);
  const table = actions(world, random, state);
  for (let step = 0; step < STEPS; step++) {
    await drawFrom(table, random)();
  }
  calm(world);
  await world.clock.advance(180_000);
  for (let step = 0; step < 30; step++) await table[1 + Math.floor(random() * 5)][1]();
  await world.clock.advance(3_000);
  for (const id of ROOMS) for (const chat of state.pages) checkCount(world, chat.rooms.get(id));
  for (const id of ROOMS) {
    const sent = state.sent.filter(({ room }) => room === id).map(({ text }) => text);
    assert.deepEqual(said(world, id, "alice"), sent, "sent once each, in the order of writing");
    for (const chat of state.pages) await checkRoom(world, chat, id);
  }
  for (const chat of state.pages) {
    assert.equal(chat.outbox.list().length, 0);
    assert.equal(chat.line.value.state, "up-to-date");
  }
  assert.deepEqual(await world.storage.allOutgoing(), []);
  await world.end();
}

/** Counted by the page itself where it can, without opening the room. */
function checkCount(world, room) {
  const foreign = model(world, room.id).filter(({ by, deleted }) => by !== "u-alice" && !deleted);
  assert.equal(room.unread, foreign.filter(({ seq }) => seq > room.readSeq).length, "counted like the log");
}

async function checkRoom(world, chat, id) {
  const room = await chat.openRoom(id);
  await world.clock.advance(2_000);
  assert.equal(room.cursor, world.server.room(id).events.length, "level with the log");
  const messages = model(world, id);
  for (;;) {
    const hole = room.items().find(({ type }) => type === "hole");
    if (!hole && !room.hasOlder) break;
    const loaded = hole ? chat.loadHole(id, hole.from, hole.to) : chat.loadOlder(id);
    await world.clock.advance(100);
    await loaded;
  }
  const rows = room.items().filter(({ type }) => type === "message");
  assert.deepEqual(
    rows.map(({ message }) => message),
    messages,
    "the view is the log",
  );
  assert.equal(new Set(room.items().map(({ key }) => key)).size, room.items().length, "keys are unique");
}

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`random history ${seed}: the page shows the log, and the log has each message once`, () => run(seed));
}
