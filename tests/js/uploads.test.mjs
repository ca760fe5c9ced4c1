import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { openKeptFiles } from "../../static/js/core/kept-files.js";
import { Uploads } from "../../static/js/core/uploads.js";
import { ChatError } from "../../static/js/core/errors.js";
import { FakeClock, settle as settleFew } from "./support/clock.mjs";
import { fakeLocks } from "./support/world.mjs";

const MB = 2 ** 20;
let users = 0;
/** The database takes a few turns for each thing it is asked. */
const settle = () => settleFew(16);

async function setUp(shared = {}) {
  const clock = shared.clock ?? new FakeClock();
  const user = shared.user ?? `u-${++users}`;
  const state = { open: true };
  const sent = [];
  const told = [];
  const discarded = [];
  const locks = shared.locks ?? fakeLocks();
  const uploads = new Uploads({
    kept: await openKeptFiles(user, clock.now()),
    locks,
    clock,
    limits: { bytes: 10 * MB, files: 4 },
    canSend: () => state.open,
    transfer: (wanted, onProgress) => {
      const one = { ...wanted, onProgress, cancelled: false };
      const done = new Promise((resolve, reject) => {
        one.fail = (code, more) => reject(new ChatError({ code, ...more }));
        one.finish = () => resolve(attachment(one));
      });
      sent.push(one);
      const cancel = () => {
        one.cancelled = true;
        one.fail("cancelled");
      };
      return { done, cancel };
    },
    describe: async (room, id, alt) => {
      told.push({ room, id, alt });
      return { ...attachment({ id: id.slice(2), name: "x", alt }), id };
    },
    discard: async (room, id) => discarded.push({ room, id }),
  });
  return { uploads, clock, state, sent, told, discarded, user, locks };
}

const attachment = ({ id, name, alt }) => ({
  id: `a-${id}`,
  name,
  type: "text/plain",
  size: 1,
  url: "/x",
  ...(alt ? { alt } : {}),
});
const file = (name, size = 100, type = "text/plain") => new File([new Uint8Array(size)], name, { type });
const states = (uploads, room = "harbour") => uploads.list(room).map(({ name, state }) => `${name} ${state}`);

test("files go up as they are chosen, two at a time, and a message can name them when all are there", async () => {
  const { uploads, sent } = await setUp();
  assert.deepEqual(uploads.add("harbour", [file("a"), file("b"), file("c")]), []);
  await settle();
  assert.deepEqual(states(uploads), ["a sending", "b sending", "c waiting"]);
  sent[0].onProgress(60);
  assert.equal(uploads.list("harbour")[0].sent, 60);
  sent[0].onProgress(1000);
  assert.equal(uploads.list("harbour")[0].sent, 100, "what frames the file on the wire is not told");
  sent[0].finish();
  await settle();
  assert.deepEqual(states(uploads), ["a done", "b sending", "c sending"]);
  assert.equal(uploads.ready("harbour"), false);
  for (const one of sent.slice(1)) one.finish();
  await settle();
  assert.equal(uploads.ready("harbour"), true);
  assert.deepEqual(
    uploads.list("harbour").map((each) => each.attachment.name),
    ["a", "b", "c"],
  );
});

test("what cannot be sent is refused before it is sent, with the reason", async () => {
  const { uploads, sent } = await setUp();
  const refused = uploads.add("harbour", [
    file("empty", 0),
    file("large", 10 * MB + 1),
    ...["a", "b", "c", "d", "e"].map((name) => file(name)),
  ]);
  assert.deepEqual(refused, [
    { name: "empty", why: "empty" },
    { name: "large", why: "large" },
    { name: "e", why: "many" },
  ]);
  await settle();
  assert.equal(uploads.list("harbour").length, 4);
  assert.equal(uploads.list("dock").length, 0);
  assert.deepEqual(
    sent.map(({ name }) => name),
    ["a", "b"],
  );
});

test("a file that is taken away is stopped, its place goes to the next, and it is not kept", async () => {
  const { uploads, sent, discarded, user, clock } = await setUp();
  uploads.add("harbour", [file("a"), file("b"), file("c")]);
  await settle();
  const [{ id }] = uploads.list("harbour");
  uploads.remove(id);
  await settle();
  assert.equal(sent[0].cancelled, true);
  assert.deepEqual(states(uploads), ["b sending", "c sending"]);
  assert.equal(await (await openKeptFiles(user, clock.now())).get(id), undefined);
  assert.deepEqual(discarded, []);
  sent[1].finish();
  await settle();
  uploads.remove(sent[1].id);
  assert.deepEqual(discarded, [{ room: "harbour", id: `a-${sent[1].id}` }], "the server need not keep what it has");
});

