"""The shapes of messages, events and receipts on the wire."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from rest_framework import serializers

from chatsite.rest.fields import StrictSerializer, Text, WholeNumber
from messaging.files.carrying import kept_of
from messaging.files.shown import file_shown, files_shown
from messaging.models import Attachment, Event, Report, ReportState
from messaging.protocol import MAX_SEQ, rfc3339
from messaging.protocol import Event as EventFrame
from messaging.receipts import Mark, MemberReceipt


def event_json(frame: EventFrame) -> dict[str, Any]:
    """An event as on the socket, without `type`."""
    shown: dict[str, Any] = msgspec.to_builtins(frame.body)
    return shown


def message_json(event: Event, *, reactions: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A message in its present state. A deleted one has no text."""
    shown: dict[str, Any] = {
        "room": event.room_id,
        "seq": event.seq,
        "by": event.by_id,
        "at": rfc3339(event.at),
        "text": "" if event.deleted_at else event.text,
    }
    if event.reply_to is not None:
        shown["reply_to"] = event.reply_to
    if event.edited_at is not None:
        shown["edited_at"] = rfc3339(event.edited_at)
    shown["deleted"] = event.deleted_at is not None
    shown["attachments"] = files_shown(event.room_id, event.data.get("attachments", []))
    shown["reactions"] = [{"emoji": emoji, "users": list(users)} for emoji, users in reactions.items()]
    shown["mentions"] = event.data.get("mentions", [])
    if event.data.get("everyone"):
        shown["everyone"] = True
    return shown


def attachment_json(file: Attachment) -> dict[str, Any]:
    """A file as messages tell it."""
    return file_shown(file.room_id, kept_of(file))


def room_file_json(file: Attachment, *, sent: Mapping[int, datetime]) -> dict[str, Any]:
    """A file of a room, and the message that it came with."""
    seq = file.message_seq or 0
    return {**attachment_json(file), "seq": seq, "by": file.by_id, "at": rfc3339(sent[seq])}


def receipt_json(mark: Mark) -> dict[str, Any]:
    """One's own watermarks in a room."""
    return {"user": mark.user_id, "delivered": mark.delivered, "read": mark.read}


def receipts_json(message: Event, members: Sequence[MemberReceipt]) -> dict[str, Any]:
    """Who has a message, and since when; a time that is not there has not come yet."""
    return {
        "room": message.room_id,
        "seq": message.seq,
        "sent_at": rfc3339(message.at),
        "members": [_member_receipt_json(member) for member in members],
    }


def _member_receipt_json(member: MemberReceipt) -> dict[str, Any]:
    shown: dict[str, Any] = {"user": member.user_id}
    if member.delivered_at is not None:
        shown["delivered_at"] = rfc3339(member.delivered_at)
    if member.read_at is not None:
        shown["read_at"] = rfc3339(member.read_at)
    return shown


class EventSerializer(serializers.Serializer[Any]):
    """An entry of a room's log. A `tombstone` has no `by` and no `client_id`."""

    room = serializers.CharField()
    epoch = serializers.CharField()
    seq = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    data = serializers.DictField()  # type: ignore[assignment]  # a field; REST framework keeps them apart
    by = serializers.CharField(required=False)
    client_id = serializers.UUIDField(required=False)


class EventPageSerializer(serializers.Serializer[Any]):
    """A page of a room's log; `more`: there is another one after it."""

    epoch = serializers.CharField()
    head = serializers.IntegerField()
    events = EventSerializer(many=True)
    more = serializers.BooleanField()


class ReactionSerializer(serializers.Serializer[Any]):
    """One emoji, and who reacted with it."""

    emoji = serializers.CharField()
    users = serializers.ListField(child=serializers.CharField())


class AttachmentSerializer(serializers.Serializer[Any]):
    """A file of a room. `type` is what the server found in it; `preview_url` answers `not_found` until a worker has made it."""

    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    url = serializers.CharField()
    alt = serializers.CharField(required=False, help_text="What it shows, in words.")
    width = serializers.IntegerField(required=False)
    height = serializers.IntegerField(required=False)
    preview_url = serializers.CharField(required=False)


class RoomFileSerializer(AttachmentSerializer):
    """A file of a room, and the message that it came with."""

    seq = serializers.IntegerField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class RoomFilePageSerializer(serializers.Serializer[Any]):
    """A page of a room's files."""

    results = RoomFileSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class NewAttachment(StrictSerializer):
    """A file, as `multipart/form-data`."""

    file = serializers.FileField()
    alt = Text(required=False)


