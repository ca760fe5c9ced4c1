"""Django's cache in Redis, which goes on in this process while Redis is away.

What is kept there are counts of tries and codes that were used. Without them people could not sign in, or could guess without
end; so each server counts for itself until Redis is back, as the token buckets do.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError, ResponseError

logger = logging.getLogger(__name__)

REST_SECONDS = 2.0  # after a failure Redis is left alone this long: no request waits for it twice
ENTRIES = 100_000


class _Rest:
    """Until when Redis is left alone, for the threads of this process together."""

    until = 0.0


class PatientClient:
    """What asks Redis for the cache, or the process's own memory where it does not answer."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        self._redis = RedisCacheClient(servers, **options)
        self._own = LocMemCache("while Redis is away", {"OPTIONS": {"MAX_ENTRIES": ENTRIES}})

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*args: Any) -> Any:
            if time.monotonic() < _Rest.until:
                return getattr(self._own, name)(*args)
            try:
                return getattr(self._redis, name)(*args)
            except RedisError as error:
                if not isinstance(error, ResponseError):
                    logger.warning("the cache does not answer (%r); this process's own is used", error)
                    _Rest.until = time.monotonic() + REST_SECONDS
                return getattr(self._own, name)(*args)

        return ask


class PatientCache(RedisCache):
    """The cache that the settings name."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = PatientClient
