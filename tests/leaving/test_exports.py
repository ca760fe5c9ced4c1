"""Exports: whole, made in steps that may run twice, and had by one person only."""

import datetime as dt
import io
import json
import uuid
import zlib
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chatsite.accounts.models import User
from chatsite.accounts.services import set_avatar
from chatsite.audit.models import Entry
from chatsite.leaving import exports, tasks
from chatsite.leaving.errors import NoSuchExport, NotReady
from chatsite.leaving.models import Export, ExportFile, ExportState
from messaging.changes import add_reaction, delete_message, edit_message
from messaging.files.uploads import upload_file
from messaging.services import send_message
from messaging.turn import Change
from rooms import moderation, services
from rooms.errors import NoSuchRoom, NotYourRole
from rooms.models import Room
from tests.accounts.test_profile import picture
from tests.support.http import caller

pytestmark = pytest.mark.storage


def say(by: User, room: Room, text: str) -> int:
    return send_message(by=by.id, room_id=room.id, text=text, client_id=uuid.uuid4()).event.seq


def change(by: User, room: Room, seq: int) -> Change:
    return Change(by=by.id, room_id=room.id, client_id=uuid.uuid4(), seq=seq)


def finish(export: Export) -> Export:
    while exports.advance(export.id):
        pass
    export.refresh_from_db()
    return export


def unpacked(by: User, export: Export) -> dict[str, Any]:
    _, parts = exports.open_export(by=by, export_id=export.id)
    with ZipFile(io.BytesIO(b"".join(parts))) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    return {name: json.loads(data) if name.endswith(".json") else data for name, data in found.items()}


def events_in(files: dict[str, Any], folder: str) -> list[Any]:
    return [event for name in sorted(files) if name.startswith(folder) for event in files[name]]


