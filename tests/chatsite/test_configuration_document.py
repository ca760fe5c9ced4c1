"""`docs/configuration.md` says what the code says."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from chatsite.management.commands.document_configuration import document


def test_the_document_is_what_the_code_declares() -> None:
    call_command("document_configuration", check=True)


def test_it_names_every_setting_that_others_rely_on() -> None:
    page = document()
    names = "HOST PORT DATABASE_URL REDIS_URL SECRET_KEY DATA_DIR ALLOWED_HOSTS PUBLIC_URL DEBUG SITE_NAME"
    for name in names.split():
        assert f"| `{name}`" in page


def test_a_stale_document_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    with pytest.raises(CommandError, match="stale"):
        call_command("document_configuration", check=True)
    call_command("document_configuration")
    call_command("document_configuration", check=True)
