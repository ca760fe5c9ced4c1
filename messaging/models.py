"""The room log and the watermarks of those who read it.

Every key begins with the room, and people are ids: a room's rows can live together in
another database than the catalog of people.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from chatsite.ids import new_id
from rooms.models import Room


class EventKind(models.TextChoices):
    """The kinds of durable change; the names of the wire."""

    MESSAGE_CREATED = "message.created"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_DELETED = "message.deleted"
    REACTION_ADDED = "reaction.added"
    REACTION_REMOVED = "reaction.removed"
    MEMBER_JOINED = "member.joined"
    MEMBER_LEFT = "member.left"
    MEMBER_CHANGED = "member.changed"
    ROOM_CHANGED = "room.changed"
    ROOM_ARCHIVED = "room.archived"


class RoomLog(models.Model):
    """The head of one room's log: the row that is locked to take the next sequence number.

    `head` is the newest `seq` (0 for an empty log), `min_seq` the oldest that retention has
    left, `epoch` changes only when the log was restored from a backup.
    """

    room = models.OneToOneField(Room, models.CASCADE, primary_key=True, related_name="log")
    epoch = models.CharField(max_length=16)
    head = models.PositiveBigIntegerField(default=0)
    min_seq = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.room_id} at {self.head}"


class Event(models.Model):
    """One durable change of a room. A message is its own `message.created` row.

    `subject` is the `seq` of the message that a later event is about. `body_digest` is a
    keyed digest of the first body sent with `client_id`, to tell a repetition from a conflict.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="events", db_index=False)
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, choices=EventKind)
    by_id = models.CharField(max_length=16)
    at = models.DateTimeField()
    client_id = models.UUIDField(null=True)
    body_digest = models.BinaryField(max_length=16, null=True)
    subject = models.PositiveBigIntegerField(null=True)
    text = models.TextField(blank=True)
    reply_to = models.PositiveBigIntegerField(null=True)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "seq"], name="event_seq_once"),
            models.UniqueConstraint(fields=["room", "by_id", "client_id"], name="event_client_id_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="event_seq_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.seq} {self.kind}"


class Reaction(models.Model):
    """One emoji of one person on one message; `event_seq` is the `reaction.added` that put it there."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="reactions", db_index=False)
    message_seq = models.PositiveBigIntegerField()
    user_id = models.CharField(max_length=16)
    emoji = models.CharField(max_length=64)
    event_seq = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["room", "message_seq", "emoji", "user_id"], name="reaction_of_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} of {self.user_id} on {self.room_id}/{self.message_seq}"


EVERYONE = ""
"""In a mention's `user_id`: all who belong to the room, in one row however many they are."""


class Mention(models.Model):
    """A message that names somebody, or everyone: what their mention badge counts. `by_id` said it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="mentions", db_index=False)
    message_seq = models.PositiveBigIntegerField()
    user_id = models.CharField(max_length=16, blank=True)
    by_id = models.CharField("said by", max_length=16, default="", db_default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "user_id", "message_seq"], name="mention_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or 'everyone'} in {self.room_id}/{self.message_seq}"


class Pin(models.Model):
    """A message that its room keeps at hand; `event_seq` is the `room.changed` that pinned it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="pins", db_index=False)
    message_seq = models.PositiveBigIntegerField()
    by_id = models.CharField("pinned by", max_length=16)
    event_seq = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "message_seq"], name="pin_of_message_once"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.message_seq}"


class Attachment(models.Model):
    """A file that somebody gave to a room; `message_seq` is the message that carries it, null before there is one.

    `key` and `preview` are its places in storage. `previews_left` counts the tries that are left to make a preview.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="attachments", db_index=False)
    by_id = models.CharField("given by", max_length=16)
    at = models.DateTimeField()
    message_seq = models.PositiveBigIntegerField("message", null=True)
    name = models.CharField(max_length=160)
    type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField("bytes")
    alt = models.CharField(max_length=1000, blank=True)
    width = models.PositiveBigIntegerField(null=True)
    height = models.PositiveBigIntegerField(null=True)
    key = models.CharField(max_length=100)
    preview = models.CharField(max_length=100, blank=True)
    previews_left = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["room", "message_seq"], name="attachment_of_message"),
            models.Index(fields=["by_id", "message_seq"], name="attachment_of_person"),
            models.Index(fields=["at"], name="attachment_by_age"),
            models.Index(fields=["at"], name="attachment_unsent", condition=Q(message_seq=None)),
            models.Index(fields=["at"], name="attachment_to_preview", condition=Q(previews_left__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class Leftover(models.Model):
    """Bytes in storage that belong to nothing, unless somebody makes them theirs before `after`: then they are erased."""

    key = models.CharField(max_length=100, unique=True)
    after = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key} after {self.after}"


class ReportState(models.TextChoices):
    """Whether a report waits for somebody, or what came of it."""

    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Report(models.Model):
    """A member's pointing at a message of another: `about_id` said it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="reports", db_index=False)
    message_seq = models.PositiveBigIntegerField()
    by_id = models.CharField("reported by", max_length=16)
    about_id = models.CharField("who said it", max_length=16)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ReportState, default=ReportState.OPEN)
    closed_by_id = models.CharField("closed by", max_length=16, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "message_seq", "by_id"], name="report_of_person_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["room", "state", "id"], name="report_queue_of_room"),
            models.Index(fields=["state", "id"], name="report_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.message_seq} by {self.by_id}: {self.state}"


class Watermark(models.Model):
    """How far one member has received and read one room; both never fall."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="watermarks", db_index=False)
    user_id = models.CharField(max_length=16)
    delivered = models.PositiveBigIntegerField()
    read = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "user_id"], name="watermark_once"),
            models.CheckConstraint(condition=Q(read__lte=F("delivered")), name="watermark_read_is_delivered"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}: {self.delivered}, {self.read}"


class WatermarkAdvance(models.Model):
    """One step of a watermark, with its time: since when somebody has a message."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="advances", db_index=False)
    user_id = models.CharField(max_length=16)
    delivered = models.PositiveBigIntegerField()
    read = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["room", "user_id", "delivered"], name="advance_by_delivered"),
            models.Index(fields=["at"], name="advance_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id} at {self.at}: {self.delivered}, {self.read}"


class IndexedMessage(models.Model):
    """What search knows of one message: its words, folded (`search/words.py`), and what a filter asks.

    It stands beside the log, so that no send waits for an index; its key is the message's, whose order is that of storing.
    """

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="indexed")
    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_index=False)
    seq = models.PositiveBigIntegerField()
    by_id = models.CharField(max_length=16)
    at = models.DateTimeField()
    words = models.TextField()
    has_link = models.BooleanField()
    has_file = models.BooleanField()
    has_image = models.BooleanField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["room", "event"], name="indexed_of_room"),
            models.Index(fields=["by_id", "event"], name="indexed_of_person"),
            models.Index(
                fields=["event"], condition=Q(has_link=True) | Q(has_file=True), name="indexed_that_holds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.seq}"


class IndexPosition(models.Model):
    """How far a room's log is in the index: what follows `seq` is searched in the log itself."""

    room = models.OneToOneField(Room, models.CASCADE, primary_key=True, related_name="index_position")
    seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.room_id} up to {self.seq}"
