"""The page that makes the first administrator and the first room."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django_ratelimit.core import is_ratelimited

from chatsite.accounts import first_run
from chatsite.accounts.devices import remember_device
from chatsite.errors import ChatError
from rooms import services as rooms

from .forms import PASSWORD_HINT, add_refusal

TRIES = "20/5m"


class FirstRunForm(forms.Form):
    """Who runs this place, and its first room."""

    code = forms.CharField(
        label=_("Code from the server's log"),
        help_text=_("The server has printed it just now. It shows that this is your server."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    display_name = forms.CharField(
        label=_("Your name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("Username"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    email = forms.CharField(
        label=_("Email (optional)"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    room = forms.CharField(
        label=_("First room"), initial="lobby", help_text=_("Everybody who comes can join it.")
    )


def open_place(request: HttpRequest) -> HttpResponse:
    """While nobody is here: who has the code becomes the administrator. Afterwards there is no such page."""
    if not first_run.is_first_run():
        raise Http404
    first_run.print_code()
    form = FirstRunForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if is_ratelimited(request, group="first-run", key="ip", rate=TRIES, increment=True):
            return render(request, "429.html", status=429)
        if form.is_valid():
            try:
                return _open(request, dict(form.cleaned_data))
            except ChatError as refusal:
                add_refusal(form, refusal, {"name": "room"})
                status = refusal.status
    return render(request, "account/first_run.html", {"form": form}, status=status)


def _open(request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
    name = asked.pop("room")
    with transaction.atomic():
        user = first_run.make_first_administrator(**asked)
        room = rooms.create_room(by=user, name=name, kind="public")
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    response = redirect("rooms:room", room.id)
    remember_device(request, response, user)
    return response
