"""What people tell of themselves, their pictures, and names that read alike."""

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from chatsite.accounts import avatars, services
from chatsite.accounts.models import Avatar, User
from chatsite.accounts.usernames import refuse_confusable
from chatsite.errors import BadRequest, Forbidden, TooLarge
from chatsite.rest.bounded_body import BoundedBody
from tests.accounts.test_second_factor import Pages
from tests.support.http import Caller, caller


def picture(
    kind: str = "PNG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: Any
) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **options)
    return out.getvalue()


def huge_png(side: int) -> bytes:
    """A PNG that says it has so many pixels, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * 10))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (30, 3000)])
def test_a_picture_becomes_a_small_square(kind: str, size: tuple[int, int]) -> None:
    made = Image.open(io.BytesIO(avatars.make_avatar(picture(kind, size))))
    assert (made.format, made.size) == ("WEBP", (256, 256))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_pictures_of_all_modes_are_taken(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (40, 40)).save(out, "PNG")
    assert avatars.make_avatar(out.getvalue())


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"hello", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n" + b"\x00" * 99,
        picture()[:200], picture("JPEG")[:300], picture("BMP"), picture("TIFF"), b"%PDF-1.7", b"PK\x03\x04" + b"\x00" * 99,
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(avatars.NotAPicture) as refusal:
        avatars.make_avatar(sent)
    assert refusal.value.field == "avatar"


@pytest.mark.parametrize("side", [7_000, 12_000, 20_000, 60_000])
def test_a_picture_that_would_take_the_memory_is_refused_before_it_is_decoded(side: int) -> None:
    sent = huge_png(side)
    assert len(sent) < 100_000
    with pytest.raises(TooLarge):
        avatars.make_avatar(sent)


def test_nothing_rides_along() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at the quay"
    sent = picture("JPEG", exif=exif) + b"<script>alert(1)</script>PK\x03\x04"
    made = avatars.make_avatar(sent)
    assert b"quay" in sent
    assert b"quay" not in made
    assert b"script" not in made
    assert not dict(Image.open(io.BytesIO(made)).getexif())


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    photo = Image.new("RGB", (100, 100), "white")
    photo.paste("black", (0, 0, 100, 50))  # black above
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif)
    made = Image.open(io.BytesIO(avatars.make_avatar(out.getvalue()))).convert("L")
    above: Any = made.getpixel((230, 128))
    below: Any = made.getpixel((20, 128))
    assert above < 50
    assert below > 200


# --- over REST ---


@pytest.mark.storage
def test_bob_shows_a_picture_and_takes_it_away(bob: User, carol: User) -> None:
    calls = caller(bob)
    assert calls.get("me/").body["avatar"] == ""
    answer = calls("PUT", "me/avatar/", raw=picture(), content_type="image/png")
    address = answer.body["avatar"]
    assert answer.status == 200
    assert (
        address == calls.get("me/").body["avatar"] == calls.get("users/?q=bob").body["results"][0]["avatar"]
    )

    hers = Client()
    assert hers.get(address).status_code == 404  # nobody is signed in
    hers.force_login(carol)
    shown = hers.get(address)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp")
    assert "private" in shown.headers["Cache-Control"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(shown.content)).size == (256, 256)

    calls.delete("me/avatar/")
    assert hers.get(address).status_code == 404
    assert not Avatar.objects.exists()
    assert calls.get("me/").body["avatar"] == ""


def test_another_picture_has_another_address(bob: User) -> None:
    calls = caller(bob)
    first = calls("PUT", "me/avatar/", raw=picture(), content_type="image/png").body["avatar"]
    second = calls("PUT", "me/avatar/", raw=picture(mode="L"), content_type="image/png").body["avatar"]
    assert first != second
    assert Avatar.objects.count() == 1


@pytest.mark.parametrize(
    ("raw", "kind", "refusal"),
    [
        (b"hello", "image/png", (400, "bad_request", "avatar")),
        (b"", "image/png", (400, "bad_request", "avatar")),
        (huge_png(20_000), "image/png", (413, "too_large", "avatar")),
        (b"\x00" * (8 * 1024 * 1024 + 1), "image/png", (413, "too_large", "avatar")),
        (picture(), "image/svg+xml", (400, "bad_request", "avatar")),
        (picture(), "application/json", (400, "bad_request", "avatar")),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_shown_is_refused_by_name(bob: User, raw: bytes, kind: str, refusal: Any) -> None:
    answer = caller(bob)("PUT", "me/avatar/", raw=raw, content_type=kind)
    assert answer.refusal == refusal
    assert not Avatar.objects.exists()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("size", "taken"), [(avatars.LARGEST_BYTES, True), (avatars.LARGEST_BYTES + 1, False)]
)
async def test_the_server_lets_a_photograph_through_up_to_its_limit(size: int, taken: bool) -> None:
    came: list[int] = []
    answers: list[Any] = []

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        came.append(len((await receive())["body"]))

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * size, "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    headers = [(b"content-type", b"image/jpeg"), (b"content-length", str(size).encode())]
    scope = {"type": "http", "method": "PUT", "path": "/api/v1/me/avatar/", "headers": headers}
    await BoundedBody(app)(scope, receive, send)
    assert came == ([size] if taken else [])
    assert taken or b"A picture has at most 8 MB." in answers[-1]["body"]


@pytest.mark.storage
def test_bob_tells_of_himself(bob: User) -> None:
    calls = caller(bob)
    told = {
        "display_name": "Bobby",
        "status_text": "At the quay",
        "time_zone": "Europe/Lisbon",
        "language": "en",
    }
    answer = calls.patch("me/", told)
    assert answer.status == 200
    assert {name: answer.body[name] for name in told} == told
    assert calls.get("users/?q=bob").body["results"][0]["status_text"] == "At the quay"
    assert "time_zone" not in calls.get("users/?q=bob").body["results"][0]
    assert calls.patch("me/", {"status_text": ""}).body.get("status_text") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status_text", "x" * 101), ("status_text", "two\nlines"), ("time_zone", "Mars/Olympus"), ("time_zone", "../UTC"),
        ("language", "xx"), ("display_name", "x" * 81), ("status_text", 7), ("display_name", "\u202eBob"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_and_nothing_is_half_done(bob: User, field: str, value: Any) -> None:
    answer = caller(bob).patch("me/", {"display_name": "Bobby", "status_text": "At the quay", field: value})
    assert answer.refusal == (400, "bad_request", field)
    bob.refresh_from_db()
    assert (bob.display_name, bob.status_text) == ("Bob Baker", "")


def test_nobody_tells_anything_of_somebody_else(bob: User, mallory: User) -> None:
    with pytest.raises(Forbidden):
        services.change_profile(by=mallory, user=bob, status_text="mine")
    with pytest.raises(Forbidden):
        services.set_avatar(by=mallory, user=bob, picture=picture())
    with pytest.raises(Forbidden):
        services.remove_avatar(by=mallory, user=bob)


@pytest.mark.parametrize(
    "field", [field.name for field in User._meta.get_fields() if field.name not in services._PROFILE]
)
def test_no_other_field_of_a_person_can_be_set_from_outside(bob: User, field: str) -> None:
    before = User.objects.filter(id=bob.id).values().get()
    answer = caller(bob).patch("me/", {field: "x"})
    assert answer.refusal == (400, "bad_request", field)
    assert User.objects.filter(id=bob.id).values().get() == before
    door = Caller().post("auth/login/", {"username": "bob", "password": "x", field: "x"})
    assert door.status == (401 if field in ("username", "password") else 400)


# --- in the page ---


def test_the_page_keeps_the_profile_and_the_picture(bob: User) -> None:
    pages = Pages()
    pages.sign_in()
    kept = pages.post(
        "/account/", display_name="Bobby", status_text="Away", time_zone="Asia/Tokyo", language=""
    )
    assert "Your profile is kept." in kept.content.decode()
    upload = SimpleUploadedFile("me.png", picture(), "image/png")
    shown = pages.client.post("/account/picture/", {"picture": upload}, follow=True)
    bob.refresh_from_db()
    assert (bob.display_name, bob.status_text, bob.time_zone) == ("Bobby", "Away", "Asia/Tokyo")
    assert bob.avatar_url in shown.content.decode()
    pages.post("/account/picture/", remove="yes")
    bob.refresh_from_db()
    assert bob.avatar_url == ""


@pytest.mark.parametrize("sent", [b"hello", huge_png(20_000)])
def test_the_page_says_why_a_picture_cannot_be_used(bob: User, sent: bytes) -> None:
    pages = Pages()
    pages.sign_in()
    upload = SimpleUploadedFile("me.png", sent, "image/png")
    answer = pages.client.post("/account/picture/", {"picture": upload}, follow=True)
    assert "notice--wrong" in answer.content.decode()
    assert not Avatar.objects.exists()
    assert "Choose a picture first." in pages.post("/account/picture/").content.decode()


# --- names that read alike ---


@pytest.mark.parametrize("name", ["b0b", "B0B", "bo.b", "b-o-b", "8ob", "m0na", "rnona", "m_o_n_a"])
def test_a_name_that_reads_like_anothers_is_refused(bob: User, name: str) -> None:
    User.objects.create(username="mona")
    with pytest.raises(BadRequest, match="looks too much"):
        refuse_confusable(name)


@pytest.mark.parametrize("name", ["admin", "Admin", "a.d.m.i.n", "adm1n", "system", "everyone", "b0t"])
def test_a_name_that_would_pass_for_an_office_is_refused(db: None, name: str) -> None:
    with pytest.raises(BadRequest, match="not for anybody"):
        refuse_confusable(name)


@pytest.mark.parametrize("name", ["bobby", "rob", "bo", "bob2"])
def test_other_names_are_free(bob: User, name: str) -> None:
    refuse_confusable(name)
