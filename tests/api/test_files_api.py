"""Files over HTTP: sent, named by a message, fetched by those who may read it, and by nobody else."""

import io

import pytest
from PIL import Image

from chatsite.accounts.models import User
from rooms.models import Room
from tests.support.http import Answer, Caller, caller

pytestmark = pytest.mark.django_db


def png(width: int = 40, height: int = 30) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def bobs(bob: User) -> Caller:
    return caller(bob)


def send(by: Caller, room: Room, *files: str, text: str = "", **headers: str) -> Answer:
    return by.post(f"rooms/{room.id}/messages/", {"text": text, "attachments": list(files)}, **headers)


def test_a_file_is_sent_then_named_then_fetched(room: Room, bobs: Caller, carol: User) -> None:
    sent = bobs.upload(room.id, png(), "quay.png", alt="The quay at dawn")
    assert sent.status == 201
    id = sent.body["id"]
    url = f"/api/v1/rooms/{room.id}/attachments/{id}/"
    assert sent.body == {
        "id": id,
        "name": "quay.png",
        "type": "image/png",
        "size": len(png()),
        "alt": "The quay at dawn",
        "width": 40,
        "height": 30,
        "url": url,
        "preview_url": f"{url}preview/",
    }
    said = send(bobs, room, id)
    assert said.status == 201
    assert said.body["data"]["attachments"] == [sent.body]
    carols = caller(carol)
    page = carols.get(f"rooms/{room.id}/messages/").body["results"]
    assert page[-1]["attachments"] == [sent.body]
    fetched = carols.get(url.removeprefix("/api/v1/"))
    assert (fetched.status, fetched.raw) == (200, png())
