// Peer (b): a chat server on Socket.IO 4 with its Redis adapter and `pg`.
//
// What it promises, as Parley does: a token is asked for and membership is checked at the join; a message is stored
// before its ack (fsync on); the same client id is stored once; each room has a sequence without holes; members hear
// a room in that order as long as one process serves it. What it does not: repair of events that Redis or a broken
// connection lost, resuming, rate limits, ends of sessions and memberships on open sockets, limits for slow readers.
//
// What its guides advise for speed and memory is done: WebSocket only, no compression, the HTTP request dropped,
// prepared statements, a pool. Rooms are written to in parallel, one statement a room at a time: more would only wait
// for the room's row, and would come back in another order.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { Server } from "socket.io";
import { headFor, pool, port, redis, userOf } from "./common.mjs";

const STORE = `
  WITH earlier AS (
    SELECT seq, at FROM messages WHERE room = $1 AND sender = $2 AND client_id = $3
  ), head AS (
    UPDATE rooms SET head = head + 1 WHERE id = $1 AND NOT EXISTS (SELECT FROM earlier) RETURNING head
  ), added AS (
    INSERT INTO messages (room, seq, sender, client_id, text, at)
    SELECT $1, head, $2, $3, $4, now() FROM head RETURNING seq, at
  )
  SELECT seq, at, false AS duplicate FROM added UNION ALL SELECT seq, at, true FROM earlier`;

/** Store a message, or find the one stored before with this client id. */
async function store(room, sender, clientId, text) {
  const query = { name: "store", text: STORE, values: [room, sender, clientId, text] };
  try {
    return (await pool.query(query)).rows[0];
  } catch (error) {
    if (error.code !== "23505") throw error; // stored by another process at the same moment: now it is found
    return (await pool.query(query)).rows[0];
  }
}

const turns = new Map();

/** Run `work` when all earlier work of this room is done. */
function inTurn(room, work) {
  const turn = (turns.get(room) ?? Promise.resolve()).then(work, work);
  turns.set(room, turn);
  return turn;
}

const http = createServer();
const [pub, sub] = await Promise.all([redis(), redis()]);
const io = new Server(http, { transports: ["websocket"], serveClient: false, adapter: createAdapter(pub, sub) });

io.engine.on("connection", (raw) => {
  raw.request = null;
});

io.use(async (socket, next) => {
  socket.data.user = await userOf(socket.handshake.auth.token);
  next(socket.data.user ? undefined : new Error("unauthenticated"));
});

io.on("connection", (socket) => {
  socket.on("join", async ({ room }, ack) => {
    const head = await headFor(room, socket.data.user);
    if (head === null) return ack({ ok: false, code: "not_found" });
    socket.join(room);
    ack({ ok: true, head });
  });

  socket.on("message.send", ({ room, client_id, text }, ack) => {
    if (!socket.rooms.has(room)) return ack({ ok: false, code: "not_found" });
    if (typeof text !== "string" || text.length > 16384) return ack({ ok: false, code: "bad_request" });
    inTurn(room, async () => {
      try {
        const { seq, at, duplicate } = await store(room, socket.data.user, client_id, text);
        ack({ ok: true, seq, at, duplicate });
        if (!duplicate) io.to(room).emit("event", { room, seq, at, by: socket.data.user, client_id, text });
      } catch (error) {
        console.error(error);
        ack({ ok: false, code: "overloaded" });
      }
    });
  });
});

http.listen(port, "127.0.0.1", 2048, () => console.log("ready"));
