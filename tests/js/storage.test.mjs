import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts } from "../../static/js/core/drafts.js";
import { FallbackStorage, MemoryStorage, openStorage } from "../../static/js/core/storage.js";
import { FakeClock } from "./support/clock.mjs";

const entry = (n, more = {}) => ({
  client_id: `id-${n}`,
  room: "harbour",
  text: `text ${n}`,
  reply_to: null,
  at: n,
  state: "waiting",
  attempts: 0,
  error: null,
  ...more,
});

for (const [name, open] of [
  ["IndexedDB", (user) => openStorage(user)],
  ["memory", async () => new MemoryStorage()],
]) {
  test(`${name} keeps outgoing messages in the order in which they were added`, async () => {
    const storage = await open(`order-${name}`);
    assert.equal(storage.durable, name === "IndexedDB");
    for (const n of [3, 1, 2]) await storage.addOutgoing(entry(n));
    assert.deepEqual(
      (await storage.allOutgoing()).map(({ text }) => text),
      ["text 3", "text 1", "text 2"],
    );
    assert.equal(await storage.updateOutgoing("id-1", { attempts: 2 }), true);
    assert.equal((await storage.getOutgoing("id-1")).attempts, 2);
    await storage.removeOutgoing("id-3");
    await storage.removeOutgoing("id-3");
    assert.equal(
      await storage.updateOutgoing("id-3", { attempts: 1 }),
      false,
      "what another tab has removed stays removed",
    );
    assert.deepEqual(
      (await storage.allOutgoing()).map(({ text }) => text),
      ["text 1", "text 2"],
    );
  });
}

test("what IndexedDB keeps is there for the next page, one order over two tabs", async () => {
  const first = await openStorage("reload");
  const second = await openStorage("reload");
  await first.addOutgoing(entry(1));
  await second.addOutgoing(entry(2));
  await first.addOutgoing(entry(3));
  const next = await openStorage("reload");
  assert.deepEqual(
    (await next.allOutgoing()).map(({ text }) => text),
    ["text 1", "text 2", "text 3"],
  );
});

test("two people in one browser do not see one another's messages", async () => {
  await (await openStorage("alice")).addOutgoing(entry(1));
  assert.deepEqual(await (await openStorage("bob")).allOutgoing(), []);
});

test("a full storage: the message is kept in memory, after its predecessors, and durable tells", async () => {
  const inner = await openStorage("full");
  const full = {
    durable: true,
    full: false,
    addOutgoing: (each) => (full.full ? Promise.reject(new Error("QuotaExceededError")) : inner.addOutgoing(each)),
    allOutgoing: () => inner.allOutgoing(),
    getOutgoing: (id) => inner.getOutgoing(id),
    updateOutgoing: (id, change) => inner.updateOutgoing(id, change),
    removeOutgoing: (id) => inner.removeOutgoing(id),
  };
  let told = 0;
  const storage = new FallbackStorage(full, () => (told += 1));
  await storage.addOutgoing(entry(1));
  full.full = true;
  await storage.addOutgoing(entry(2));
  await storage.addOutgoing(entry(3));
  full.full = false;
  await storage.addOutgoing(entry(4));
  assert.equal(storage.durable, false);
  assert.equal(told, 1);
  assert.deepEqual(
    (await storage.allOutgoing()).map(({ text }) => text),
    ["text 1", "text 2", "text 3", "text 4"],
  );
  assert.equal(await storage.updateOutgoing("id-2", { attempts: 1 }), true);
  await storage.removeOutgoing("id-2");
  assert.equal(await storage.getOutgoing("id-2"), undefined);
});

test("without IndexedDB there is memory, and it says so", async (context) => {
  const kept = globalThis.indexedDB;
  context.after(() => Object.assign(globalThis, { indexedDB: kept }));
  globalThis.indexedDB = {
    open: () => {
      throw new Error("SecurityError");
    },
  };
  const storage = await openStorage("private");
  assert.equal(storage.durable, false);
  await storage.addOutgoing(entry(1));
  assert.equal((await storage.allOutgoing()).length, 1);
});

test("a draft is kept within 300 ms of the last key, and is gone once it is empty", async () => {
  const clock = new FakeClock();
  const storage = await openStorage("drafts");
  const changes = [];
  const drafts = new Drafts({ storage, clock, onChange: (room) => changes.push(room) });
  drafts.save("harbour", "he");
  await clock.advance(200);
  drafts.save("harbour", "hello", 7, ["upload-1"]);
  assert.equal((await drafts.load("harbour")).text, "hello", "also before it is stored");
  assert.equal(await storage.getDraft("harbour"), undefined);
  await clock.advance(300);
  await clock.advance(0);
  assert.deepEqual(await storage.getDraft("harbour"), {
    room: "harbour",
    text: "hello",
    reply_to: 7,
    files: ["upload-1"],
    at: clock.now() - 300,
  });
  assert.equal(drafts.has("harbour"), true);
  const next = new Drafts({ storage, clock, onChange: () => {} });
  await next.start();
  assert.equal(next.has("harbour"), true, "the next page knows of it");
  await drafts.clear("harbour");
  assert.equal(await storage.getDraft("harbour"), undefined);
  assert.deepEqual(changes, ["harbour", "harbour"]);
});

test("a draft of files alone is one", async () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts({ storage, clock: new FakeClock(), onChange: () => {} });
  drafts.save("harbour", "", null, ["upload-1"]);
  await drafts.flush();
  assert.equal(drafts.has("harbour"), true);
  assert.deepEqual((await storage.getDraft("harbour")).files, ["upload-1"]);
});

test("hiding the page keeps what was typed a moment ago", async () => {
  const clock = new FakeClock();
  const storage = new MemoryStorage();
  const drafts = new Drafts({ storage, clock, onChange: () => {} });
  drafts.save("harbour", "almost lost");
  await drafts.flush();
  assert.equal((await storage.getDraft("harbour")).text, "almost lost");
});
