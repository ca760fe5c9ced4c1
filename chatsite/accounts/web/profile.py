"""What one tells of oneself, and the pictures of people."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from chatsite.accounts import services
from chatsite.accounts.avatars import KINDS, LARGEST_BYTES
from chatsite.accounts.models import Avatar, User
from chatsite.accounts.time_zones import time_zones
from chatsite.errors import ChatError, TooLarge
from chatsite.languages import told

from .forms import add_refusal

A_YEAR = 365 * 86_400


class ProfileForm(forms.Form):
    """Name, what one is doing, where one lives."""

    display_name = forms.CharField(label=_("Your name"), required=False)
    status_text = forms.CharField(
        label=_("Status"),
        required=False,
        help_text=_("What you are doing, in a few words. Everybody here sees it."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, data: object, *, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"
        zones = [
            ("", _("Not told")),
            *((zone, zone.replace("_", " ")) for zone in sorted(time_zones())),
        ]
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("As the browser asks")), *settings.LANGUAGES]  # type: ignore[attr-defined]


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """One's own profile."""
    me = _me(request)
    initial = {
        name: str(getattr(me, name)) for name in ("display_name", "status_text", "time_zone", "language")
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_profile(by=me, user=me, **form.cleaned_data)
        except ChatError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Your profile is kept."))
            return redirect("profile")
    return _shown(request, form)


@login_required
@require_POST
def avatar(request: HttpRequest) -> HttpResponse:
    """Another picture, or none."""
    me = _me(request)
    sent = request.FILES.get("picture")
    if "remove" in request.POST:
        services.remove_avatar(by=me, user=me)
    elif isinstance(sent, UploadedFile):
        try:
            if (sent.size or 0) > LARGEST_BYTES:
                raise TooLarge(_("A picture has at most {n} MB.").format(n=LARGEST_BYTES // 2**20))
            services.set_avatar(by=me, user=me, picture=sent.read())
        except ChatError as refusal:
            messages.error(request, told(refusal))
    else:
        messages.error(request, _("Choose a picture first."))
    return redirect("profile")


@require_safe
def show_avatar(request: HttpRequest, user_id: str, digest: str) -> HttpResponse:
    """Somebody's picture, for whoever is signed in. Its address changes with it, so it may be kept for a year."""
    if not request.user.is_authenticated:
        raise Http404
    found = Avatar.objects.filter(user_id=user_id, user__avatar_digest=digest).first()
    if found is None:
        raise Http404
    return HttpResponse(
        bytes(found.image),
        content_type="image/webp",
        headers={
            "Cache-Control": f"private, max-age={A_YEAR}, immutable",
            "Content-Disposition": "inline; filename=avatar.webp",
        },
    )


def _shown(request: HttpRequest, form: ProfileForm) -> HttpResponse:
    return render(request, "account/profile.html", {"form": form, "kinds": ",".join(KINDS)})


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
