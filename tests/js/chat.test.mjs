import assert from "node:assert/strict";
import { test } from "node:test";
import { World, said, shown } from "./support/world.mjs";

test("Alice opens a room and sees its newest page, then older ones", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  for (let n = 1; n <= 250; n++) world.server.say("harbour", "bob", `message ${n}`);
  world.server.room("harbour").marks.get("u-alice").delivered = 252;
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  assert.equal(shown(room).length, 100);
  assert.equal(shown(room).at(-1), "message 250");
  assert.equal(room.hasOlder, true);
  const first = chat.loadOlder("harbour");
  const shared = chat.loadOlder("harbour");
  await world.clock.advance(100);
  assert.equal(await first, true);
  assert.equal(await shared, true);
  assert.equal(shown(room).length, 200, "parallel calls share one request");
  const rest = chat.loadOlder("harbour");
  await world.clock.advance(100);
  assert.equal(await rest, false);
  assert.deepEqual(
    shown(room),
    Array.from({ length: 250 }, (_, n) => `message ${n + 1}`),
  );
  assert.equal(room.hasOlder, false);
  await world.end();
});

test("a message is shown at once, acknowledged, and becomes the event of the log under the same key", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  const outgoing = await chat.send("harbour", "Ship on Thursday");
  const waiting = room.items().at(-1);
  assert.equal(waiting.type, "outgoing");
  assert.equal(waiting.outgoing.state, "waiting");
  await world.clock.advance(50);
  const last = room.items().at(-1);
  assert.equal(last.type, "message");
  assert.equal(last.mine, true);
  assert.equal(last.key, waiting.key);
  assert.equal(last.message.client_id, outgoing.client_id);
  assert.equal(chat.outbox.waiting, 0);
  assert.deepEqual(await world.storage.allOutgoing(), []);
  await world.end();
});

test("the text of a lost acknowledgement is stored once and sent once", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  let lost = 0;
  world.server.fault = (command) => (command.type === "message.send" && lost++ === 0 ? "lose" : null);
  await chat.send("harbour", "once");
  await chat.send("harbour", "twice");
  await world.clock.advance(30_000);
  assert.deepEqual(said(world, "harbour", "alice"), ["once", "twice"]);
  assert.deepEqual(shown(chat.rooms.get("harbour")), ["once", "twice"]);
  assert.equal(chat.outbox.list().length, 0);
  await world.end();
});

test("what waits survives a reload and goes out in order", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  world.server.down = true;
  world.server.closeAll(1006);
  await world.clock.advance(100);
  for (const text of ["one", "two", "three"]) await chat.send("harbour", text);
  await world.closePage(chat);
  const again = await world.openPage();
  assert.deepEqual(
    again.outbox.list("harbour").map(({ text }) => text),
    ["one", "two", "three"],
  );
  world.server.down = false;
  await world.clock.advance(60_000);
  assert.deepEqual(said(world, "harbour", "alice"), ["one", "two", "three"]);
  assert.equal(again.outbox.list().length, 0);
  await world.end();
});

test("two tabs send what one of them has written once, and both show it", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const first = await world.openPage();
  const second = await world.openPage();
  await world.clock.advance(100);
  await first.send("harbour", "from the first");
  await second.send("harbour", "from the second");
  await world.clock.advance(1_000);
  assert.deepEqual(said(world, "harbour", "alice"), ["from the first", "from the second"]);
  assert.equal(world.server.commands.filter(({ type }) => type === "message.send").length, 2);
  for (const chat of [first, second]) {
    assert.deepEqual(shown(chat.rooms.get("harbour")), ["from the first", "from the second"]);
    assert.equal(chat.outbox.list().length, 0);
  }
  await world.end();
});

