import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "../../static/js/core/errors.js";
import { Outbox } from "../../static/js/core/outbox.js";
import { MemoryStorage } from "../../static/js/core/storage.js";
import { FakeClock, settle } from "./support/clock.mjs";
import { FakeTabs, fakeLocks } from "./support/world.mjs";

/** A storage whose answers may be held back, so that they are old when they come. */
class SlowStorage extends MemoryStorage {
  /** @type {(() => void)[]} */
  held = [];
  hold = false;

  async allOutgoing() {
    const snapshot = await super.allOutgoing();
    if (this.hold) await new Promise((done) => this.held.push(done));
    return snapshot;
  }

  release() {
    this.hold = false;
    for (const done of this.held.splice(0)) done();
  }
}

async function setUp({ storage = new MemoryStorage(), tabs = new FakeTabs(), locks = fakeLocks() } = {}) {
  const clock = new FakeClock();
  const state = { open: false };
  const sent = [];
  const outbox = new Outbox({
    me: "u-alice",
    storage,
    locks,
    tabs: tabs.open(),
    clock,
    request: (command) => new Promise((resolve, reject) => sent.push({ command, resolve, reject })),
    canSend: () => state.open,
    isApplied: () => false,
    onFailed: () => {},
  });
  await outbox.start();
  return { outbox, clock, state, sent, storage, tabs, locks };
}

const texts = (outbox) => outbox.list().map(({ text }) => text);

test("one message of a room is under way at a time; rooms do not wait for one another", async () => {
  const { outbox, state, sent } = await setUp();
  state.open = true;
  await outbox.add("harbour", "one", null);
  await outbox.add("harbour", "two", null);
  await outbox.add("dock", "three", null);
  await settle();
  assert.deepEqual(
    sent.map(({ command }) => command.text),
    ["one", "three"],
  );
  sent[0].resolve({ type: "ok", seq: 5 });
  await settle();
  assert.deepEqual(
    sent.map(({ command }) => command.text),
    ["one", "three", "two"],
  );
});

test("acknowledged and not in the log yet: shown as sent, kept nowhere", async () => {
  const { outbox, state, sent, storage } = await setUp();
  state.open = true;
  await outbox.add("harbour", "one", null);
  await settle();
  sent[0].resolve({ type: "ok", seq: 5 });
  await settle();
  const [view] = outbox.list();
  assert.deepEqual([view.state, view.seq, view.actions], ["sent", 5, []]);
  assert.deepEqual(await storage.allOutgoing(), []);
  assert.equal(outbox.waiting, 0);
  outbox.settle(view.client_id);
  assert.deepEqual(outbox.list(), []);
});

test("seen in the log before its acknowledgement, it is done and is not sent again", async () => {
  const { outbox, state, sent, storage } = await setUp();
  state.open = true;
  const { client_id } = await outbox.add("harbour", "one", null);
  await settle();
  outbox.settle(client_id);
  sent[0].reject(Object.assign(new Error("lost"), { code: "connection_lost" }));
  await settle();
  assert.deepEqual(outbox.list(), []);
  assert.deepEqual(await storage.allOutgoing(), []);
  outbox.resume();
  await settle();
  assert.equal(sent.length, 1);
});

test("an old snapshot of the storage brings nothing back and loses nothing", async () => {
  const storage = new SlowStorage();
  const { outbox, tabs } = await setUp({ storage });
  const { client_id } = await outbox.add("harbour", "already in the log", null);
  storage.hold = true;
  tabs.open().post({ type: "outbox", room: "harbour" });
  await settle();
  outbox.settle(client_id);
  const adding = outbox.add("harbour", "written meanwhile", null);
  await adding;
  storage.release();
  await settle();
  assert.deepEqual(texts(outbox), ["written meanwhile"]);
});

test("what went onto a socket cannot be dropped: nobody knows whether it was stored", async () => {
  const { outbox, state } = await setUp();
  state.open = true;
  const { client_id } = await outbox.add("harbour", "one", null);
  await settle();
  assert.deepEqual(outbox.list()[0].actions, []);
  await assert.rejects(outbox.discard(client_id), { code: "conflict" });
});

