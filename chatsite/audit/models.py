"""The audit log. Its rows are never changed or deleted: triggers in the database refuse both.

Ids only, without foreign keys: what is done to a thing is still known when the thing is gone. Never what
people say, and no address: those lie in a table of their own, which forgets.
"""

from typing import ClassVar

from django.db import models

from .actions import Action
from .doors import Door


class Entry(models.Model):
    """One privileged act.

    `by_id` is empty for the operator at the command line and for the site itself; `target` names what else the
    act was about: a token, an invite, a report, the `seq` of a message. `details` say from what to what.
    """

    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=24, choices=Action)
    door = models.CharField(max_length=8, choices=[(door.value, door.value) for door in Door])
    by_id = models.CharField("by", max_length=16, blank=True)
    user_id = models.CharField("to whom", max_length=16, blank=True)
    room_id = models.CharField("room", max_length=16, blank=True)
    target = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "entries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["by_id", "id"], name="audit_by_actor"),
            models.Index(fields=["user_id", "id"], name="audit_by_person"),
            models.Index(fields=["room_id", "id"], name="audit_by_room"),
            models.Index(fields=["action", "id"], name="audit_by_action"),
            models.Index(fields=["target", "id"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} by {self.by_id or 'the operator'}"


class EntryAddress(models.Model):
    """From where an act came; forgotten after `AUDIT_ADDRESS_DAYS`."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="origin")
    address = models.GenericIPAddressField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "entry addresses"

    def __str__(self) -> str:
        return self.address
