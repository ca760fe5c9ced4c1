"""How often one may try to sign in: counts wrong tries, by address and by account.

A fixed window (django-ratelimit) is enough for a form. Right tries cost nothing, so an office behind one address
is not locked out; an account that somebody hammers is free again within five minutes.
"""

from django.http import HttpRequest
from django_ratelimit.core import get_usage

WRONG_PER_ADDRESS = "30/5m"
WRONG_PER_ACCOUNT = "10/5m"


def seconds_to_wait(request: HttpRequest) -> int:
    """Seconds until this address may try this account again; 0 when it may now."""
    return max(_seconds(usage) for usage in _usages(request, increment=False))


def count_wrong(request: HttpRequest) -> None:
    """Note one wrong try of this address at this account."""
    _usages(request, increment=True)


def _usages(request: HttpRequest, *, increment: bool) -> list[dict[str, int] | None]:
    keys = [("ip", "ip", WRONG_PER_ADDRESS), ("account", _account, WRONG_PER_ACCOUNT)]
    return [
        get_usage(request, group=f"sign-in.{name}", key=key, rate=rate, method="POST", increment=increment)
        for name, key, rate in keys
    ]


def _seconds(usage: dict[str, int] | None) -> int:
    """A cache that is away counts nothing (`RATELIMIT_FAIL_OPEN`): people can still sign in."""
    if usage is None or usage["count"] < usage["limit"]:
        return 0
    return max(1, usage["time_left"])


def _account(_group: str, request: HttpRequest) -> str:
    return request.POST.get("username", "").strip().casefold()[:150]
