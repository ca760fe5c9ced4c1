"""`/healthz`: the process answers. `/readyz`: it can do its work, so that traffic may be sent to it.

The server sets `draining` when it stops; a load balancer then sends nobody new.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

draining = False

# Longer than this, and whatever is asked counts as away.
PATIENCE_SECONDS = 1.0

# A check that hangs (a black-holed database) must not hold up the request that asked; two of each kind
# at once are enough for any probe.
_threads = ThreadPoolExecutor(4, thread_name_prefix="health")


@require_safe
@never_cache
def healthz(_: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(_: HttpRequest) -> JsonResponse:
    """200 when everything needed is there, else 503: `{"status", "checks": {"database", "broker", "draining"}}`.

    A check reads `ok`, or says what is wrong. Without Redis the broker lives in this process.
    """
    checks = {"database": _check("database", _ask_database)}
    if settings.REDIS_URL:
        checks["broker"] = _check("broker", _ask_redis)
    checks["draining"] = "draining" if draining else "ok"
    ready = all(state == "ok" for state in checks.values())
    body = {"status": "ok" if ready else "unavailable", "checks": checks}
    return JsonResponse(body, status=200 if ready else 503)


def _check(name: str, ask: Callable[[], None]) -> str:
    try:
        _threads.submit(ask).result(PATIENCE_SECONDS)
    except TimeoutError:
        return "no answer"
    except Exception as error:
        logger.warning("not ready: %s (%r)", name, error)
        return "unavailable"
    return "ok"


def _ask_database() -> None:
    """One round trip. The connection is given back at once: this thread belongs to no request."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def _ask_redis() -> None:
    options = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    with redis.Redis.from_url(settings.REDIS_URL, retry=None, **options) as client:
        client.ping()
