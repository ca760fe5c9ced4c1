// Peer (c): a hand-written chat server on plain `ws`, with `pg` and Redis.
//
// What it promises, as Parley does: a token is asked for and membership is checked at the subscription; a message is
// stored before its ack (fsync on); the same client id is stored once; each room has a sequence without holes; members
// hear a room in that order as long as one process serves it. What it does not: as socketio.mjs says.
//
// Fast by what a good Node engineer does: sends that arrive while a batch is stored form the next one, one statement a
// batch, an event is turned into JSON once for everyone in the room, own events are not waited for from Redis.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { headFor, pool, port, redis, userOf } from "./common.mjs";

const BATCH = 512;
const STORE = `
  WITH input AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[]) WITH ORDINALITY
      AS input (room, sender, client_id, text, n)
  ), heads AS (
    SELECT id, head FROM rooms WHERE id IN (SELECT room FROM input) ORDER BY id FOR UPDATE
  ), fresh AS (
    SELECT input.*, row_number() OVER (PARTITION BY room ORDER BY n) AS k
    FROM input LEFT JOIN messages m USING (room, sender, client_id) WHERE m.seq IS NULL
  ), moved AS (
    UPDATE rooms SET head = head + counts.n
    FROM (SELECT room, count(*) AS n FROM fresh GROUP BY room) counts WHERE rooms.id = counts.room
  ), added AS (
    INSERT INTO messages (room, seq, sender, client_id, text, at)
    SELECT room, head + k, sender, client_id, text, now() FROM fresh JOIN heads ON heads.id = fresh.room
    RETURNING room, seq, sender, client_id, at
  )
  SELECT input.n, coalesce(added.seq, m.seq) AS seq, coalesce(added.at, m.at) AS at, added.seq IS NULL AS duplicate
  FROM input
    LEFT JOIN added USING (room, sender, client_id)
    LEFT JOIN messages m USING (room, sender, client_id)
  ORDER BY input.n`;

const me = randomUUID();
const rooms = new Map(); // room → the sockets in it
const [pub, sub] = await Promise.all([redis(), redis()]);

function deliver(room, frames) {
  for (const socket of rooms.get(room) ?? []) for (const frame of frames) socket.send(frame);
}

function fromRedis(message, channel) {
  if (!message.startsWith(me)) deliver(channel.slice("room:".length), JSON.parse(message.slice(me.length)));
}

let queue = [];
let storing = false;

async function storeAll() {
  storing = true;
  while (queue.length > 0) {
    const batch = queue.splice(0, BATCH);
    try {
      await storeBatch(batch);
    } catch (error) {
      console.error(error);
      for (const { socket, id } of batch) socket.send(JSON.stringify({ type: "error", id, code: "overloaded" }));
    }
  }
  storing = false;
}

async function query(batch) {
  const column = (name) => batch.map((each) => each[name]);
  const values = [column("room"), column("sender"), column("client_id"), column("text")];
  const statement = { name: "store", text: STORE, values };
  try {
    return (await pool.query(statement)).rows;
  } catch (error) {
    if (error.code !== "23505") throw error; // stored by another process at the same moment: now it is found
    return (await pool.query(statement)).rows;
  }
}

async function storeBatch(sends) {
  // The same client id twice in one batch is one row, told to both.
  const byKey = new Map(sends.map((send) => [`${send.room} ${send.sender} ${send.client_id}`, send]));
  const batch = [...byKey.values()];
  const rows = await query(batch);
  const frames = new Map();
  rows.forEach(({ seq, at, duplicate }, index) => {
    const { room, sender, client_id, text } = batch[index];
    batch[index].stored = { seq, at, duplicate };
    if (duplicate) return;
    const frame = JSON.stringify({ type: "event", room, seq, at, by: sender, client_id, text });
    frames.has(room) ? frames.get(room).push(frame) : frames.set(room, [frame]);
  });
  for (const send of sends) {
    const { seq, at, duplicate } = byKey.get(`${send.room} ${send.sender} ${send.client_id}`).stored;
    send.socket.send(JSON.stringify({ type: "ok", id: send.id, seq, at, duplicate }));
  }
  for (const [room, ofRoom] of frames) {
    deliver(room, ofRoom);
    pub.publish(`room:${room}`, me + JSON.stringify(ofRoom)).catch(console.error);
  }
}

async function subscribe(socket, user, { id, rooms: asked }) {
  const answers = [];
  for (const { room } of asked) {
    const head = await headFor(room, user);
    if (head === null) {
      answers.push({ room, error: "not_found" });
      continue;
    }
    if (!rooms.has(room)) {
      rooms.set(room, new Set());
      await sub.subscribe(`room:${room}`, fromRedis);
    }
    rooms.get(room).add(socket);
    socket.rooms.add(room);
    answers.push({ room, head });
  }
  socket.send(JSON.stringify({ type: "subscribed", id, rooms: answers }));
}

function send(socket, sender, { id, room, client_id, text }) {
  if (!socket.rooms.has(room) || typeof text !== "string" || text.length > 16384) {
    socket.send(JSON.stringify({ type: "error", id, code: "bad_request" }));
    return;
  }
  queue.push({ socket, sender, id, room, client_id, text });
  if (!storing) storeAll();
}

function serve(socket, user) {
  socket.rooms = new Set();
  socket.on("message", (data) => {
    const command = JSON.parse(data);
    if (command.type === "message.send") send(socket, user, command);
    else if (command.type === "subscribe") subscribe(socket, user, command);
  });
  socket.on("close", () => {
    for (const room of socket.rooms) rooms.get(room)?.delete(socket);
  });
  socket.on("error", () => socket.terminate());
  socket.send(JSON.stringify({ type: "welcome", user }));
}

const http = createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
http.on("upgrade", async (request, stream, head) => {
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const user = await userOf(token);
  if (user === null) return stream.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
  sockets.handleUpgrade(request, stream, head, (socket) => serve(socket, user));
});
http.listen(port, "127.0.0.1", 2048, () => console.log("ready"));
