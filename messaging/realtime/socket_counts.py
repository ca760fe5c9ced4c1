"""How many sockets a person and an address have open, over all servers.

Each server knows its own and tells Redis; a count that its server has not told again for a while is no
longer believed, so what a crash leaves behind heals by itself, and so does a Redis that lost everything.
Without Redis, or while it does not answer, a server goes by its own sockets.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.conf import settings
from redis import asyncio as aioredis

from chatsite import limits
from chatsite.addresses import network_of
from chatsite.ids import new_id

logger = logging.getLogger(__name__)

TELL_SECONDS = 20.0
BELIEVED_SECONDS = 60.0
ANSWER_SECONDS = 0.25
REST_SECONDS = 2.0  # after a failure Redis is left alone this long
CHUNK = 500

# What is no such hash is as good as none in both scripts.
# KEYS[1] a person or address: hash of server -> "count:told at". ARGV: server, its own count with the new
# socket, the limit, milliseconds that a count is believed. Answers 1 if the socket may open; then it is counted.
ENTER_SCRIPT = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local sum, fields = tonumber(ARGV[2]), redis.pcall('HGETALL', KEYS[1])
if fields.err then
  redis.call('DEL', KEYS[1])
  fields = {}
end
for i = 1, #fields, 2 do
  if fields[i] ~= ARGV[1] then
    local count, at = string.match(fields[i + 1], '^(%d+):(%d+)$')
    if not at or math.abs(ms - tonumber(at)) > tonumber(ARGV[4]) then
      redis.call('HDEL', KEYS[1], fields[i])
    else
      sum = sum + tonumber(count)
    end
  end
end
if sum > tonumber(ARGV[3]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. ms)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""

# KEYS[1] as above. ARGV: server, its count now (0 takes it out), milliseconds that a count is believed.
TELL_SCRIPT = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then
  redis.call('DEL', KEYS[1])
end
if ARGV[2] == '0' then
  return redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. ms)
return redis.call('PEXPIRE', KEYS[1], ARGV[3])
"""


class Claim(NamedTuple):
    """One more socket of a person or an address: `ours` with it, and how many there may be."""

    place: str
    ours: int
    most: int


def _places(user_id: str, address: str | None) -> dict[str, int]:
    """What a socket counts for, and how many that may have. A server behind a Unix socket knows no address."""
    places = {f"user:{user_id}": limits.SOCKETS_PER_USER}
    network = network_of(address)
    if network != "unknown":
        places[f"address:{network}"] = limits.SOCKETS_PER_ADDRESS
    return places


class SocketCounts:
    """The open sockets of this process."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    async def enter(self, user_id: str, address: str | None) -> bool:
        """Count one more socket; False, and nothing is counted, if there are too many."""
        places = _places(user_id, address)
        self._open.update(places.keys())
        claims = [Claim(place, self._open[place], most) for place, most in places.items()]
        try:
            allowed = all(claim.ours <= claim.most for claim in claims) and await self._ask(claims)
        except BaseException:
            self._forget(places)
            raise
        if not allowed:
            self._forget(places)
        return allowed

    def leave(self, user_id: str, address: str | None) -> None:
        """A counted socket is gone."""
        self._forget(_places(user_id, address))

    async def keep_forever(self) -> None:
        """Tell the other servers now and then; here there are none."""

    async def stop(self) -> None:
        """The process ends."""

    async def _ask(self, claims: Sequence[Claim]) -> bool:  # noqa: ARG002 (there are no other servers here)
        """Whether the other servers leave room for it."""
        return True

    def _forget(self, places: Collection[str]) -> None:
        for place in places:
            if self._open[place] > 1:
                self._open[place] -= 1
            else:
                self._open.pop(place, None)


class SharedSocketCounts(SocketCounts):
    """The same over all servers. What is told and asked goes through one task, and so in order."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._server = new_id()
        self._redis = aioredis.Redis.from_url(url, max_connections=4, **settings.REDIS_OPTIONS)
        self._enter = self._redis.register_script(ENTER_SCRIPT)
        self._tell = self._redis.register_script(TELL_SCRIPT)
        self._changed: set[str] = set()
        self._asking: list[tuple[Sequence[Claim], asyncio.Future[bool]]] = []
        self._sender: asyncio.Task[None] | None = None
        self._ask_again_at = 0.0

    async def keep_forever(self) -> None:
        """Tell every count again now and then: what is not told again is not believed."""
        while True:
            await asyncio.sleep(TELL_SECONDS)
            self._changed.update(self._open)
            self._send_soon()

    async def stop(self) -> None:
        """Take this server's counts back."""
        self._changed.update(self._open)
        self._open.clear()
        self._send_soon()
        if self._sender is not None:
            await asyncio.wait([self._sender], timeout=1)
        await self._redis.aclose()

    async def _ask(self, claims: Sequence[Claim]) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asking.append((claims, future))
        self._send_soon()
        return await future

    def _forget(self, places: Collection[str]) -> None:
        super()._forget(places)
        self._changed.update(places)
        self._send_soon()

    def _send_soon(self) -> None:
        if self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        try:
            while self._asking or self._changed:
                asking, self._asking = self._asking[:CHUNK], self._asking[CHUNK:]
                changed = [self._changed.pop() for _ in range(min(CHUNK, len(self._changed)))]
                answers = await self._send(changed, [claims for claims, _ in asking])
                for (_, future), allowed in zip(asking, answers, strict=True):
                    if not future.done():
                        future.set_result(allowed)
        finally:
            self._sender = None

    async def _send(self, changed: Sequence[str], asking: Sequence[Sequence[Claim]]) -> Sequence[bool]:
        """Tell counts and ask for sockets in one round trip; without an answer every socket is let in."""
        if time.monotonic() < self._ask_again_at:
            return [True] * len(asking)
        believed = int(BELIEVED_SECONDS * 1000)
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._redis.pipeline(transaction=False) as pipeline:
                for place in changed:
                    count = self._open[place]
                    await self._tell([_key(place)], [self._server, count, believed], client=pipeline)
                for claim in (claim for claims in asking for claim in claims):
                    arguments: list[str | int] = [self._server, claim.ours, claim.most, believed]
                    await self._enter([_key(claim.place)], arguments, client=pipeline)
                answers = iter((await pipeline.execute())[len(changed) :])
        except Exception as error:  # whatever it is: those who wait are answered
            logger.warning("the shared counts of sockets do not answer (%r); only our own are known", error)
            self._ask_again_at = time.monotonic() + REST_SECONDS
            return [True] * len(asking)
        return [min(int(next(answers)) for _ in claims) == 1 for claims in asking]


def _key(place: str) -> str:
    return f"parley:sockets:{place}"


def new_socket_counts() -> SocketCounts:
    """The counts that the settings ask for."""
    return SharedSocketCounts(settings.REDIS_URL) if settings.REDIS_URL else SocketCounts()