test("a fault that stays with one message ends, and the next one goes out", async () => {
  const { outbox, state, sent, clock } = await setUp();
  state.open = true;
  await outbox.add("harbour", "poison", null);
  await outbox.add("harbour", "healthy", null);
  for (let tries = 0; tries < 8; tries++) {
    await settle();
    sent.at(-1).reject(Object.assign(new Error("fault"), { code: "internal", retryable: true }));
    await clock.advance(60_000);
  }
  assert.equal(sent.filter(({ command }) => command.text === "poison").length, 8);
  assert.equal(sent.at(-1).command.text, "healthy");
  assert.equal(outbox.failed, 1);
});

test("the other tab's messages are shown here too, and sent here when that tab cannot", async () => {
  const shared = { storage: new MemoryStorage(), tabs: new FakeTabs(), locks: fakeLocks() };
  const first = await setUp(shared);
  const second = await setUp(shared);
  second.state.open = true;
  await first.outbox.add("harbour", "one", null);
  await settle();
  assert.deepEqual(texts(second.outbox), ["one"]);
  assert.equal(first.sent.length, 0);
  assert.equal(second.sent.length, 1);
  second.sent[0].resolve({ type: "ok", seq: 5 });
  await settle();
  assert.equal(first.outbox.list()[0].state, "sent");
});

test("two tabs with connections: the second one waits for the first and finds nothing left to do", async () => {
  const shared = { storage: new MemoryStorage(), tabs: new FakeTabs(), locks: fakeLocks() };
  const first = await setUp(shared);
  const second = await setUp(shared);
  first.state.open = second.state.open = true;
  await first.outbox.add("harbour", "one", null);
  await settle();
  assert.equal(first.sent.length + second.sent.length, 1);
  first.sent[0].resolve({ type: "ok", seq: 5 });
  await settle();
  assert.equal(first.sent.length + second.sent.length, 1);
});

const picture = { id: "a-1", name: "boat.png", type: "image/png", size: 9, url: "/boat" };

test("a message names its files, needs no text beside them, and keeps them over a reload and a refusal", async () => {
  const { outbox, state, sent, storage } = await setUp();
  await assert.rejects(outbox.add("harbour", " ", null), { code: "bad_request" });
  await outbox.add("harbour", "", null, [picture]);
  const next = await setUp({ storage });
  assert.deepEqual(next.outbox.list()[0].attachments, [picture]);
  state.open = true;
  outbox.resume();
  await settle();
  assert.deepEqual(sent[0].command.attachments, ["a-1"]);
  sent[0].reject(new ChatError({ code: "forbidden" }));
  await settle();
  await outbox.edit(outbox.list()[0].client_id, "now with words");
  await settle();
  assert.deepEqual(sent[1].command.attachments, ["a-1"]);
});

test("a file that is gone at the server is left out when the words are sent again", async () => {
  const { outbox, state, sent } = await setUp();
  state.open = true;
  await outbox.add("harbour", "look", null, [picture]);
  await settle();
  sent[0].reject(new ChatError({ code: "conflict", field: "attachments" }));
  await settle();
  const [failed] = outbox.list();
  assert.deepEqual(failed.actions, ["edit", "discard"]);
  await outbox.edit(failed.client_id, "look there");
  await settle();
  assert.equal(sent[1].command.attachments, undefined);
});

test("what an earlier version of the page has left is sent as it was", async () => {
  const { outbox, state, sent, storage } = await setUp();
  const old = { client_id: "c-1", room: "harbour", text: "hello", reply_to: null, at: 1, state: "waiting" };
  await storage.addOutgoing({ ...old, attempts: 0, error: null });
  await outbox.start();
  state.open = true;
  outbox.resume();
  await settle();
  assert.deepEqual(outbox.list()[0].attachments, []);
  assert.deepEqual(sent[0].command, { type: "message.send", room: "harbour", client_id: "c-1", text: "hello" });
});
