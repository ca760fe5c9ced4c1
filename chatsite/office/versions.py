"""Forms that tell the second of two administrators who change the same row."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

CHANGED_MEANWHILE = _(
    "Somebody else changed this while you had it open, and what you wrote is not kept. Open it anew to see what it is now."
)


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Carries along what the row was when the form was opened, and refuses to write over anything newer.

    An admin class names `version` among its fields.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["version"] = self._version_of(self.instance)

    def clean(self) -> dict[str, Any]:
        """The values, if the row is still what it was. It stays locked until they are stored."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.instance._state.adding and "version" in self.data:
            now = type(self.instance)._default_manager.select_for_update().get(pk=self.instance.pk)
            if cleaned.get("version") != self._version_of(now):
                raise ValidationError(CHANGED_MEANWHILE, code="changed_meanwhile")
        return cleaned

    def _version_of(self, row: Model) -> str:
        values = model_to_dict(row, fields=[name for name in self.fields if name != "version"])
        shown = {name: _plain(value) for name, value in sorted(values.items())}
        return salted_hmac("chatsite.office.versions", repr(shown), algorithm="sha256").hexdigest()


def _plain(value: Any) -> object:
    return sorted(str(one.pk) for one in value) if isinstance(value, list) else str(value)
