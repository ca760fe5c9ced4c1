"""The token buckets of the socket, for the threads of REST: one budget a person, whichever door they use."""

import threading
import time
from functools import cache

import redis
from django.conf import settings
from redis.exceptions import RedisError

from chatsite.buckets import TAKE_SCRIPT, LocalBuckets, bucket_key
from chatsite.env import Rate
from chatsite.errors import RateLimited

ANSWER_SECONDS = 0.25

_local = LocalBuckets()
_lock = threading.Lock()


def spend(name: str, rate: Rate) -> None:
    """Take one token of the bucket `name`. Raises `RateLimited` with the time to wait.

    Without Redis, or while it does not answer, this process's own bucket is asked.
    """
    allowed, wait = _take_shared(name, rate) or _take_local(name, rate)
    if not allowed:
        raise RateLimited(retry_after_ms=wait)


def _take_local(name: str, rate: Rate) -> tuple[bool, int]:
    with _lock:
        return _local.take_now(name, rate, now=time.monotonic())


def _take_shared(name: str, rate: Rate) -> tuple[bool, int] | None:
    if not settings.REDIS_URL:
        return None
    try:
        allowed, wait = _script()(keys=[bucket_key(name)], args=[rate.per_second, rate.burst, 1])
    except RedisError:
        return None
    return bool(allowed), int(wait)


@cache
def _script() -> redis.commands.core.Script:
    options = {
        **settings.REDIS_OPTIONS,
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": ANSWER_SECONDS,
    }
    return redis.Redis.from_url(settings.REDIS_URL, retry=None, **options).register_script(TAKE_SCRIPT)
