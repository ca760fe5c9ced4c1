"""The names of our models, their fields and choices, as the office shows them, in the language of whoever looks.

They are English in the models, most of them made by Django of the Python names, so that a language is no matter of
migrations. Here they become texts that take their language when they are shown.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy


def own_models() -> list[type[Model]]:
    """The models of our own apps; those of others bring their words along."""
    return [
        model
        for config in apps.get_app_configs()
        if config.path.startswith(str(settings.BASE_DIR)) and "site-packages" not in config.path
        for model in config.get_models()
    ]


def english_names() -> Iterator[str]:
    """All of them, for the catalogs."""
    for model in own_models():
        yield str(model._meta.verbose_name)
        yield str(model._meta.verbose_name_plural)
        for field in _fields(model):
            yield from filter(None, (str(field.verbose_name), str(field.help_text)))
            yield from (str(label) for _value, label in field.flatchoices)


def speak_of_models() -> None:
    """From now on they are shown in the language of whoever looks. Called once, when all models are there."""
    for model in own_models():
        model._meta.verbose_name = gettext_lazy(str(model._meta.verbose_name))
        model._meta.verbose_name_plural = gettext_lazy(str(model._meta.verbose_name_plural))
        for field in _fields(model):
            field.verbose_name = gettext_lazy(str(field.verbose_name))
            if field.help_text:
                field.help_text = gettext_lazy(str(field.help_text))
            if field.choices:
                field.choices = [(value, gettext_lazy(str(label))) for value, label in field.flatchoices]


def _fields(model: type[Model]) -> list[Field]:  # type: ignore[type-arg]
    return [field for field in model._meta.get_fields() if isinstance(field, Field)]