test("a tab without a connection leaves its message to the tab that has one", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const connected = await world.openPage();
  const cut = await world.openPage({ openSocket: () => ({ send() {}, close() {} }) });
  await world.clock.advance(100);
  await cut.send("harbour", "through the other tab");
  await world.clock.advance(1_000);
  assert.deepEqual(said(world, "harbour", "alice"), ["through the other tab"]);
  assert.equal(connected.outbox.list().length, 0);
  assert.equal(cut.outbox.waiting, 0);
  await world.end();
});

test("a final refusal says why and holds up nobody; a retry has a new client_id", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const failures = [];
  chat.addEventListener("failed", (event) => failures.push(event.detail.outgoing));
  world.server.fault = (command) => (command.text === "refused" ? { code: "conflict" } : null);
  const refused = await chat.send("harbour", "refused");
  await chat.send("harbour", "accepted");
  await world.clock.advance(1_000);
  assert.deepEqual(said(world, "harbour", "alice"), ["accepted"]);
  const [view] = chat.outbox.list("harbour");
  assert.equal(view.state, "failed");
  assert.equal(view.error.code, "conflict");
  assert.deepEqual(view.actions, ["retry", "edit", "discard"]);
  assert.deepEqual(
    failures.map(({ client_id }) => client_id),
    [refused.client_id],
  );
  assert.equal(chat.outbox.failed, 1);
  world.server.fault = () => null;
  await chat.retry(refused.client_id);
  await world.clock.advance(1_000);
  assert.deepEqual(said(world, "harbour", "alice"), ["accepted", "refused"]);
  assert.equal(chat.outbox.list().length, 0);
  await world.end();
});

test("a failed message can be edited, and one that never left can be dropped", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  world.server.fault = (command) => (command.text === "too long" ? { code: "too_large" } : null);
  const failed = await chat.send("harbour", "too long");
  await world.clock.advance(100);
  assert.deepEqual(chat.outbox.list()[0].actions, ["edit", "discard"]);
  await chat.editOutgoing(failed.client_id, "short");
  await world.clock.advance(100);
  assert.deepEqual(said(world, "harbour", "alice"), ["short"]);
  world.server.down = true;
  world.server.closeAll(1006);
  await world.clock.advance(100);
  const unsent = await chat.send("harbour", "never mind");
  assert.deepEqual(unsent.actions, ["discard"]);
  await chat.discard(unsent.client_id);
  world.server.down = false;
  await world.clock.advance(60_000);
  assert.deepEqual(said(world, "harbour", "alice"), ["short"]);
  await world.end();
});

test("an overloaded or limiting server is asked again, in order", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  let refusals = 0;
  world.server.fault = (command) => {
    if (command.type !== "message.send" || refusals >= 3) return null;
    refusals += 1;
    return refusals === 2
      ? { code: "rate_limited", retryable: true, retry_after_ms: 3_000 }
      : { code: "overloaded", retryable: true };
  };
  for (const text of ["one", "two", "three"]) await chat.send("harbour", text);
  await world.clock.advance(2_000);
  assert.equal(chat.outbox.waiting, 3, "the asked-for pause is kept");
  await world.clock.advance(20_000);
  assert.deepEqual(said(world, "harbour", "alice"), ["one", "two", "three"]);
  await world.end();
});

test("a text of only spaces is refused before it is stored", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await assert.rejects(chat.send("harbour", " \n\t "), { code: "bad_request" });
  assert.deepEqual(await world.storage.allOutgoing(), []);
  await world.end();
});

test("what cannot be text on the wire is cleaned before it is stored", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  const { text } = await chat.send("harbour", "a\0b \ud800 \ud83d\ude00");
  assert.equal(text, "ab \ufffd \ud83d\ude00");
  await world.end();
});

test("missed events come after a reconnect, in order, and unread counts them once", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  world.server.closeAll(1006);
  world.server.down = true;
  await world.clock.advance(100);
  for (let n = 1; n <= 48; n++) world.server.say("harbour", "bob", `missed ${n}`);
  world.server.down = false;
  await world.clock.advance(60_000);
  assert.equal(shown(room).length, 48);
  assert.equal(room.unread, 48);
  chat.markRead("harbour", room.head);
  assert.equal(room.unread, 0);
  world.server.say("harbour", "bob", "live");
  await world.clock.advance(100);
  assert.equal(room.unread, 1);
  await world.end();
});

