# ruff: noqa: ARG002 (the arguments are the framework's)
"""Signing in with an account of elsewhere, as django-allauth does it, held to the letter.

Each sign-in is bound to the browser that began it (`state`, PKCE, `nonce`). Of what the provider tells, a name by which
people know that account again is kept, and the email address if it is a good one; no token is.

Whose account it is here is decided by the provider's own id of the person. By an email address nobody is let in,
unless `TRUST_PROVIDER_EMAILS` says so; and then only whoever has confirmed the same address here, and no administrator.
"""

import logging
import re
from functools import cached_property
from typing import Any, ClassVar

import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.github.provider import GitHubProvider as AllauthGitHub
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from chatsite.accounts import emails
from chatsite.accounts.models import User, UserKind
from chatsite.accounts.services import LONGEST_NAME, valid_name
from chatsite.errors import BadRequest
from chatsite.providers import GOOGLE, is_private_way

from . import again
from .id_tokens import NotBelieved, nonce_for, read_id_token

logger = logging.getLogger(__name__)

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def come_back_url(provider: str) -> str:
    """Where a provider sends people back to; it never depends on the host that a request named."""
    return settings.PUBLIC_URL + reverse("sign-in-with-done", args=[provider])


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # allauth has no types
    """The talk with an OpenID provider."""

    _verifier = ""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery). Raises `OAuth2Error`."""
        provider = self.get_provider()
        config = _fetch(provider.server_url)
        issuer = provider.app.settings["server_url"]
        if str(config.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
            raise NotBelieved(f"{issuer} says that it is {config.get('issuer')!r}")
        if not all(is_private_way(str(config.get(name, ""))) for name in _ENDPOINTS):
            raise NotBelieved(f"{issuer} names no addresses that can be used")
        return config

    @property
    def basic_auth(self) -> bool:
        """How the client shows its secret: as the provider wants it, or else by HTTP Basic, as the standard says."""
        methods = self.openid_config.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" in methods

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """As `come_back_url`."""
        return come_back_url(self.provider_id)

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        """The answer to the code; what this sign-in began with is remembered."""
        self._verifier = pkce_code_verifier or ""
        return super().get_access_token_data(request, app, client, pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """Who it is, by the ID token; what that leaves out, the provider is asked for. Raises `OAuth2Error`."""
        claims = read_id_token(
            kwargs["response"].get("id_token"),
            issuer=self.openid_config["issuer"],
            client_id=app.client_id,
            nonce=nonce_for(self._verifier),
            keys=_fetch(self.openid_config["jwks_uri"]),
        )
        if "email" not in claims and is_private_way(str(self.openid_config.get("userinfo_endpoint", ""))):
            told = _fetch(self.profile_url, Authorization=f"Bearer {token.token}")
            if told.get("sub") != claims["sub"]:
                raise NotBelieved("the provider tells of somebody else")
            claims = {**told, **claims}
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, claims)
        login.signed_in_at = claims.get("auth_time")
        return login


class OpenIDProvider(OpenIDConnectProvider):  # type: ignore[misc] # allauth has no types
    """Google, or any other OpenID provider."""

    oauth2_adapter_class = OpenIDAdapter
    pkce_enabled_default = True

    @property
    def sign_in_anew(self) -> dict[str, str]:
        """What asks it to let nobody by who does not sign in now; Google can only be asked to let them choose who they are."""
        if self.app.settings["server_url"] == GOOGLE:
            return {"prompt": "select_account"}
        return {"prompt": "login", "max_age": "0"}

    def get_pkce_params(self) -> dict[str, str]:
        """The challenge, and the nonce that belongs to it."""
        params: dict[str, str] = super().get_pkce_params()
        return {**params, "nonce": nonce_for(params["code_verifier"])}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The provider's own name of the person, which never changes."""
        return str(data["sub"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """What a new account's form begins with."""
        return {"username": data.get("preferred_username"), "name": data.get("name")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """The address, confirmed where the provider says so in so many words."""
        confirmed = data.get("email_verified") in (True, "true")
        return _addresses([(data.get("email"), confirmed)])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        """The name of that account."""
        return _known_as(data.get("email"), data.get("preferred_username"), data.get("name"))


class GitHubAdapter(GitHubOAuth2Adapter):  # type: ignore[misc] # allauth has no types
    """The talk with GitHub."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """As `come_back_url`."""
        return come_back_url(self.provider_id)


class GitHubProvider(AllauthGitHub):  # type: ignore[misc] # allauth has no types
    """GitHub, which speaks OAuth 2 and has an API."""

    oauth2_adapter_class = GitHubAdapter
    pkce_enabled_default = True
    sign_in_anew: ClassVar = {"prompt": "select_account"}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """What a new account's form begins with."""
        return {"username": data.get("login"), "name": data.get("name")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """The first address of that account."""
        told = [one for one in data.get("emails", []) if one.get("primary") is True]
        return _addresses([(one.get("email"), one.get("verified") is True) for one in told])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        """The name of that account."""
        return _known_as(data.get("login"))


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Who may come in this way, and as whom."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": "Set a password first: this is the only way into your account.",
        "no_verified_email": "Confirm an email address first, or you could not get in again.",
    }

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers of the settings; none are kept in the database."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """Who has confirmed the same address here, where a provider's word counts."""
        if not settings.TRUST_PROVIDER_EMAILS:
            return None
        told = [one.email for one in sociallogin.email_addresses if one.verified]
        mine = EmailAddress.objects.filter(
            email__in=told, verified=True, user__is_active=True, user__kind=UserKind.PERSON
        )
        found = (
            mine.exclude(user__is_staff=True).exclude(user__is_superuser=True).select_related("user").first()
        )
        return (found.user, found.email) if found else None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Where a provider's word does not count, the address is to be confirmed here. A proof is taken, and no more."""
        again.take(request, sociallogin)
        for address in sociallogin.email_addresses:
            address.verified = address.verified and settings.TRUST_PROVIDER_EMAILS

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """What the form of a new account begins with."""
        user: User = sociallogin.user
        user.username = re.sub(r"[^A-Za-z0-9_.-]", "", str(data.get("username") or ""))[:64].strip(".-")
        user.display_name = _name_or_none(data.get("name"))
        user.email = next((one.email for one in sociallogin.email_addresses), "")
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, str]:
        """As `populate_user`."""
        user = sociallogin.user
        return {"username": user.username, "display_name": user.display_name, "email": user.email}

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """The account, its link to the provider and the use of an invite: all or nothing."""
        saved: User = super().save_user(request, sociallogin, form)
        return saved

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **_: Any
    ) -> None:
        """Tell the log why; the page only says that it did not work."""
        logger.warning("signing in with %s: %s %s", provider.name, error, str(exception or "")[:300])


def _fetch(url: str, **headers: str) -> dict[str, Any]:
    """A JSON object of the provider. Raises `OAuth2Error`."""
    try:
        answer = requests.get(url, headers=headers, timeout=5, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except requests.RequestException as error:
        raise OAuth2Error(f"{url} does not answer: {error}") from error
    if answer.status_code != requests.codes.ok or not isinstance(found, dict):
        raise OAuth2Error(f"{url} answers something else")
    return found


def _addresses(told: list[tuple[object, bool]]) -> list[EmailAddress]:
    """The addresses that would be taken from a form, too."""
    found = []
    for address, confirmed in told:
        try:
            email = emails.clean_email(address) if isinstance(address, str) else ""
        except BadRequest:
            continue
        if email:
            found.append(EmailAddress(email=email, verified=confirmed, primary=True))
    return found


def _known_as(*names: object) -> dict[str, str]:
    return {"name": next((name[:LONGEST_NAME] for name in names if isinstance(name, str) and name), "")}


def _name_or_none(name: object) -> str:
    try:
        return valid_name(name) if isinstance(name, str) else ""
    except BadRequest:
        return ""
