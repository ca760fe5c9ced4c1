"""The names of our apps and models, their fields and choices, as the office shows them, in the language of whoever looks.

They are English in the models, most of them made by Django of the Python names, so that a language is no matter of
migrations. Here they become texts that take their language when they are shown.
"""

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy

_names: set[str] = set()


def english_names() -> list[str]:
    """All of them, for the catalogs. What brings its translation along, as Django's own fields do, is not among them."""
    return sorted(_names)


def speak_of_models() -> None:
    """From now on they are shown in the language of whoever looks. Called once, when all models are there."""
    for config in _own_apps():
        if any(config.get_models()):
            config.verbose_name = _named(config.verbose_name)
    for model in _own_models():
        meta: Any = model._meta
        # The plural that Django makes is the singular with an "s", in whatever language: it becomes English words first.
        meta.verbose_name_plural = _named(str(meta.verbose_name_plural))
        meta.verbose_name = _named(meta.verbose_name)
        for field in meta.get_fields():
            if isinstance(field, Field):
                _speak_of_field(field)


def _speak_of_field(field: Any) -> None:
    field.verbose_name = _named(field.verbose_name)
    field.help_text = _named(field.help_text)
    if field.choices:
        field.choices = [(value, _named(label)) for value, label in field.flatchoices]


def _named(words: Any) -> Any:
    if not words or not isinstance(words, str):
        return words
    _names.add(words)
    return gettext_lazy(words)


def _own_models() -> list[type[Model]]:
    """The models of our own apps; those of others bring their words along."""
    return [model for config in _own_apps() for model in config.get_models()]


def _own_apps() -> list[AppConfig]:
    return [config for config in apps.get_app_configs() if _is_own(config.path)]


def _is_own(path: str) -> bool:
    return path.startswith(str(settings.BASE_DIR)) and "site-packages" not in path
