"""Who sits at an open page now, as a worker asks: without a loop, and once for many people."""

import logging
import time
from collections.abc import Collection

import redis
from django.conf import settings

from .local import newest_local
from .shared import PREFIX

logger = logging.getLogger(__name__)


def people_here(user_ids: Collection[str]) -> set[str]:
    """Those of these people who are online, and not away. While Redis cannot be asked: nobody."""
    if not settings.REDIS_URL:
        store = newest_local()
        return store.online(user_ids) if store else set()
    people = list(user_ids)
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_OPTIONS) as client:
            pipeline = client.pipeline(transaction=False)
            for user_id in people:
                pipeline.hgetall(f"{PREFIX}user:{user_id}")
            found = pipeline.execute()
    except redis.RedisError as error:
        logger.warning("presence cannot be asked (%r); nobody counts as here", error)
        return set()
    now = time.time() * 1000
    return {user_id for user_id, kept in zip(people, found, strict=True) if _is_online(kept, now)}


def _is_online(kept: dict[bytes, bytes], now: float) -> bool:
    """Whether one of a person's connections says so, by `SharedPresence`'s entries."""
    return any(
        value[:1] == b"o" and value[1:].isdigit() and int(value[1:]) > now
        for name, value in kept.items()
        if name != b"told"
    )
