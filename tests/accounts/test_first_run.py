"""The first administrator, where no command line made one."""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from chatsite.accounts import first_run
from chatsite.accounts.models import FirstRunCode, User
from rooms.models import Room
from tests.accounts.test_second_factor import Pages

FORM = {
    "display_name": "Mira Sato",
    "username": "mira",
    "email": "mira@kestrel.example",
    "password": "a short sentence will do",
    "room": "lobby",
}


def printed(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The codes in the log."""
    return re.findall(r"code for /first-run/ is (\S+) ", caplog.text)


@pytest.mark.storage
def test_who_has_the_code_from_the_log_opens_the_place(db: None, caplog: pytest.LogCaptureFixture) -> None:
    pages = Pages()
    assert pages.get("/").request["PATH_INFO"] == "/first-run/"
    (code,) = printed(caplog)
    inside = pages.post("/first-run/", code=code, **FORM)
    room = Room.objects.get()
    assert inside.request["PATH_INFO"] == f"/rooms/{room.id}/"
    mira = User.objects.get()
    assert (mira.username, mira.display_name, mira.is_superuser, mira.is_staff) == (
        "mira",
        "Mira Sato",
        True,
        True,
    )
    assert (room.name, room.kind) == ("lobby", "public")
    assert pages.get("/admin/").status_code == 200


def test_it_opens_once(db: None, caplog: pytest.LogCaptureFixture) -> None:
    Pages().get("/first-run/")
    (code,) = printed(caplog)
    Pages().post("/first-run/", code=code, **FORM)
    assert Pages().get("/first-run/").status_code == 404
    assert Pages().post("/first-run/", code=code, **{**FORM, "username": "mallory"}).status_code == 404
    with pytest.raises(first_run.NotTheCode):
        first_run.make_first_administrator(code=code, username="mallory", password=FORM["password"])
    assert [user.username for user in User.objects.all()] == ["mira"]


@pytest.mark.parametrize("code", ["", "0" * 16, "\x00", "x" * 999])
def test_no_other_code_opens_it(db: None, code: str) -> None:
    pages = Pages()
    pages.get("/first-run/")
    pages.post("/first-run/", code=code, **FORM)
    assert not User.objects.exists()
    assert not Room.objects.exists()


def test_an_old_code_does_not_open_it_and_a_new_one_is_printed(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    pages = Pages()
    pages.get("/first-run/")
    pages.get("/first-run/")
    (old,) = printed(caplog)
    FirstRunCode.objects.update(made_at=timezone.now() - dt.timedelta(hours=1, seconds=1))
    assert pages.post("/first-run/", code=old, **FORM).status_code == 403
    _, new = printed(caplog)
    assert pages.post("/first-run/", code=new, **FORM).status_code == 200


def test_of_the_code_the_database_keeps_a_digest(db: None, caplog: pytest.LogCaptureFixture) -> None:
    Pages().get("/first-run/")
    (code,) = printed(caplog)
    assert code not in str(list(FirstRunCode.objects.values()))


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "m ira"), ("password", "short"), ("email", "mira@"), ("room", "a\nb\nc")],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_half_done(
    db: None, caplog: pytest.LogCaptureFixture, field: str, value: str
) -> None:
    pages = Pages()
    pages.get("/first-run/")
    (code,) = printed(caplog)
    answer = pages.post("/first-run/", **{"code": code, **FORM, field: value})
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert pages.post("/first-run/", code=code, **FORM).request["PATH_INFO"].startswith("/rooms/")


def test_with_somebody_here_there_is_no_such_page_and_no_code(
    bob: User, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    assert Pages().get("/first-run/").status_code == 404
    assert Pages().get("/").request["PATH_INFO"] == "/sign-in/"
    assert printed(caplog) == []
