"""Where people may sign in with an account that they have elsewhere: what the settings say, as django-allauth wants it.

Google and any OpenID provider go by one protocol, OpenID Connect; GitHub has its own.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

GOOGLE = "https://accounts.google.com"


class Given(NamedTuple):
    """A client id and secret, as a provider hands them out; both empty where it is not used."""

    client_id: str
    secret: str

    @property
    def is_half(self) -> bool:
        """Whether one of the two is missing."""
        return bool(self.client_id) != bool(self.secret)


def for_allauth(
    *, google: Given, github: Given, github_url: str, openid: Given, openid_url: str, openid_name: str
) -> dict[str, Any]:
    """`SOCIALACCOUNT_PROVIDERS`, with an entry for each provider that has a client id."""
    servers = [
        _server("google", "Google", google, GOOGLE),
        _server("openid", openid_name, openid, openid_url),
    ]
    return {
        "openid_connect": {
            "provider_class": "chatsite.accounts.web.providers.OpenIDProvider",
            "APPS": [server for server in servers if server["client_id"]],
        },
        "github": {
            "provider_class": "chatsite.accounts.web.providers.GitHubProvider",
            "GITHUB_URL": github_url,
            "APPS": [_app("github", "GitHub", github)] if github.client_id else [],
        },
    }


def is_private_way(url: str) -> bool:
    """Whether what is sent there can be read by nobody on the way: by TLS, or within this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    )


def _app(name: str, label: str, given: Given, **settings: object) -> dict[str, Any]:
    return {
        "provider_id": name,
        "name": label,
        "client_id": given.client_id,
        "secret": given.secret,
        "settings": settings,
    }


def _server(name: str, label: str, given: Given, issuer: str) -> dict[str, Any]:
    return _app(name, label, given, server_url=issuer)