test("an event lost on the way is noticed by the heads and read from the log", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  world.server.onDeliver = () => "drop";
  world.server.say("harbour", "bob", "lost");
  world.server.onDeliver = () => "pass";
  await world.clock.advance(1_000);
  assert.deepEqual(shown(room), []);
  await world.clock.advance(19_000);
  await world.clock.advance(1_000);
  assert.equal(chat.line.value.state, "catching-up");
  assert.equal(chat.line.value.total, 1);
  await world.clock.advance(6_000);
  assert.deepEqual(shown(room), ["lost"]);
  assert.equal(chat.line.value.state, "up-to-date");
  await world.end();
});

test("an event behind a hole shows the hole until it is filled from the log", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  world.server.onDeliver = ({ data }) => (data.text === "lost" ? "drop" : "pass");
  world.server.say("harbour", "bob", "first");
  for (let n = 0; n < 18; n++) world.server.say("harbour", "bob", "lost");
  world.server.say("harbour", "bob", "after the hole");
  world.server.fault = (command) => (command.type === "events.fetch" ? "ignore" : null);
  await world.clock.advance(20);
  const hole = room.items().find(({ type }) => type === "hole");
  assert.equal(hole.count, 18);
  assert.deepEqual(
    room
      .items()
      .slice(-3)
      .map(({ type }) => type),
    ["message", "hole", "message"],
  );
  world.server.fault = () => null;
  await world.clock.advance(30_000);
  assert.equal(
    room.items().some(({ type }) => type === "hole"),
    false,
  );
  assert.equal(shown(room).length, 20);
  assert.equal(room.unread, 20);
  await world.end();
});

test("after a very long absence the room goes on from its head, with a hole that loads in pages", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  world.server.say("harbour", "bob", "before");
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  world.server.down = true;
  world.server.closeAll(1006);
  await world.clock.advance(100);
  for (let n = 1; n <= 1_500; n++) world.server.say("harbour", "bob", `missed ${n}`);
  world.server.down = false;
  await world.clock.advance(60_000);
  assert.equal(room.behind, 0);
  const hole = room.items().find(({ type }) => type === "hole");
  assert.ok(hole.count > 0, "the middle is not there");
  assert.equal(shown(room).at(-1), "missed 1500");
  for (let at = hole; at; at = room.items().find(({ type }) => type === "hole")) {
    const loaded = chat.loadHole("harbour", at.from, at.to);
    assert.equal(room.items().find(({ type }) => type === "hole").loading, true);
    await world.clock.advance(100);
    await loaded;
  }
  assert.equal(shown(room).length, 1_501);
  assert.equal(room.unread, 1_501);
  await world.end();
});

test("a restored log is loaded anew, and nothing of the old epoch stays", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  for (let n = 1; n <= 20; n++) world.server.say("harbour", "bob", `message ${n}`);
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  assert.equal(shown(room).length, 20);
  world.server.restore("harbour", 12);
  world.server.say("harbour", "bob", "after the restore");
  await world.clock.advance(60_000);
  assert.equal(room.epoch, "e2");
  assert.deepEqual(shown(room).slice(-2), ["message 10", "after the restore"]);
  assert.equal(room.behind, 0);
  await world.end();
});