def test_a_persons_export_has_what_is_kept_of_them_and_nothing_of_others(
    room: Room, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    set_avatar(by=bob, user=bob, picture=picture())
    first = say(bob, room, "first word")
    say(alice, room, "secret of alice")
    edit_message(change(bob, room, first), text="second word")
    gone = say(bob, room, "gone")
    delete_message(change(bob, room, gone))
    add_reaction(change(bob, room, first), emoji="⚓")
    export, fresh = exports.begin_export(by=bob)
    assert fresh
    assert export.whole == 5
    files = unpacked(bob, finish(export))
    assert files["account.json"]["username"] == "bob"
    assert files["picture.webp"].startswith(b"RIFF")
    assert [(each["name"], each["role"]) for each in files["rooms.json"]] == [("Harbour", "member")]
    told = files["notifications.json"]
    assert (told["push"], told["email"], told["devices"]) == (True, False, [])
    mine = events_in(files, f"rooms/{room.id}/")
    assert [(event["kind"], event["data"].get("text")) for event in mine] == [
        ("message.created", "second word"),
        ("message.edited", ""),
        ("message.created", ""),
        ("message.deleted", None),
        ("reaction.added", None),
    ]
    assert all(event["by"] == bob.id for event in mine)
    assert "alice" not in json.dumps([files["account.json"], files["rooms.json"], mine])


def test_a_rooms_export_is_its_log_as_the_owner_sees_it(
    room: Room, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    for n in range(5):
        say(bob, room, f"word {n}")
    files = unpacked(alice, finish(exports.begin_export(by=alice, room_id=room.id)[0]))
    assert files["room.json"]["name"] == "Harbour"
    assert {each["username"] for each in files["members.json"]} == {"alice", "bob", "carol"}
    events = events_in(files, "events/")
    assert [event["seq"] for event in events] == list(range(1, 9))
    assert [event["data"]["text"] for event in events[3:]] == [f"word {n}" for n in range(5)]


def test_an_owner_exports_no_more_than_they_may_read(room: Room, alice: User, mallory: User) -> None:
    say(alice, room, "before her time")
    services.add_member(by=alice, room=room, user_id=mallory.id, role="owner")
    say(alice, room, "in her time")
    files = unpacked(mallory, finish(exports.begin_export(by=mallory, room_id=room.id)[0]))
    told = json.dumps(events_in(files, "events/"))
    assert "in her time" in told
    assert "before her time" not in told


def test_a_step_that_runs_twice_or_stops_in_the_middle_changes_nothing(
    room: Room, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PAGE", 1)
    for n in range(4):
        say(bob, room, f"word {n}")
    export, _ = exports.begin_export(by=bob)
    exports.advance(export.id)
    with monkeypatch.context() as broken:
        broken.setattr(zlib, "compress", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            exports.advance(export.id)
    finish(export)
    assert not exports.advance(export.id)
    assert [event["data"]["text"] for event in events_in(unpacked(bob, export), "rooms/")] == [
        f"word {n}" for n in range(4)
    ]
    assert (export.done, export.whole) == (4, 4)


def test_progress_only_rises(room: Room, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 2)
    for n in range(5):
        say(bob, room, f"word {n}")
    export, _ = exports.begin_export(by=bob)
    seen = []
    while exports.advance(export.id):
        export.refresh_from_db()
        seen.append((export.done, export.whole))
        with pytest.raises(NotReady):
            exports.open_export(by=bob, export_id=export.id)
    assert seen == sorted(seen)
    assert seen[1] == (2, 5)


def test_the_task_goes_on_where_it_was(room: Room, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", 1)
    monkeypatch.setattr(tasks, "BUSY_SECONDS", -1.0)
    for n in range(3):
        say(bob, room, f"word {n}")
    export, _ = exports.begin_export(by=bob)
    again: list[str] = []
    monkeypatch.setattr(tasks.make_export, "delay", again.append)
    tasks.make_export(export.id)
    while again:
        tasks.make_export(again.pop())
    export.refresh_from_db()
    assert export.state == ExportState.READY


def test_only_who_asked_has_it_and_one_is_made_at_a_time(room: Room, alice: User, bob: User) -> None:
    export, _ = exports.begin_export(by=bob)
    assert exports.begin_export(by=bob) == (export, False)
    finish(export)
    for ask in (exports.find_export, exports.end_export, exports.open_export):
        with pytest.raises(NoSuchExport):
            ask(by=alice, export_id=export.id)
    with pytest.raises(NotYourRole):
        exports.begin_export(by=bob, room_id=room.id)


def test_an_export_of_a_room_that_is_owned_no_longer_can_not_be_had(
    room: Room, alice: User, bob: User, mallory: User
) -> None:
    with pytest.raises(NoSuchRoom):
        exports.begin_export(by=mallory, room_id=room.id)
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="owner")
    ready = finish(exports.begin_export(by=bob, room_id=room.id)[0])
    working, _ = exports.begin_export(by=bob, room_id=room.id)
    moderation.change_member(by=alice, room=room, user_id=bob.id, role="member")
    with pytest.raises(NoSuchExport):
        exports.open_export(by=bob, export_id=ready.id)
    finish(working)
    assert working.state == ExportState.FAILED
    assert not ExportFile.objects.filter(export=working).exists()


def test_it_is_over_after_its_hours_and_the_sweep_takes_it_away(room: Room, bob: User) -> None:
    export = finish(exports.begin_export(by=bob)[0])
    assert export.expires_at - timezone.now() > dt.timedelta(hours=71)
    Export.objects.update(expires_at=timezone.now())
    with pytest.raises(NoSuchExport):
        exports.open_export(by=bob, export_id=export.id)
    tasks.go_on()
    assert not Export.objects.exists()
    assert not ExportFile.objects.exists()


def test_the_sweep_takes_up_what_stands_still(room: Room, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    export, _ = exports.begin_export(by=bob)
    begun: list[str] = []
    monkeypatch.setattr(tasks.make_export, "delay", begun.append)
    tasks.go_on()
    assert begun == []
    Export.objects.update(moved_at=timezone.now() - dt.timedelta(minutes=2))
    tasks.go_on()
    assert begun == [export.id]


def test_exports_over_the_api(room: Room, alice: User, bob: User) -> None:
    calls = caller(bob)
    begun = calls.post("me/exports/")
    assert begun.status == 201
    assert (begun.body["state"], begun.body["url"], begun.body["room"]) == ("working", None, None)
    assert calls.post("me/exports/").status == 200
    address = f"me/exports/{begun.body['id']}/"
    assert calls.get(f"{address}file/").code == "conflict"
    finish(Export.objects.get())
    told = calls.get(address).body
    assert told["state"] == "ready"
    assert calls.get("me/exports/").body["results"] == [told]
    fetched = calls.get(told["url"].removeprefix("/api/v1/"))
    assert fetched.headers["Content-Type"] == "application/zip"
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert "account.json" in ZipFile(io.BytesIO(fetched.raw)).namelist()
    assert caller(alice).get(address).status == 404
    assert calls.delete(address).status == 204
    assert calls.get(address).status == 404
    assert list(
        Entry.objects.filter(action__startswith="export").values_list("action", "by_id", "user_id")
    ) == [
        ("export.begun", bob.id, bob.id),
        ("export.fetched", bob.id, ""),
    ]
    rooms = caller(alice).post(f"rooms/{room.id}/exports/")
    assert (rooms.status, rooms.body["room"]) == (201, room.id)
    assert caller(alice).get(f"rooms/{room.id}/exports/").body["results"] == [rooms.body]


def test_an_export_has_the_files_that_are_still_there(room: Room, alice: User, bob: User) -> None:
    def attach(by: User, name: str) -> tuple[str, int]:
        file = upload_file(by=by, room_id=room.id, file=SimpleUploadedFile(name, name.encode() * 50_000))
        sent = send_message(by=by.id, room_id=room.id, text="", client_id=uuid.uuid4(), attachments=[file.id])
        return file.id, sent.event.seq

    kept, gone, others = attach(bob, "tides.txt"), attach(bob, "old.txt"), attach(alice, "quay.txt")
    mine = finish(exports.begin_export(by=bob)[0])
    whole = finish(exports.begin_export(by=alice, room_id=room.id)[0])
    delete_message(change(bob, room, gone[1]))

    def files_in(found: dict[str, Any]) -> dict[str, bytes]:
        return {name: data for name, data in found.items() if name.startswith("files/")}

    tides = {f"files/{kept[0]}/tides.txt": b"tides.txt" * 50_000}
    quay = {f"files/{others[0]}/quay.txt": b"quay.txt" * 50_000}
    assert files_in(unpacked(bob, mine)) == tides
    assert files_in(unpacked(alice, whole)) == tides | quay
