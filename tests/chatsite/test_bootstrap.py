"""`manage.py bootstrap`: a fresh folder becomes a site; a second run changes nothing."""

import re
from pathlib import Path

import pytest
from django.contrib.auth import authenticate

from chatsite.accounts.models import User
from chatsite.management.commands.bootstrap import make_administrator

from .launching import environment, run


def test_a_first_start_makes_everything_and_shows_the_login_once(tmp_path: Path) -> None:
    first = run("manage.py", "bootstrap", env=environment(tmp_path, SITE_NAME="Harbour"))
    assert first.returncode == 0, first.stderr
    assert re.search(r"Database: \d+ migrations to apply … done\.", first.stdout)
    assert "Page files: hashing and compressing … done." in first.stdout
    assert "Harbour is at http://localhost:8000/" in first.stdout
    assert re.search(r"User name:  admin\n  Password:   \S{20}\n", first.stdout)
    assert (tmp_path / "static" / "staticfiles.json").exists()

    second = run("manage.py", "bootstrap", env=environment(tmp_path, SITE_NAME="Harbour"))
    assert second.returncode == 0, second.stderr
    assert second.stdout.splitlines() == [
        "Database: up to date.",
        "Page files: up to date.",
        "",
        "Harbour is at http://localhost:8000/",
    ]


def test_a_database_that_is_away_is_one_line(tmp_path: Path) -> None:
    done = run(
        "manage.py", "bootstrap", env=environment(tmp_path, DATABASE_URL="postgres://127.0.0.1:1/parley")
    )
    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.storage
@pytest.mark.django_db
def test_the_first_administrator_can_sign_in() -> None:
    assert not User.objects.exists()
    password = make_administrator()
    user = authenticate(username="admin", password=password)
    assert user is not None
    assert user.is_superuser


@pytest.mark.storage
@pytest.mark.django_db
def test_where_somebody_is_no_administrator_is_made(bob: User) -> None:
    assert make_administrator() is None
    assert list(User.objects.all()) == [bob]
