"""Files over HTTP: sent, named by a message, fetched by those who may read it, and by nobody else."""

import datetime as dt
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.env import Rate
from chatsite.leaving import taking_out
from chatsite.leaving.models import Departure
from chatsite.rest import pages
from messaging import changes, retention
from messaging.files import previews, store, uploads
from messaging.models import Attachment, Event, Leftover
from messaging.turn import Change
from rooms import moderation
from rooms import services as rooms
from rooms.models import Room
from tests.browser.hostile import PAYLOADS
from tests.support.http import Answer, Caller, Form, caller

pytestmark = pytest.mark.django_db

NOWHERE = "0" * 16


def png(width: int = 40, height: int = 30) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def bobs(bob: User) -> Caller:
    return caller(bob)


def send(by: Caller, room: Room, *files: str, text: str = "", **headers: str) -> Answer:
    return by.post(f"rooms/{room.id}/messages/", {"text": text, "attachments": list(files)}, **headers)


def sent_file(by: Caller, room: Room, content: bytes = b"high tide 06:12", name: str = "tides.txt") -> str:
    """The id of a file that a message carries."""
    id = str(by.upload(room.id, content, name).body["id"])
    assert send(by, room, id).status == 201
    return id


def fetch(by: Caller, room: Room, id: str, **headers: str) -> Answer:
    return by.get(f"rooms/{room.id}/attachments/{id}/", **headers)


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
    assert (said.status, said.body["data"]["text"]) == (201, "")
    assert said.body["data"]["attachments"] == [sent.body]
    carols = caller(carol)
    assert carols.get(f"rooms/{room.id}/messages/").body["results"][-1]["attachments"] == [sent.body]
    fetched = fetch(carols, room, id)
    assert (fetched.status, fetched.raw) == (200, png())


