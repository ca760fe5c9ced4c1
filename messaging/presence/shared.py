"""Presence in Redis, shared by all servers: Lua on Redis' own clock, so that servers with other clocks agree.

| key `parley:presence:` | what |
|---|---|
| `user:<id>` | hash: for each connection `o` or `a` (online, away) and until when; `told`: the state told last |
| `due` | sorted set of the people who are there: when their next entry expires |
| `changes` | sorted set of people: when their state changed last |
| `gone` | those of `changes` who are offline: forgotten after a while |
| `site` | hash: `born`, the `last` change, the last `pulse` of any server, `hold`: until when nothing expires |

Where a value or a key's type cannot be understood, all begins anew, as after a wipe.

When nobody reached Redis for a while, entries have expired only for that. Then nothing expires until
the servers have had time to come back and refresh theirs.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from redis import asyncio as aioredis
from redis.exceptions import ResponseError

from .store import REMEMBERED_MS, Change, Entry, News, Times

PREFIX = "parley:presence:"
BATCH = 200

# ARGV: prefix; now in ms or 0 for Redis' own; gap; hold.
PRELUDE = """
local users, due, changes = ARGV[1] .. 'user:', ARGV[1] .. 'due', ARGV[1] .. 'changes'
local gone, site = ARGV[1] .. 'gone', ARGV[1] .. 'site'
local now = tonumber(ARGV[2])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local known = redis.call('HMGET', site, 'born', 'last', 'pulse', 'hold')
local last, pulse, hold = tonumber(known[2]) or 0, tonumber(known[3]) or 0, tonumber(known[4]) or 0
local born = tonumber(known[1] or now)
if not born then error('WRONGTYPE') end
if not known[1] then
  redis.call('HSET', site, 'born', now)
end
if now - pulse > tonumber(ARGV[3]) then
  hold = now + tonumber(ARGV[4])
  redis.call('HSET', site, 'hold', hold)
end
redis.call('HSET', site, 'pulse', now)
local told = {}

local function judge(user, seen)
  local key = users .. user
  local fields = redis.call('HGETALL', key)
  local state, before, next_expiry = 'offline', 'offline', nil
  for i = 1, #fields, 2 do
    local name, value = fields[i], fields[i + 1]
    if name == 'told' then
      before = value
    else
      local expiry = tonumber(string.sub(value, 2))
      if not expiry then error('WRONGTYPE') end
      if expiry <= now and now >= hold then
        redis.call('HDEL', key, name)
      else
        if string.sub(value, 1, 1) == 'o' then state = 'online'
        elseif state == 'offline' then state = 'away' end
        if not next_expiry or expiry < next_expiry then next_expiry = expiry end
      end
    end
  end
  if next_expiry then redis.call('ZADD', due, next_expiry, user) else redis.call('ZREM', due, user) end
  if state == before and (not seen or seen == '' or seen == state) then return end
  last = math.max(now, last + 1)
  redis.call('HSET', site, 'last', last)
  redis.call('HSET', key, 'told', state)
  redis.call('ZADD', changes, last, user)
  if state == 'offline' then redis.call('ZADD', gone, last, user) else redis.call('ZREM', gone, user) end
  told[#told + 1] = {user, state, last}
end
"""

# ARGV from 5 on: user, connection, `o`, `a` or `x` (ended), how long the entry counts from now on, and the state seen.
KEEP = (
    PRELUDE
    + """
local order, seen = {}, {}
for i = 5, #ARGV, 5 do
  local user, connection, state, ms = ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3])
  local key, expiry = users .. user, now + ms
  if state == 'x' then
    local kept = redis.call('HGET', key, connection)
    local counted = kept and tonumber(string.sub(kept, 2))
    if counted then
      state = string.sub(kept, 1, 1)
      expiry = math.min(counted, expiry)
    end
  end
  if state ~= 'x' then redis.call('HSET', key, connection, state .. string.format('%.0f', expiry)) end
  if not seen[user] then
    seen[user] = ARGV[i + 4]
    order[#order + 1] = user
  end
end
for _, user in ipairs(order) do judge(user, seen[user]) end
return told
"""
)

# ARGV[5] how many people at most; ARGV[6] how long those who are offline are remembered.
SWEEP = (
    PRELUDE
    + """
local limit = tonumber(ARGV[5])
if now >= hold then
  for _, user in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, limit)) do judge(user) end