test("a room joined elsewhere appears, and a revoked one disappears", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  world.server.addRoom("dock", ["bob"]);
  const chat = await world.openPage();
  await world.clock.advance(100);
  assert.equal(chat.rooms.loaded, true);
  assert.deepEqual(
    chat.rooms.list().map(({ id }) => id),
    ["harbour"],
  );
  world.server.say("dock", "bob", "before her time");
  world.server.room("dock").minSeq = world.server.join("dock", "u-alice").seq;
  for (const socket of world.server.sockets) socket.say({ type: "room.joined", room: "dock", reason: "added" });
  await world.clock.advance(200);
  assert.deepEqual(
    chat.rooms.list().map(({ id }) => id),
    ["dock", "harbour"],
  );
  const dock = await chat.openRoom("dock");
  await world.clock.advance(100);
  assert.deepEqual(shown(dock), []);
  assert.equal(dock.hasOlder, false);
  const revoked = [];
  chat.addEventListener("revoked", (event) => revoked.push(event.detail.room));
  for (const socket of world.server.sockets) socket.say({ type: "room.revoked", room: "dock", reason: "removed" });
  await world.clock.advance(100);
  assert.deepEqual(revoked, ["dock"]);
  assert.deepEqual(
    chat.rooms.list().map(({ id }) => id),
    ["harbour"],
  );
  await world.end();
});

test("a room from which one was removed while away is gone after the next connection", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  world.server.addRoom("dock");
  const chat = await world.openPage();
  await world.clock.advance(100);
  world.server.room("dock").members.delete("u-alice");
  world.server.closeAll(1012);
  await world.clock.advance(60_000);
  assert.deepEqual(
    chat.rooms.list().map(({ id }) => id),
    ["harbour"],
  );
  await world.end();
});

test("a room that does not exist rejects and leaves no trace", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  await assert.rejects(chat.openRoom("nowhere"), { code: "not_found" });
  assert.equal(chat.rooms.get("nowhere"), undefined);
  await world.end();
});

test("the page of one person never speaks for another who has signed in meanwhile", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage({ openSocket: world.server.doors("bob").openSocket });
  await world.clock.advance(100);
  await chat.send("harbour", "as Alice");
  await world.clock.advance(60_000);
  assert.deepEqual(said(world, "harbour", "bob"), []);
  assert.equal(chat.line.value.state, "signed-out");
  assert.equal(chat.outbox.waiting, 1);
  await world.end();
});

test("delivered is told for what came, read when she has read, each at most once a second", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  for (let n = 0; n < 40; n++) {
    world.server.say("harbour", "bob", `message ${n}`);
    await world.clock.advance(50);
    chat.markRead("harbour", room.head);
  }
  await world.clock.advance(2_000);
  for (const type of ["receipt.delivered", "receipt.read"]) {
    const told = world.server.commands.filter((command) => command.type === type);
    for (let n = 1; n < told.length; n++) {
      assert.ok(told[n].receivedAt - told[n - 1].receivedAt >= 995, `${type} came too soon`);
      assert.ok(told[n].seq > told[n - 1].seq);
    }
  }
  assert.deepEqual(world.server.room("harbour").marks.get("u-alice"), {
    delivered: room.head,
    read: room.head,
  });
  await world.end();
});

test("what came while no page was open is fetched and told as delivered, also in a room not shown", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  for (let n = 0; n < 30; n++) world.server.say("harbour", "bob", `message ${n}`);
  const chat = await world.openPage();
  await world.clock.advance(3_000);
  assert.equal(chat.rooms.get("harbour").unread, 30);
  assert.equal(world.server.room("harbour").marks.get("u-alice").delivered, 32);
  await world.end();
});

test("the newest page of a room that is open from the start is told as delivered, before it is read", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  for (let n = 1; n <= 3; n++) world.server.say("harbour", "bob", `message ${n}`);
  const chat = await world.openPage();
  await chat.openRoom("harbour");
  await world.clock.advance(200);
  const { head } = chat.rooms.get("harbour");
  assert.equal(world.server.room("harbour").marks.get("u-alice").delivered, head);
  assert.ok(world.server.room("harbour").marks.get("u-alice").read < head);
  await world.end();
});