class AttachmentChange(StrictSerializer):
    """What the file shows, in words."""

    alt = Text()


class MessageSerializer(serializers.Serializer[Any]):
    """A message in its present state."""

    room = serializers.CharField()
    seq = serializers.IntegerField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    text = serializers.CharField(allow_blank=True)
    reply_to = serializers.IntegerField(required=False)
    edited_at = serializers.DateTimeField(required=False)
    deleted = serializers.BooleanField()
    attachments = AttachmentSerializer(many=True)
    reactions = ReactionSerializer(many=True)
    mentions = serializers.ListField(child=serializers.CharField())
    everyone = serializers.BooleanField(required=False, help_text="It names all members.")


class PinSerializer(serializers.Serializer[Any]):
    """A message that its room keeps at hand, and who pinned it."""

    by = serializers.CharField()
    message = MessageSerializer()


class PinPageSerializer(serializers.Serializer[Any]):
    """All of them, the newest pin first; `next` is null, for a room keeps few."""

    results = PinSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class MessagePageSerializer(serializers.Serializer[Any]):
    """Messages ascending by `seq`; `next` is the cursor of the next page in the same direction."""

    results = MessageSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class SnippetPartSerializer(serializers.Serializer[Any]):
    """A piece of text, and whether it is what was searched for."""

    text = serializers.CharField()
    match = serializers.BooleanField()


class FoundMessageSerializer(MessageSerializer):
    """A message that was found; `snippet` is a piece of it around the first match, in parts."""

    snippet = SnippetPartSerializer(many=True)


class SearchPageSerializer(serializers.Serializer[Any]):
    """Messages that were found, the newest first. Not `complete`: some older ones are not indexed yet."""

    results = FoundMessageSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    complete = serializers.BooleanField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """How far one has come in a room."""

    user = serializers.CharField()
    delivered = serializers.IntegerField()
    read = serializers.IntegerField()


class MemberReceiptSerializer(serializers.Serializer[Any]):
    """Since when one member has a message, and has read it."""

    user = serializers.CharField()
    delivered_at = serializers.DateTimeField(required=False)
    read_at = serializers.DateTimeField(required=False)


class MessageReceiptsSerializer(serializers.Serializer[Any]):
    """Who has a message: everyone but its author who was a member when it was sent."""

    room = serializers.CharField()
    seq = serializers.IntegerField()
    sent_at = serializers.DateTimeField()
    members = MemberReceiptSerializer(many=True)


class NewMessage(StrictSerializer):
    """A message to be sent."""

    text = Text()
    reply_to = WholeNumber(required=False, allow_null=True, min_value=1, max_value=MAX_SEQ)
    attachments = serializers.ListField(child=Text(), required=False, max_length=100)


class MessageChange(StrictSerializer):
    """The new text of a message."""

    text = Text()


class ReceiptChange(StrictSerializer):
    """How far one has come; either or both."""

    delivered = WholeNumber(required=False, min_value=0, max_value=MAX_SEQ)
    read = WholeNumber(required=False, min_value=0, max_value=MAX_SEQ)


class ReportSerializer(serializers.Serializer[Any]):
    """A member's pointing at a message; `about` said it."""

    id = serializers.IntegerField()
    room = serializers.CharField()
    seq = serializers.IntegerField()
    by = serializers.CharField()
    about = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=ReportState.choices)
    closed_by = serializers.CharField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class ReportPageSerializer(serializers.Serializer[Any]):
    """A page of reports."""

    results = ReportSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class NewReport(StrictSerializer):
    """Why moderators should look."""

    reason = Text()


class ReportChange(StrictSerializer):
    """What came of a report."""

    state = serializers.ChoiceField(choices=[ReportState.RESOLVED.value, ReportState.DISMISSED.value])


def report_json(report: Report) -> dict[str, Any]:
    """One report."""
    return {
        "id": report.pk,
        "room": report.room_id,
        "seq": report.message_seq,
        "by": report.by_id,
        "about": report.about_id,
        "reason": report.reason,
        "at": rfc3339(report.at),
        "state": report.state,
        "closed_by": report.closed_by_id or None,
        "closed_at": rfc3339(report.closed_at) if report.closed_at else None,
    }