end
local forgotten = now - tonumber(ARGV[6])
for _, user in ipairs(redis.call('ZRANGEBYSCORE', gone, '-inf', forgotten, 'LIMIT', 0, limit)) do
  redis.call('DEL', users .. user)
  redis.call('ZREM', changes, user)
  redis.call('ZREM', gone, user)
end
return told
"""
)

# ARGV[5] since; ARGV[6] how long ago a change must be at least; ARGV[7] how many at most.
NEWS = (
    PRELUDE
    + """
local found = redis.call('ZRANGEBYSCORE', changes, '(' .. ARGV[5], now - tonumber(ARGV[6]),
  'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[7]))
for i = 1, #found, 2 do
  told[#told + 1] = {found[i], redis.call('HGET', users .. found[i], 'told') or 'offline', tonumber(found[i + 1])}
end
return {now, born, now >= hold and 1 or 0, told}
"""
)


class SharedPresence:
    """Who is there, in the Redis at `url`. Errors of Redis come through: the caller tries again.

    `clock` takes the place of Redis' own for a test (ms since 1970); `prefix` is that of the keys.
    """

    def __init__(
        self, url: str, times: Times, clock: Callable[[], int] | None = None, *, prefix: str = PREFIX
    ) -> None:
        self._times = times
        self._clock = clock
        self._prefix = prefix
        self._redis = aioredis.Redis.from_url(
            url, max_connections=2, decode_responses=True, **settings.REDIS_OPTIONS
        )
        self._keep, self._sweep, self._news = map(self._redis.register_script, (KEEP, SWEEP, NEWS))

    async def keep(self, entries: Sequence[Entry]) -> list[Change]:
        """Take connections that are there, or have ended."""
        changes: list[Change] = []
        for start in range(0, len(entries), BATCH):
            words: list[str | int] = []
            for user_id, connection_id, state, seen in entries[start : start + BATCH]:
                sign = {"online": "o", "away": "a"}.get(state, "x")
                counts = self._times.grace if sign == "x" else self._times.lifetime
                words += [user_id, connection_id, sign, counts, seen or ""]
            changes += _changes(await self._run(self._keep, *words))
        return changes

    async def sweep(self) -> list[Change]:
        """Look for entries that have expired, and forget who has been offline for long."""
        return _changes(await self._run(self._sweep, BATCH, REMEMBERED_MS))

    async def news(self, since: int, *, until_ago: int = 0) -> News:
        """The next changes later than `since`, but for those of the last `until_ago` ms."""
        now, born, settled, changes = await self._run(self._news, since, until_ago, BATCH)
        return News(now, born, settled=bool(settled), changes=_changes(changes))

    async def count(self) -> int:
        """How many people are there."""
        return int(await self._redis.zcard(f"{self._prefix}due"))

    async def stop(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _run(self, script: Any, *words: str | int) -> Any:
        now = 0 if self._clock is None else self._clock()
        try:
            return await script(args=[self._prefix, now, self._times.gap, self._times.hold, *words])
        except ResponseError as error:
            if "WRONGTYPE" in str(error):
                await self._forget_everything()
            raise

    async def _forget_everything(self) -> None:
        """Begin anew, as after a wipe: every server will tell its connections again."""
        async for key in self._redis.scan_iter(f"{self._prefix}*", count=1000):
            await self._redis.delete(key)


def _changes(rows: Sequence[Sequence[Any]]) -> list[Change]:
    return [Change(user_id, state, int(at)) for user_id, state, at in rows]