test("a receipt that a killed server had forgotten is told again on resume", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  world.server.say("harbour", "bob", "hello");
  await world.clock.advance(100);
  chat.markRead("harbour", room.head);
  await world.clock.advance(2_000);
  const mark = world.server.room("harbour").marks.get("u-alice");
  assert.equal(mark.read, room.head);
  Object.assign(mark, { delivered: 1, read: 1 });
  world.server.closeAll(1006);
  await world.clock.advance(60_000);
  assert.deepEqual(mark, { delivered: room.head, read: room.head });
  assert.equal(room.unread, 0, "her own mark is newer than the server's");
  await world.end();
});

test("the ledger moves from sent to delivered to read, and bots do not count", async () => {
  const world = new World();
  world.server.addRoom("harbour", ["alice", "bob", "carol", "robo"]);
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await chat.send("harbour", "hello");
  await world.clock.advance(200);
  const { seq } = room.items().at(-1);
  const tell = async (name, delivered, read) => {
    for (const socket of world.server.sockets) {
      socket.say({ type: "receipt", room: "harbour", user: `u-${name}`, delivered, read, at: "" });
    }
    await world.clock.advance(50);
  };
  assert.deepEqual(room.ledger(seq), { mark: "sent", delivered: 0, read: 0, total: 2, exact: true, told: true });
  await tell("bob", seq, 0);
  assert.equal(room.ledger(seq).mark, "sent");
  await tell("carol", seq, seq);
  assert.deepEqual(room.ledger(seq), { mark: "delivered", delivered: 2, read: 1, total: 2, exact: true, told: true });
  await tell("bob", seq - 1, seq - 1);
  assert.equal(room.ledger(seq).mark, "delivered", "marks never fall");
  assert.deepEqual(room.seenBy(seq), { read: ["u-carol"], delivered: ["u-bob"], none: [] });
  await tell("bob", seq, seq);
  assert.equal(room.ledger(seq).mark, "read");
  await world.end();
});

test("edits, deletions and reactions show, also when the message was loaded later", async () => {
  const world = new World();
  const { server } = world;
  server.addRoom("harbour");
  const message = server.say("harbour", "bob", "first text").seq;
  const gone = server.say("harbour", "bob", "to be deleted").seq;
  server.append("harbour", "message.edited", "u-bob", { message, text: "second text" });
  server.append("harbour", "reaction.added", "u-alice", { message, emoji: "👍" });
  server.append("harbour", "reaction.added", "u-bob", { message, emoji: "👍" });
  server.append("harbour", "reaction.removed", "u-alice", { message, emoji: "👍" });
  server.append("harbour", "something.new", "u-bob", {});
  server.append("harbour", "tombstone", undefined, {});
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  assert.equal(room.message(message).text, "second text");
  assert.ok(room.message(message).edited_at);
  assert.deepEqual(room.message(message).reactions, [{ emoji: "👍", users: ["u-bob"] }]);
  assert.equal(room.behind, 0, "unknown kinds and tombstones keep the count");
  server.append("harbour", "message.deleted", "u-bob", { message: gone });
  await world.clock.advance(50);
  assert.equal(room.message(gone).deleted, true);
  assert.equal(room.message(gone).text, "");
  const replayed = server.say("harbour", "bob", "").seq;
  await world.clock.advance(50);
  assert.equal(room.message(replayed).deleted, true, "the log gives a deleted message without its text");
  await world.end();
});

test("when nothing changed, the rows are the same objects", async () => {
  const world = new World();
  world.server.addRoom("harbour");
  for (let n = 0; n < 5; n++) world.server.say("harbour", "bob", `message ${n}`);
  const chat = await world.openPage();
  await world.clock.advance(100);
  const room = await chat.openRoom("harbour");
  await world.clock.advance(100);
  const before = room.items();
  assert.equal(room.items(), before);
  world.server.say("harbour", "bob", "one more");
  await world.clock.advance(50);
  const after = room.items();
  assert.notEqual(after, before);
  for (const [index, item] of before.entries()) assert.equal(after[index], item);
  await world.end();
});