def test_nothing_that_is_fetched_can_run(room: Room, bobs: Caller) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    told = {
        "quay.png": (png(), "image/png", "inline"),
        "evil.svg": (svg, "application/octet-stream", "attachment"),
        "evil.html": (b"<!doctype html><script>alert(1)</script>", "application/octet-stream", "attachment"),
        "evil": (b"<?xml version='1.0'?><x/>", "application/octet-stream", "attachment"),
        "notes.txt": (b"alert(1)", "text/plain; charset=utf-8", "attachment"),
        "a.pdf": (b"%PDF-1.7\n1 0 obj", "application/pdf", "attachment"),
    }
    for name, (content, kind, disposition) in told.items():
        answer = fetch(bobs, room, sent_file(bobs, room, content, name))
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"] == f'{disposition}; filename="{name}"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].endswith("sandbox")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_range_and_a_known_file_are_answered_as_http_has_it(room: Room, bobs: Caller) -> None:
    id = sent_file(bobs, room, b"0123456789")
    whole = fetch(bobs, room, id)
    etag = whole.headers["ETag"]
    for asked, status, raw, told in (
        ("bytes=2-5", 206, b"2345", "bytes 2-5/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ):
        answer = fetch(bobs, room, id, Range=asked)
        assert (answer.status, answer.raw, answer.headers.get("Content-Range")) == (status, raw, told), asked
    assert fetch(bobs, room, id, Range="bytes=2-5", If_Range=etag).status == 206
    assert fetch(bobs, room, id, Range="bytes=2-5", If_Range='"another"').status == 200
    known = fetch(bobs, room, id, If_None_Match=f'"x", W/{etag}')
    assert (known.status, known.raw) == (304, b"")
    head = bobs("HEAD", f"rooms/{room.id}/attachments/{id}/")
    assert (head.status, head.raw, head.headers["Content-Length"]) == (200, b"", "10")


def test_who_may_not_read_the_message_hears_what_they_hear_of_no_file(
    room: Room, alice: User, bob: User, carol: User, mallory: User, bobs: Caller
) -> None:
    rooms.change_room(by=alice, room=room, settings={"history": "joined"})
    before = sent_file(bobs, room)
    unsent = bobs.upload(room.id, b"not yet").body["id"]
    rooms.add_member(by=alice, room=room, user_id=mallory.id, role="member")
    mallorys, carols = caller(mallory), caller(carol)
    assert fetch(carols, room, before).status == 200
    assert fetch(bobs, room, unsent).status == 200
    nothing = fetch(mallorys, room, NOWHERE)
    assert nothing.refusal == (404, "not_found", None)
    for by, id in ((mallorys, before), (mallorys, unsent), (carols, unsent), (carols, "x" * 300)):
        assert fetch(by, room, id).raw == nothing.raw
        assert by.get(f"rooms/{room.id}/attachments/{id}/preview/").raw == nothing.raw
    rooms.remove_member(by=alice, room=room, user_id=carol.id)
    assert fetch(carols, room, before).raw == carols.get(f"rooms/{NOWHERE}/attachments/{before}/").raw
    rooms.add_member(by=alice, room=room, user_id=carol.id, role="guest")
    assert fetch(carols, room, before).status == 200  # it was said while she was there


def test_only_ones_own_files_of_that_room_are_taken_and_each_once(
    room: Room, alice: User, bobs: Caller
) -> None:
    other = rooms.create_room(by=alice, name="Quay", kind="private")
    alices = caller(alice)
    anothers, elsewhere, mine = (
        str(by.upload(where.id, b"x").body["id"])
        for by, where in ((alices, room), (alices, other), (bobs, room))
    )
    for ids in ([anothers], [elsewhere], [NOWHERE], ["nonsense"], ["\u0000"], [mine, mine]):
        assert send(bobs, room, *ids).refusal[:2] == (400, "bad_request"), ids
    assert send(alices, room, elsewhere).refusal == (400, "bad_request", "attachments")
    assert send(bobs, room, *[mine] * 11).refusal == (413, "too_large", "attachments")
    key = str(uuid.uuid4())
    first = send(bobs, room, mine, Idempotency_Key=key)
    again = send(bobs, room, mine, Idempotency_Key=key)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert send(bobs, room, mine).refusal == (409, "conflict", "attachments")
    assert send(bobs, room, text="hi", Idempotency_Key=key).refusal == (409, "conflict", "client_id")
    assert Attachment.objects.get(id=mine).message_seq == first.body["seq"]


def test_an_upload_that_comes_again_makes_no_second_file(room: Room, bobs: Caller) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = bobs.upload(room.id, b"tides", headers=key)
    again = bobs.upload(room.id, b"tides", headers=key)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert bobs.upload(room.id, b"other tides", headers=key).refusal[:2] == (409, "conflict")
    assert Attachment.objects.count() == 1
    store.erase_leftovers()
    assert fetch(bobs, room, first.body["id"]).raw == b"tides"


def test_what_is_no_file_is_refused_in_clear_words(
    room: Room, bobs: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 1000)
    path = f"rooms/{room.id}/attachments/"

    def post(**parts: Any) -> Answer:
        form = Form(parts)
        return bobs("POST", path, raw=form.raw, content_type=form.content_type)

    assert bobs.upload(room.id, b"").refusal == (400, "bad_request", "file")
    assert bobs.upload(room.id, b"x" * 1001).refusal == (413, "too_large", "file")
    assert bobs.upload(room.id, b"<html>", "quay.png").refusal == (400, "bad_request", "file")
    assert bobs.upload(room.id, b"x", alt="y" * 1001).refusal == (413, "too_large", "alt")
    assert bobs.upload(room.id, b"x", alt="\0").refusal == (400, "bad_request", "alt")
    assert post(file="words").refusal == (400, "bad_request", "file")
    assert post(alt="words").refusal == (400, "bad_request", "file")
    assert bobs.upload(room.id, b"x", by="somebody").refusal == (400, "bad_request", "by")
    assert bobs("POST", path, {"file": "x"}).refusal == (400, "bad_request", "file")
    broken = bobs("POST", path, raw=b"--x\r\n", content_type="multipart/form-data")
    assert broken.refusal == (400, "bad_request", "body")
    assert not Attachment.objects.exists()


def test_a_name_of_500_characters_of_any_script_is_shortened(room: Room, bobs: Caller) -> None:
    for letter in ("x", "界", "💥"):
        sent = bobs.upload(room.id, b"high tide", f"{letter * 496}.txt")
        assert sent.status == 201, sent.body
        assert sent.body["name"].startswith(letter * 20)
        assert sent.body["name"].endswith(".txt")


def test_who_may_not_attach_is_told_before_and_when_it_is_sent(
    room: Room, alice: User, bob: User, bobs: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = bobs.upload(room.id, b"x").body["id"]
    monkeypatch.setattr(limits, "UNSENT_FILES", 1)
    assert bobs.upload(room.id, b"y").refusal == (413, "too_large", None)
    monkeypatch.setattr(limits, "UNSENT_FILES", 9)
    caller(alice).patch(f"rooms/{room.id}/permissions/", {"permissions": {"member": {"attach": False}}})
    assert bobs.upload(room.id, b"y").refusal == (403, "forbidden", None)
    assert send(bobs, room, waiting).refusal == (403, "forbidden", None)
    assert send(bobs, room, text="words are free").status == 201
    caller(alice).patch(f"rooms/{room.id}/permissions/", {"permissions": {"member": {"attach": True}}})
    until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    moderation.change_member(by=alice, room=room, user_id=bob.id, muted_until=until)
    assert bobs.upload(room.id, b"y").refusal == (403, "forbidden", None)
    rooms.archive_room(by=alice, room=room)
    assert caller(alice).upload(room.id, b"y").refusal == (409, "archived", None)


def test_an_unsent_file_is_described_and_removed_by_its_sender_only(room: Room, bobs: Caller) -> None:
    id = bobs.upload(room.id, png(), "quay.png").body["id"]
    path = f"rooms/{room.id}/attachments/{id}/"
    assert bobs.patch(path, {"alt": "The quay"}).body["alt"] == "The quay"
    key = Attachment.objects.get(id=id).key
    assert bobs.delete(path).status == 204
    assert bobs.delete(path).refusal == (404, "not_found", None)
    store.erase_leftovers()
    assert not default_storage.exists(key)
    carried = sent_file(bobs, room)
    assert bobs.delete(f"rooms/{room.id}/attachments/{carried}/").refusal == (404, "not_found", None)
    assert bobs.patch(f"rooms/{room.id}/attachments/{carried}/", {"alt": "x"}).refusal[0] == 404


def test_a_message_with_files_may_lose_its_text_and_one_without_may_not(room: Room, bobs: Caller) -> None:
    id = bobs.upload(room.id, b"x").body["id"]
    seq = send(bobs, room, id, text="tides").body["seq"]
    assert bobs.patch(f"rooms/{room.id}/messages/{seq}/", {"text": ""}).status == 200
    message = bobs.get(f"rooms/{room.id}/messages/").body["results"][-1]
    assert (message["text"], message["attachments"][0]["id"]) == ("", id)
    plain = send(bobs, room, text="hi").body["seq"]
    refused = bobs.patch(f"rooms/{room.id}/messages/{plain}/", {"text": " "})
    assert refused.refusal == (400, "bad_request", "text")
    assert send(bobs, room, text=" ").refusal == (400, "bad_request", "text")


def _delete(room: Room, bob: User, seq: int) -> None:
    changes.delete_message(Change(by=bob.id, room_id=room.id, client_id=uuid.uuid4(), seq=seq))


def _retain(room: Room, bob: User, seq: int) -> None:
    now = Event.objects.get(room_id=room.id, seq=seq).at + dt.timedelta(seconds=1)
    retention.erase_before(room.id, before=now, at=now)


def _depart(room: Room, bob: User, seq: int) -> None:
    departure = {"erase": True, "moved_at": dt.datetime.now(dt.UTC)}
    Departure.objects.create(user=bob, **departure)
    while taking_out.advance_departure(bob.id):
        pass


@pytest.mark.parametrize("erase", [_delete, _retain, _depart])
def test_erasing_a_message_erases_its_files(
    room: Room, bob: User, bobs: Caller, alice: User, erase: Callable[[Room, User, int], None]
) -> None:
    id = bobs.upload(room.id, png(), "quay.png").body["id"]
    seq = send(bobs, room, id, text="look").body["seq"]
    other = sent_file(caller(alice), room) if erase is not _retain else None
    assert previews.make_preview(id)
    file = Attachment.objects.get(id=id)
    assert default_storage.exists(file.key)
    assert default_storage.exists(file.preview)
    erase(room, bob, seq)
    assert fetch(caller(alice), room, id).status == 404
    assert "quay" not in repr(list(Event.objects.values_list("data", flat=True)))
    # The rows say what is to go: a process that is killed here leaves nothing over.
    assert {file.key, file.preview} <= set(Leftover.objects.values_list("key", flat=True))
    assert store.erase_leftovers() == 2
    assert not default_storage.exists(file.key)
    assert not default_storage.exists(file.preview)
    assert not Leftover.objects.exists()
    if other:
        assert fetch(bobs if bob.is_active else caller(alice), room, other).status in (200, 404)
        assert default_storage.exists(Attachment.objects.get(id=other).key)


def test_a_room_that_is_deleted_for_good_takes_its_bytes_along(room: Room, bobs: Caller) -> None:
    picture = str(bobs.upload(room.id, png(), "quay.png").body["id"])
    assert previews.make_preview(picture)
    sent_file(bobs, room)
    keys = [key for row in Attachment.objects.values_list("key", "preview") for key in row if key]
    assert (len(keys), all(map(default_storage.exists, keys))) == (3, True)
    Room.objects.filter(id=room.id).delete()
    assert store.erase_leftovers() == 3
    assert not any(map(default_storage.exists, keys))


def test_what_no_message_names_for_a_day_goes(room: Room, bobs: Caller) -> None:
    old, fresh = (str(bobs.upload(room.id, b"x").body["id"]) for _ in range(2))
    carried = sent_file(bobs, room)
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=25)
    Attachment.objects.filter(id__in=[old, carried]).update(at=long_ago)
    assert uploads.forget_unsent(now=dt.datetime.now(dt.UTC)) == 1
    assert set(Attachment.objects.values_list("id", flat=True)) == {fresh, carried}
    assert store.erase_leftovers() == 1
    assert send(bobs, room, old).refusal == (400, "bad_request", "attachments")


def test_a_preview_is_small_and_made_once(room: Room, bobs: Caller) -> None:
    id = bobs.upload(room.id, png(2000, 1000), "quay.png").body["id"]
    path = f"rooms/{room.id}/attachments/{id}/preview/"
    assert bobs.get(path).raw == fetch(bobs, room, NOWHERE).raw
    assert previews.make_preview(id)
    assert not previews.make_preview(id)
    answer = bobs.get(path)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert Image.open(io.BytesIO(answer.raw)).size == (960, 480)


def _jpeg_cut_off() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((400, 300), 80).save(made, "JPEG")
    return made.getvalue()[: len(made.getvalue()) // 2]


def _gif(*, broken_frame: int) -> bytes:
    """Two frames, of which one holds rubbish in place of its pixels."""
    made = io.BytesIO()
    frames = [Image.new("P", (64, 48), shade) for shade in (3, 90)]
    frames[0].save(made, "GIF", save_all=True, append_images=frames[1:], optimize=False)
    parts = made.getvalue().split(b"\x2c")  # each picture begins so
    head, data = parts[1 + broken_frame][:10], parts[1 + broken_frame][10:]
    parts[1 + broken_frame] = head + b"\xff" * len(data)
    return b"\x2c".join(parts)


@pytest.mark.parametrize(
    ("content", "name", "shown"),
    [
        (_jpeg_cut_off(), "cut.jpg", False),
        (_gif(broken_frame=0), "first.gif", False),
        (_gif(broken_frame=1), "second.gif", True),
    ],
    ids=["half a JPEG", "a GIF whose first frame is broken", "a GIF whose second frame is broken"],
)
def test_a_broken_picture_is_a_file_all_the_same_with_a_preview_of_what_can_be_read(
    room: Room, bobs: Caller, content: bytes, name: str, shown: bool
) -> None:
    id = bobs.upload(room.id, content, name).body["id"]
    assert send(bobs, room, id).status == 201
    assert previews.make_preview(id) is shown
    assert Attachment.objects.get(id=id).previews_left == 0, "it would be tried again"
    assert bobs.get(f"rooms/{room.id}/attachments/{id}/preview/").status == (200 if shown else 404)
    assert fetch(bobs, room, id).raw == content


def test_a_preview_of_a_file_that_goes_meanwhile_is_left_nowhere(
    room: Room, bobs: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = bobs.upload(room.id, png(), "quay.png").body["id"]
    small = previews._small

    def removed_meanwhile(file: Attachment) -> bytes | None:
        made = small(file)
        bobs.delete(f"rooms/{room.id}/attachments/{id}/")
        return made

    monkeypatch.setattr(previews, "_small", removed_meanwhile)
    assert not previews.make_preview(id)
    keys = list(Leftover.objects.values_list("key", flat=True))
    assert len(keys) == 2
    store.erase_leftovers()
    assert not any(map(default_storage.exists, keys))


def test_a_file_that_cannot_be_kept_leaves_nothing_and_may_be_sent_again(
    room: Room, bobs: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(default_storage), "save", full, raising=False)
        refused = bobs.upload(room.id, b"x")
    assert refused.refusal == (503, "overloaded", None)
    assert refused.error["retryable"]
    assert not Attachment.objects.exists()
    assert store.erase_leftovers() == 1
    assert bobs.upload(room.id, b"x").status == 201


def test_hostile_names_and_descriptions_come_back_as_words_in_json(
    room: Room, bobs: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COMMANDS", "MESSAGE_SEND"):
        monkeypatch.setattr(limits, name, Rate(100_000, 100_000))
    monkeypatch.setattr(limits, "UNSENT_FILES", len(PAYLOADS))
    assert len(PAYLOADS) == 100
    for payload in PAYLOADS:
        sent = bobs.upload(room.id, b"x", f"{payload}.txt", alt=payload)
        assert sent.status == 201, payload
        assert sent.headers["Content-Type"] == "application/json"
        answer = fetch(bobs, room, sent.body["id"])
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        told = answer.headers["Content-Disposition"]
        assert told.startswith("attachment")
        assert "\r" not in told
        assert "\n" not in told


def test_a_room_lists_the_files_of_the_messages_that_one_may_read_the_newest_first(
    room: Room, alice: User, mallory: User, bobs: Caller
) -> None:
    rooms.change_room(by=alice, room=room, settings={"history": "joined"})
    old = sent_file(bobs, room, name="old.txt")
    rooms.add_member(by=alice, room=room, user_id=mallory.id, role="member")
    pair = [str(bobs.upload(room.id, b"tides", name).body["id"]) for name in ("a.txt", "b.txt")]
    said = send(bobs, room, *pair).body
    erased = sent_file(bobs, room, name="erased.txt")
    bobs("DELETE", f"rooms/{room.id}/messages/{said['seq'] + 1}/")
    bobs.upload(room.id, b"not yet", "unsent.txt")
    path = f"rooms/{room.id}/attachments/"
    listed = bobs.get(path).body
    assert [each["id"] for each in listed["results"]] == [*sorted(pair), old]
    assert erased not in str(listed)
    assert listed["next"] is None
    first = listed["results"][0]
    assert {**first, "seq": 0, "at": ""} == {
        **next(each for each in said["data"]["attachments"] if each["id"] == first["id"]),
        "by": said["by"],
        "seq": 0,
        "at": "",
    }
    assert (first["seq"], first["at"]) == (said["seq"], said["at"])

    paged, asked = [], f"{path}?limit=1"
    while asked:
        page = bobs.get(asked).body
        paged += page["results"]
        asked = page["next"] and f"{path}?limit=1&cursor={page['next']}"
    assert paged == listed["results"]
    assert [each["id"] for each in caller(mallory).get(path).body["results"]] == sorted(pair)
    for wrong in ("nonsense", pages.encode(5), pages.encode("x/y"), pages.encode("0/y")):
        assert bobs.get(f"{path}?cursor={wrong}").refusal == (400, "bad_request", "cursor")