test("without a connection files wait, however long, and go up when it is back", async () => {
  const { uploads, state, sent, clock } = await setUp();
  uploads.add("harbour", [file("a")]);
  await settle();
  assert.equal(uploads.list("harbour")[0].stalled, false);
  state.open = false;
  assert.equal(uploads.list("harbour")[0].stalled, true, "one under way waits for the connection, too");
  sent[0].fail("connection_lost");
  await settle();
  assert.deepEqual(states(uploads), ["a waiting"]);
  assert.equal(uploads.list("harbour")[0].stalled, true);
  await clock.advance(3_600_000);
  assert.equal(sent.length, 1, "it does not knock at a door that is shut");
  state.open = true;
  uploads.resume();
  await settle();
  assert.equal(sent.length, 2);
  assert.equal(sent[1].id, sent[0].id, "the same id: the server makes no second file of it");
  sent[1].finish();
  await settle();
  assert.deepEqual(states(uploads), ["a done"]);
});

test("a transfer of which nothing more is heard is begun again: after two minutes, or when another connection was made", async () => {
  const { uploads, sent, clock } = await setUp();
  uploads.add("harbour", [file("a")]);
  await settle();
  await clock.advance(119_000);
  sent[0].onProgress(10);
  await clock.advance(119_000);
  await settle();
  assert.equal(sent[0].cancelled, false, "a slow one is left alone");
  await clock.advance(1_000);
  await settle();
  assert.deepEqual([sent[0].cancelled, states(uploads)], [true, ["a waiting"]]);
  await clock.advance(60_000);
  await settle();
  assert.deepEqual([sent.length, states(uploads)], [2, ["a sending"]]);
  sent[1].onProgress(10);
  await clock.advance(9_000);
  uploads.resume();
  assert.equal(sent[1].cancelled, false, "one that goes on is left alone, too");
  await clock.advance(1_000);
  uploads.resume();
  await settle();
  await clock.advance(60_000);
  await settle();
  assert.deepEqual([sent[1].cancelled, sent.length], [true, 3]);
  assert.equal(sent[2].id, sent[0].id);
  sent[2].finish();
  await settle();
  assert.deepEqual(states(uploads), ["a done"]);
});

test("a refusal is final and can be tried again by hand; a busy server is tried again by itself, for a while", async () => {
  const { uploads, sent, clock } = await setUp();
  uploads.add("harbour", [file("a")]);
  await settle();
  sent[0].fail("bad_request");
  await settle();
  assert.deepEqual(states(uploads), ["a failed"]);
  assert.equal(uploads.list("harbour")[0].error.code, "bad_request");
  uploads.retry(sent[0].id);
  await settle();
  assert.deepEqual(states(uploads), ["a sending"]);
  for (let n = 1; n <= 6; n++) {
    assert.equal(sent.length, n + 1);
    sent[n].fail("overloaded");
    await clock.advance(60_000);
    await settle();
  }
  assert.deepEqual(states(uploads), ["a failed"]);
  assert.equal(sent.length, 7);
});

test("a server that says how long to wait is asked again then, and not before", async () => {
  const { uploads, sent, clock } = await setUp();
  uploads.add("harbour", [file("a")]);
  await settle();
  sent[0].fail("rate_limited", { retry_after_ms: 5000 });
  await clock.advance(4999);
  assert.equal(sent.length, 1);
  await clock.advance(1);
  await settle();
  assert.equal(sent.length, 2);
});

test("a reload goes on: what is there stays there, what was under way begins again, under the same id", async () => {
  const first = await setUp();
  first.uploads.add("harbour", [file("a"), file("b", 70)]);
  await settle();
  first.sent[0].finish();
  await settle();
  const ids = first.uploads.list("harbour").map(({ id }) => id);
  first.uploads.stop();
  await settle();
  const next = await setUp({ user: first.user, clock: first.clock });
  await next.uploads.restore("harbour", ids);
  await settle();
  assert.deepEqual(states(next.uploads), ["a done", "b sending"]);
  assert.equal(next.sent.length, 1);
  assert.equal(next.sent[0].id, ids[1]);
  assert.equal(next.sent[0].file.size, 70);
});

