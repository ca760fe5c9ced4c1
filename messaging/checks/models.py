"""How far the logs are checked, and what was found."""

from typing import ClassVar

from django.db import models

from rooms.models import Room


class LogPosition(models.Model):
    """How far a room's log is checked: all up to `seq`, and what follows up to `upto` is being looked at.

    Now and then a room is gone through anew, since `begun`; `reached` is how far it was checked at any time.
    """

    room = models.OneToOneField(Room, models.CASCADE, primary_key=True, related_name="checked")
    seq = models.PositiveBigIntegerField(default=0)
    upto = models.PositiveBigIntegerField("up to", default=0)
    reached = models.PositiveBigIntegerField(default=0)
    begun = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.room_id} up to {self.seq}"


class FaultKind(models.TextChoices):
    """What can be wrong with a log."""

    LOST = "lost", "numbers without an entry"
    DOUBLED = "doubled", "the same more than once"
    DISORDERED = "disordered", "stored before what it follows"
    ASTRAY = "astray", "about a message that is not there"
    AHEAD = "ahead", "beyond the end of the log"
    RECEIPT = "receipt", "a receipt beyond the end of the log"


class LogFault(models.Model):
    """Something wrong from `seq` on, `count` times; `at` is when it was seen last."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="faults", db_index=False)
    seq = models.PositiveBigIntegerField("number")
    kind = models.CharField(max_length=10, choices=FaultKind)
    count = models.PositiveBigIntegerField(default=1)
    at = models.DateTimeField("seen")

    class Meta:
        verbose_name = "fault of a log"
        verbose_name_plural = "faults of logs"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["room", "seq", "kind"], name="fault_once"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.seq} {self.kind}"


class LogCheck(models.Model):
    """The one row that says what the last look found: `checked` entries of all logs, `behind` if there are more."""

    at = models.DateTimeField()
    checked = models.PositiveBigIntegerField()
    faults = models.PositiveBigIntegerField()
    behind = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.faults} in {self.checked} at {self.at}"
