"""The world that the matrix of routes and actors is asked in: one private room, one public one, something of everything."""

import uuid
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile

from chatsite.accounts import bots
from chatsite.accounts import services as accounts
from chatsite.accounts.credentials import of_token
from chatsite.accounts.models import User
from chatsite.leaving import exports
from chatsite.rest.examples import EXAMPLES
from messaging import reports
from messaging import services as messages
from messaging.files import uploads
from messaging.models import Attachment
from messaging.notifications import subscriptions
from rooms import invites, moderation, services
from rooms.models import Room
from tests.support.http import Caller, caller
from tests.support.people import ALICE

ACTORS = ("owner", "moderator", "member", "guest", "outside", "bot", "nobody")
MADE_UP = "0" * 16


@dataclass
class World:
    """Who is there, and what addresses name. Emil is banned from both rooms; Fritz belongs to neither."""

    people: dict[str, User]
    names: dict[str, str] = field(default_factory=dict)
    calls: dict[str, Caller] = field(default_factory=dict)

    def fill(self, text: str, **changed: str) -> str:
        """Put names into an address or a value."""
        for name, value in (self.names | changed).items():
            text = text.replace("{" + name + "}", value)
        return text


def make_world(alice: User, bob: User, carol: User, mallory: User, robo: User) -> World:
    """Make it: Alice owns the rooms, Mona moderates, Bob and Robo are members, Carol is a guest, Mallory is outside."""
    mona, emil, fritz = (User.objects.create(username=name) for name in ("mona", "emil", "fritz"))
    people = {
        "owner": alice,
        "moderator": mona,
        "member": bob,
        "guest": carol,
        "outside": mallory,
        "bot": robo,
    }
    private, public = (
        _make_room(kind, alice, {"moderator": mona, "member": bob, "guest": carol, "bot": robo}, emil)
        for kind in ("private", "public")
    )
    token, _ = accounts.create_token(by=alice, name="the one that is ended")
    bot = bots.create_bot(by=alice, username="alices-helper")
    bot_token, _ = accounts.create_token(by=bot, name="the one that is ended")
    invite, code = invites.create_invite(by=alice, room=private)
    report, _ = reports.report_message(by=alice.id, room_id=private.id, seq=7, reason="spam")
    subscription, _ = subscriptions.subscribe(
        by=alice,
        credential=of_token(token),
        endpoint="https://push.example.net/the-one-that-is-ended",
        **EXAMPLES["SubscriptionKeysRequest"],
    )
    carried, waiting = (_file_of(bob, private, name) for name in ("carried.txt", "waiting.txt"))
    messages.send_message(
        by=bob.id, room_id=private.id, text="", client_id=uuid.uuid4(), attachments=[carried]
    )
    export, _ = exports.begin_export(by=alice)
    while exports.advance(export.id):
        pass
    names = {
        "room_id": private.id,
        "public": public.id,
        "user_id": carol.id,
        "banned": emil.id,
        "newcomer": fritz.id,
        "token_id": token.id,
        "bot_id": bot.id,
        "bot_token_id": bot_token.id,
        "invite_id": invite.id,
        "export_id": export.id,
        "subscription_id": subscription.id,
        "code": code,
        "file_id": carried,
        "waiting_file": waiting,
        "seq": "6",
        "report_id": str(report.pk),
        "emoji": "⚓",
        "password": ALICE.password,
    }
    calls = {role: caller(person) for role, person in people.items()} | {"nobody": Caller()}
    return World(people, names, calls)


def _file_of(by: User, room: Room, name: str) -> str:
    content = SimpleUploadedFile(name, b"tide table")
    file = uploads.upload_file(by=by, room_id=room.id, file=content)
    Attachment.objects.filter(id=file.id).update(preview=file.key)  # as if it were a picture, made small
    return file.id


def _make_room(kind: str, owner: User, members: dict[str, User], banned: User) -> Room:
    """Five people come; then Bob says something, twice: `seq` 6 and 7."""
    room = services.create_room(by=owner, name="Harbour", kind=kind)
    for actor, person in members.items():
        role = "member" if actor == "bot" else actor
        services.add_member(by=owner, room=room, user_id=person.id, role=role)
    moderation.ban_member(by=owner, room=room, user_id=banned.id)
    bob = members["member"]
    for text in ("hi", "buy my boats"):
        messages.send_message(by=bob.id, room_id=room.id, text=text, client_id=uuid.uuid4())
    return room