test("two tabs with the same draft send a file once", async () => {
  const shared = { user: "u-tabs", locks: fakeLocks(), clock: new FakeClock() };
  const first = await setUp(shared);
  const second = await setUp(shared);
  first.uploads.add("harbour", [file("a")]);
  await settle();
  const ids = first.uploads.list("harbour").map(({ id }) => id);
  await second.uploads.restore("harbour", ids);
  await settle();
  assert.equal(first.sent.length + second.sent.length, 1);
  first.sent[0].finish();
  await settle();
  assert.deepEqual(states(second.uploads), ["a done"]);
  assert.equal(first.sent.length + second.sent.length, 1);
});

test("a draft that names other files shows those and no others", async () => {
  const { uploads, sent } = await setUp();
  uploads.add("harbour", [file("a"), file("b")]);
  uploads.add("dock", [file("c")]);
  await settle();
  await uploads.restore("harbour", [uploads.list("harbour")[1].id, "never heard of"]);
  assert.deepEqual(states(uploads), ["b sending"]);
  assert.equal(sent[0].cancelled, true);
  assert.equal(uploads.list("dock").length, 1);
});

test("what a picture shows goes along with it, or after it when it is written later", async () => {
  const { uploads, sent, told } = await setUp();
  uploads.add("harbour", [file("a"), file("b"), file("c")]);
  await settle();
  const [a, , c] = uploads.list("harbour");
  uploads.describe(c.id, "A crane");
  uploads.describe(a.id, "A boat");
  for (const one of sent) one.finish();
  await settle();
  assert.equal(sent[2].alt, "A crane");
  assert.deepEqual(told, [{ room: "harbour", id: `a-${a.id}`, alt: "A boat" }]);
  sent[2].finish();
  await settle();
  assert.equal(uploads.ready("harbour"), true);
  uploads.describe(c.id, "A red crane");
  assert.equal(uploads.ready("harbour"), false, "the server does not have the words yet");
  await settle();
  assert.equal(uploads.ready("harbour"), true);
  assert.equal(uploads.list("harbour")[2].attachment.alt, "A red crane");
});

test("files that a message has named are forgotten, and those of yesterday too", async () => {
  const { uploads, sent, discarded, user, clock } = await setUp();
  uploads.add("harbour", [file("a"), file("b")]);
  await settle();
  for (const one of sent) one.finish();
  await settle();
  const [a, b] = uploads.list("harbour").map(({ id }) => id);
  uploads.sent([a]);
  assert.deepEqual(states(uploads), ["b done"]);
  assert.deepEqual(discarded, []);
  await settle();
  const kept = await openKeptFiles(user, clock.now());
  assert.equal(await kept.get(a), undefined);
  assert.equal((await kept.get(b)).file, null, "the server has it: here its bytes are let go");
  assert.equal(await (await openKeptFiles(user, clock.now() + 25 * 3_600_000)).get(b), undefined);
});

test("a file that was taken out can be put back in its place, until it is removed for good", async () => {
  const { uploads, sent, discarded } = await setUp();
  uploads.add("harbour", [file("a"), file("b"), file("c")]);
  await settle();
  sent[0].finish();
  await settle();
  const [a, b] = uploads.list("harbour").map(({ id }) => id);
  uploads.setAside(a);
  uploads.setAside(b);
  await settle();
  assert.equal(sent[1].cancelled, true);
  assert.deepEqual(states(uploads), ["c sending"]);
  assert.deepEqual(discarded, [], "the server keeps it meanwhile");
  assert.equal(uploads.putBack(a), true);
  assert.equal(uploads.putBack(b), true);
  await settle();
  assert.deepEqual(states(uploads), ["a done", "b sending", "c sending"]);
  assert.equal(sent.length, 4, "what was stopped goes up again, what was there does not");
  assert.equal(sent[3].id, b, "under the same id, so that the server has it once");
  uploads.setAside(a);
  uploads.add("harbour", [file("d"), file("e")]);
  assert.equal(uploads.putBack(a), false, "others have taken its place");
  uploads.remove(a);
  await settle();
  assert.deepEqual(discarded, [{ room: "harbour", id: `a-${a}` }]);
  assert.equal(uploads.putBack(a), false);
});

test("a draft of a thread has its own files, given to the same room", async () => {
  const { uploads, sent } = await setUp();
  uploads.add("harbour", [file("a")]);
  uploads.add("harbour", [file("b")], "harbour/7");
  await settle();
  assert.deepEqual(states(uploads), ["a sending"]);
  assert.deepEqual(states(uploads, "harbour/7"), ["b sending"]);
  assert.deepEqual(
    sent.map(({ room }) => room),
    ["harbour", "harbour"],
  );
  await uploads.restore("harbour", []);
  assert.deepEqual(states(uploads, "harbour/7"), ["b sending"]);
});
