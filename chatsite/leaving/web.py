"""Taking one's data along and deleting one's account, in the account's pages."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chatsite.accounts.models import User
from chatsite.accounts.web.forms import add_refusal
from chatsite.errors import ChatError
from rooms.models import Room

from . import departures, exports


class DeletionForm(forms.Form):
    """One's own username, so that nobody does it by a slip, and who owns one's rooms from now on."""

    username = forms.CharField(
        label=_("Your username"),
        help_text=_("Write it once more, so that nobody deletes an account by a slip."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )

    def __init__(self, data: Any, *, user: User, rooms: list[Room]) -> None:
        super().__init__(data)
        self._user = user
        for room in rooms:
            found = departures.candidates(room, but=user)
            if found:
                self.fields[f"room_{room.id}"] = forms.ChoiceField(
                    label=_("Who owns {room}?").format(room=room.name),
                    choices=[(each.id, f"{each.shown_name} (@{each.username})") for each in found],
                )

    def clean_username(self) -> str:
        """Theirs, in whatever case."""
        username: str = self.cleaned_data["username"].strip().removeprefix("@")
        if username.lower() != self._user.username.lower():
            raise forms.ValidationError(_("This is not your username."))
        return username

    @property
    def successors(self) -> dict[str, str]:
        """The new owners, by room."""
        return {
            name.removeprefix("room_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("room_")
        }


@login_required
@never_cache
def my_data(request: HttpRequest) -> HttpResponse:
    """What one may take along, and the way out."""
    listed = exports.exports_of(_me(request)).order_by("-made_at")
    return render(request, "leaving/data.html", {"exports": listed, "hours": settings.EXPORT_HOURS})


@login_required
@require_POST
def begin_export(request: HttpRequest) -> HttpResponse:
    """Ask for an export."""
    exports.begin_export(by=_me(request))
    return redirect("my-data")


@login_required
@require_POST
def end_export(request: HttpRequest, export_id: str) -> HttpResponse:
    """Throw an export away."""
    try:
        exports.end_export(by=_me(request), export_id=export_id)
    except ChatError as error:
        raise Http404 from error
    return redirect("my-data")


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@never_cache
def delete_account(request: HttpRequest) -> HttpResponse:
    """Say what it means, ask once more, and do it."""
    me = _me(request)
    form = DeletionForm(request.POST or None, user=me, rooms=departures.rooms_to_hand_over(me))
    if request.method == "POST" and form.is_valid():
        try:
            departures.delete_account(by=me, user=me, successors=form.successors)
        except ChatError as refusal:
            add_refusal(form, refusal)
        else:
            logout(request)
            messages.success(request, _("Your account is deleted."))
            return redirect(settings.LOGIN_URL)
    shown = {
        "form": form,
        "erase": settings.DELETED_MESSAGES == "erase",
        "bots": me.bots.filter(is_active=True),
    }
    return render(request, "leaving/delete.html", shown)


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


urlpatterns = [
    path("account/data/", my_data, name="my-data"),
    path("account/data/export/", begin_export, name="begin-export"),
    path("account/data/export/<str:export_id>/end/", end_export, name="end-export"),
    path("account/data/delete/", delete_account, name="delete-account"),
]
