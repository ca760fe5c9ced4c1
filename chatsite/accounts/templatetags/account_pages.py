"""What the account's own pages need from the server: the list of them, and words for browsers."""

import re
from datetime import datetime
from typing import Any, NamedTuple

from allauth.account.adapter import get_adapter
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialApp
from django import forms, template
from django.forms import BoundField
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatsite.accounts.permissions import can_invite_to_site
from chatsite.languages import Words

register = template.Library()


class Section(NamedTuple):
    """One of the pages: its name in the URLconf, how it is called, its icon; and whether one is there."""

    name: str
    label: Words
    icon: str
    here: bool = False


SECTIONS = (
    Section("profile", _("Profile"), "user"),
    Section("account_email", _("Email"), "mail"),
    Section("account_change_password", _("Password"), "lock"),
    Section("mfa_index", _("Two-step sign-in"), "key-round"),
    Section("socialaccount_connections", _("Linked accounts"), "link"),
    Section("sessions", _("Sessions"), "monitor-smartphone"),
    Section("tokens", _("API tokens"), "terminal"),
    Section("bots", _("Bots"), "bot"),
    Section("site-invites", _("Invitations"), "ticket"),
    Section("my-data", _("Your data"), "scroll-text"),
)

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("FxiOS", "Firefox"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.simple_tag(takes_context=True)
def account_sections(context: Context) -> list[Section]:
    """The account's pages, with the one that this is marked."""
    path = context["request"].path
    user = context["request"].user
    hidden = set() if can_invite_to_site(user) else {"site-invites"}
    if not sign_in_providers(context):
        hidden.add("socialaccount_connections")
    sections = [section for section in SECTIONS if section.name not in hidden]
    within = [section.name for section in sections if path.startswith(reverse(section.name))]
    return [section._replace(here=section.name == within[-1]) for section in sections]


@register.simple_tag(takes_context=True)
def sign_in_providers(context: Context) -> list[SocialApp]:
    """Where people may have an account that lets them in here."""
    found: list[SocialApp] = get_social_adapter().list_apps(context["request"])
    return found


@register.simple_tag(takes_context=True)
def sign_up_is_open(context: Context) -> bool:
    """Whether the door shows a way to make an account."""
    return bool(get_adapter().is_open_for_signup(context["request"]))


@register.filter
def dressed(field: BoundField) -> SafeString:
    """A field with our look, and without a placeholder, which hides as soon as one writes."""
    plain = isinstance(
        field.field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.FileInput
    )
    return field.as_widget(attrs={"placeholder": False, **({} if plain else {"class": "input"})})


@register.filter
def ago(moment: datetime) -> str:
    """How long ago that was, in one word or two."""
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 60:
        return gettext("just now")
    return gettext("{time} ago").format(time=timesince(moment, depth=1))


@register.filter
def device_words(agent: str) -> str:
    """A browser's words about itself as people would say it: `Firefox on Linux`."""
    browser = _first(_BROWSERS, agent) or re.split(r"[/\s]", agent.strip(), maxsplit=1)[0][:40]
    system = _first(_SYSTEMS, agent)
    if not browser:
        return gettext("A program")
    return gettext("{browser} on {system}").format(browser=browser, system=system) if system else browser


def _first(known: tuple[tuple[str, str], ...], agent: str) -> Any:
    return next((name for mark, name in known if mark in agent), "")
