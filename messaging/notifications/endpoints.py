"""The addresses that pushes go to. They come from browsers, so from anybody: none may lead into our own network."""

import ipaddress
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from chatsite.errors import BadRequest

from .models import LONGEST_ENDPOINT

NOT_PUBLIC = "A push service is reached by https, at a public address."


class Endpoint(NamedTuple):
    """A judged address: where it leads, and the `address` of the network that its host was found at."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """As a push service is named in what is signed for it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"https": 443, "http": 80}[self.scheme]
        return f"{self.scheme}://{host}" + ("" if self.port == default else f":{self.port}")

    @property
    def trusted(self) -> bool:
        """Whether the site's settings vouch for the host."""
        return self.host in settings.PUSH_TRUSTED_HOSTS


def read_endpoint(url: str) -> Endpoint:
    """An endpoint, as far as its words can tell. Raises `BadRequest`."""
    if len(url) > LONGEST_ENDPOINT or not url.isascii() or not url.isprintable() or " " in url:
        raise BadRequest("This is no address of a push service.", field="endpoint")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise BadRequest("This is no address of a push service.", field="endpoint") from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    trusted = host in settings.PUSH_TRUSTED_HOSTS
    if not host or parts.username is not None or parts.scheme not in ("https", "http" if trusted else ""):
        raise BadRequest(NOT_PUBLIC, field="endpoint")
    found = Endpoint(parts.scheme, host, port or {"https": 443, "http": 80}[parts.scheme], path)
    if not trusted and (found.port != 443 or not _may_be_public(host)):
        raise BadRequest(NOT_PUBLIC, field="endpoint")
    return found


def _may_be_public(host: str) -> bool:
    """Whether a host can be one of the public network: an address that is, or a name with a domain."""
    try:
        return is_public(host)
    except ValueError:
        return "." in host.strip(".") and not host.rstrip(".").endswith((".local", ".internal", ".localhost"))


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody can reach. Raises `ValueError` for what is none."""
    parsed = ipaddress.ip_address(address)
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return parsed.is_global and not parsed.is_multicast and (inner is None or is_public(str(inner)))


class NotReachable(OSError):
    """The host has no address, or one that is not to be asked."""


def address_of(endpoint: Endpoint) -> str:
    """The network address to connect to, looked up now: a name may lead elsewhere tomorrow. Raises `NotReachable`."""
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReachable(f"{endpoint.host} has no address") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not endpoint.trusted and not all(is_public(address.partition("%")[0]) for address in addresses):
        raise NotReachable(f"{endpoint.host} is not at a public address")
    return addresses[0]
