// What both Node peers need: the database, Redis, and who is there.
import { createHash } from "node:crypto";
import pg from "pg";
import { createClient } from "redis";

pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export const port = Number(process.env.PORT);
export const redisUrl = process.env.REDIS_URL;

// As many connections as keep the database busy: one for each room that is written to at a time.
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });

/** A connected Redis client. */
export async function redis() {
  const client = createClient({ url: redisUrl });
  await client.connect();
  return client;
}

/** The id of the user whose token this is, or null. */
export async function userOf(token) {
  const digest = createHash("sha256").update(String(token)).digest("hex");
  const { rows } = await pool.query({
    name: "user",
    text: "SELECT user_id FROM tokens WHERE digest = $1",
    values: [digest],
  });
  return rows[0]?.user_id ?? null;
}

/** The head of a room that the user is a member of, or null. */
export async function headFor(room, user) {
  const { rows } = await pool.query({
    name: "head",
    text: "SELECT head FROM rooms JOIN members ON members.room = rooms.id WHERE id = $1 AND user_id = $2",
    values: [room, user],
  });
  return rows[0]?.head ?? null;
}
