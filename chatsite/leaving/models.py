"""Exports and deletions that are under way. Both are done in small steps, whose place is kept here."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from chatsite.ids import new_id


class ExportState(models.TextChoices):
    """Whether a file is being made, can be had, or will not be."""

    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


class Export(models.Model):
    """A file that somebody asked for: what is kept of themselves or, with `room_id`, a room of theirs.

    `done` of `whole` events are in it; `place` is where the next step goes on. It is deleted at `expires_at`.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    room_id = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=7, choices=ExportState, default=ExportState.WORKING)
    done = models.PositiveBigIntegerField(default=0)
    whole = models.PositiveBigIntegerField(default=0)
    place = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["by", "room_id"],
                condition=models.Q(state=ExportState.WORKING),
                name="export_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.id} of {self.room_id or self.by_id}"

    @property
    def address(self) -> str:
        """Where the zip is, once it is ready."""
        return f"/api/v1/me/exports/{self.id}/file/"


class ExportFile(models.Model):
    """One file of an export, compressed. In the database, so that every server has it.

    With `attachment_id` it is what somebody attached: it stays where it is kept, and is put in when the export is fetched.
    """

    export = models.ForeignKey(Export, models.CASCADE, related_name="files", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    attachment_id = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["export", "number"], name="export_file_number_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Departure(models.Model):
    """Somebody who deleted their account, and who is still to be taken out of rooms.

    `successors` are the new owners that they named, by room; with `erase` what they said goes, too.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    successors = models.JSONField(default=dict)
    erase = models.BooleanField()
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"departure of {self.user_id}"
