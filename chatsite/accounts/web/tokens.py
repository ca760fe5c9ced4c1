"""API tokens and bots in the page."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chatsite.accounts import bots, queries, services
from chatsite.accounts.models import Scope, User
from chatsite.errors import ChatError

from .forms import add_refusal


class TokenForm(forms.Form):
    """What a token is for, and how long."""

    name = forms.CharField(label=_("Name"), help_text=_("What it is for, so that you know it later."))
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[
            (Scope.READ, _("read rooms and messages")),
            (Scope.WRITE, _("write messages, reactions and receipts")),
            (Scope.ADMIN, _("manage rooms, members, invites and tokens")),
        ],
        initial=[Scope.READ, Scope.WRITE],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        choices=[("30", _("a month")), ("90", _("three months")), ("365", _("a year")), ("", _("ever"))],
        initial="90",
        coerce=int,
        empty_value=None,
        required=False,
    )


class BotForm(forms.Form):
    """How a bot is called."""

    username = forms.CharField(
        label=_("Username"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    display_name = forms.CharField(label=_("Name"), required=False)


@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens."""
    return _tokens(request, _me(request), "account/tokens.html", {})


@login_required
@require_POST
def end_token(request: HttpRequest, token_id: str) -> HttpResponse:
    """End one of one's own tokens."""
    return _ended(_me(request), token_id, redirect("tokens"))


@login_required
def my_bots(request: HttpRequest) -> HttpResponse:
    """The bots that one looks after, and a form for another."""
    me = _me(request)
    form = BotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            bot = bots.create_bot(by=me, **form.cleaned_data)
        except ChatError as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("bot", bot.id)
    return render(request, "account/bots.html", {"form": form, "bots": bots.bots_of(me).order_by("username")})


@login_required
@never_cache
def one_bot(request: HttpRequest, bot_id: str) -> HttpResponse:
    """One bot and its tokens."""
    bot = _bot(request, bot_id)
    return _tokens(request, bot, "account/bot.html", {"bot": bot})


@login_required
@require_POST
def end_bot(request: HttpRequest, bot_id: str) -> HttpResponse:
    """Turn a bot off."""
    bot = _bot(request, bot_id)
    bots.end_bot(by=_me(request), bot_id=bot_id)
    messages.success(request, _("{name} is turned off. What it said stays.").format(name=bot.shown_name))
    return redirect("bots")


@login_required
@require_POST
def end_bot_token(request: HttpRequest, bot_id: str, token_id: str) -> HttpResponse:
    """End one of a bot's tokens."""
    return _ended(_bot(request, bot_id), token_id, redirect("bot", bot_id))


def _tokens(request: HttpRequest, holder: User, template: str, shown: dict[str, Any]) -> HttpResponse:
    form, secret = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        try:
            __, secret = services.create_token(
                by=holder,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except ChatError as refusal:
            add_refusal(form, refusal)
        else:
            form = TokenForm()
    listed = queries.tokens_of(holder).order_by("-created_at", "id")
    return render(request, template, {"form": form, "secret": secret, "tokens": listed, **shown})


def _ended(holder: User, token_id: str, response: HttpResponse) -> HttpResponse:
    try:
        services.end_token(by=holder, token_id=token_id)
    except ChatError as error:
        raise Http404 from error
    return response


def _bot(request: HttpRequest, bot_id: str) -> User:
    try:
        return bots.find_bot(by=_me(request), bot_id=bot_id)
    except ChatError as error:
        raise Http404 from error


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
