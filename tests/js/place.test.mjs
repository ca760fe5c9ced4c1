/** Where a room opens: at what is wanted, once it is there; and never at something else before. */
import "./support/dom.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "../../static/js/core/errors.js";

const { Place } = await import("../../static/js/view/place.js");

const row = (/** @type {number} */ seq) => ({ type: "message", key: `seq-${seq}`, seq });

/** A room of a hundred messages of which the newest ten are here. @param {{ unread?: number }} [state] */
function makeRoom({ unread = 0 } = {}) {
  const here = new Set([...Array(10).keys()].map((n) => 91 + n));
  return {
    id: "harbour",
    opened: true,
    minSeq: 1,
    unread,
    readSeq: 100 - unread,
    here,
    covers: (/** @type {number} */ seq) => here.has(seq),
    message: (/** @type {number} */ seq) => (here.has(seq) ? row(seq) : undefined),
  };
}

/** A list without a document: what is asked of it is written down. @param {any} room @param {number | null} [wanted] */
function makeList(room, wanted = null) {
  /** @type {{ seq: number, done: (there?: boolean) => Promise<void>, fail: (code: string) => Promise<void> }[]} */
  const asked = [];
  const said = /** @type {string[]} */ ([]);
  const chat = {
    markers: new Map(),
    loadAround: (/** @type {string} */ _id, /** @type {number} */ seq) =>
      new Promise((resolve, reject) => {
        const turn = () => new Promise((next) => setTimeout(() => next(undefined)));
        asked.push({
          seq,
          done: async (there = true) => {
            if (there) list.page.room.here.add(seq);
            resolve(there);
            await turn();
          },
          fail: async (code) => {
            reject(new ChatError({ code, message: "", retryable: true }));
            await turn();
          },
        });
      }),
  };
  const list = /** @type {any} */ ({
    placed: false,
    newAfter: null,
    unread: 0,
    scroller: { atEnd: true },
    window: { at: null, around: (/** @type {string | null} */ key) => (list.window.at = key) },
    items: () => [...list.page.room.here].sort((a, b) => a - b).map(row),
    firstNew: (/** @type {any[]} */ items) => items.find((item) => list.newAfter !== null && item.seq > list.newAfter),
    page: {
      room,
      chat,
      cutOff: false,
      where: { messageWanted: wanted },
      toast: { say: (/** @type {string} */ words) => said.push(words) },
      schedule: () => {},
      draw: () => {},
    },
  });
  const place = new Place(list);
  return { list, place, asked, said };
}

test("a room without unread messages opens at its end, with its first drawing", () => {
  const { place, asked } = makeList(makeRoom());
  place.choose();
  assert.deepEqual([place.aim, place.unknown, asked.length], ["end", false, 0]);
});

test("until the first unread message is here, nothing is shown; then it opens there", async () => {
  const { list, place, asked } = makeList(makeRoom({ unread: 80 }));
  place.choose();
  place.choose();
  assert.deepEqual([place.aim, place.unknown, asked.map(({ seq }) => seq)], [null, true, [21]]);
  await asked[0]?.done();
  place.choose();
  assert.deepEqual([place.aim, place.unknown, list.window.at], ["new", false, "seq-21"]);
});

test("where the first unread message cannot be had, the room opens at the first that is here", async () => {
  const { list, place, asked } = makeList(makeRoom({ unread: 80 }));
  place.choose();
  await asked[0]?.fail("timeout");
  place.choose();
  assert.deepEqual([place.aim, place.unknown, list.window.at, asked.length], ["new", false, "seq-91", 1]);
});

test("an answer for a room that one has left says nothing of the next", async () => {
  const { list, place, asked } = makeList(makeRoom({ unread: 80 }));
  place.choose();
  place.reset();
  list.newAfter = null;
  list.page.room = makeRoom({ unread: 50 });
  place.choose();
  await asked[0]?.done();
  place.choose();
  assert.deepEqual([place.aim, place.unknown, asked.map(({ seq }) => seq)], [null, true, [21, 51]]);
  await asked[1]?.done();
  place.choose();
  assert.deepEqual([place.aim, list.window.at], ["new", "seq-51"]);
});

test("the message in the address is shown once it is here, and nothing before", async () => {
  const { list, place, asked } = makeList(makeRoom({ unread: 80 }), 5);
  place.choose();
  assert.deepEqual([place.aim, place.unknown, asked[0]?.seq], [null, true, 5]);
  await asked[0]?.done();
  assert.deepEqual([place.aim, place.unknown, list.window.at], [5, false, "seq-5"]);
});

test("a message that is gone, or cannot be had, is told of, and the room opens where it would have", async () => {
  for (const [answer, words] of /** @type {[(one: any) => Promise<void>, RegExp][]} */ ([
    [(one) => one.done(false), /not there any more/],
    [(one) => one.fail("connection_lost"), /cannot be reached/],
    [(one) => one.fail("rate_limited"), /too fast/],
  ])) {
    const { place, asked, said } = makeList(makeRoom(), 5);
    place.choose();
    await answer(asked[0]);
    place.choose();
    assert.deepEqual([place.aim, place.unknown, said.length], ["end", false, 1]);
    assert.match(said[0] ?? "", words);
  }
});

test("what was asked for last is gone to", async () => {
  const { list, place, asked } = makeList(makeRoom());
  list.placed = true;
  void place.goTo(5);
  void place.goTo(50);
  await asked[1]?.done();
  await asked[0]?.done();
  assert.deepEqual([place.aim, list.window.at], [50, "seq-50"]);
});

test("a room that is not here is awaited while there is a connection", () => {
  const { list, place } = makeList({ ...makeRoom(), opened: false });
  place.choose();
  assert.deepEqual([place.aim, place.unknown], [null, true]);
  list.page.cutOff = true;
  assert.equal(place.unknown, false);
});
