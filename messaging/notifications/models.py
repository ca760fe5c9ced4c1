"""Whom to tell, on which devices, and what each of these is showing."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from chatsite.ids import new_id

LONGEST_ENDPOINT = 1000

# In place of hours: whatever the site has.
SITES_HOURS = "site"


class ServerKey(models.Model):
    """The key that the site's pushes are signed with (VAPID): one row, sealed under the secret key."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    sealed = models.TextField(editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="server_key_once"),
        ]

    def __str__(self) -> str:
        return "the key of pushes"


class Preferences(models.Model):
    """How one person wants to be told; who has no row wants what a new row says.

    Mail tells of messages later than `mailed_until`; `mail_after` is the moment before which nothing is mailed to them.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    push = models.BooleanField(default=True, help_text="Whether their devices show notices.")
    show_text = models.BooleanField(default=True, help_text="Whether notices and mails hold what was said.")
    quiet_hours = models.CharField(
        max_length=11, default=SITES_HOURS, blank=True, help_text="As in 22:00-07:00; empty: none."
    )
    email = models.BooleanField(default=False, help_text="Whether they get a mail with what they missed.")
    mailed_until = models.DateTimeField(default=timezone.now, editable=False)
    mail_after = models.DateTimeField(default=timezone.now, editable=False)
    mail_failures = models.PositiveIntegerField(default=0, editable=False)
    mail_error = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "preferences"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["mail_after"], condition=models.Q(email=True), name="preferences_mail_due"),
        ]

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"


class PushSubscription(models.Model):
    """A browser that shows notices, reached at `endpoint`, a secret address at its maker's push service.

    It holds as long as the session or token that made it (`credential_key` and `proof` are those of its `Credential`).
    While an endpoint fails, nothing is sent to it before `retry_at`.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_subscriptions", editable=False
    )
    endpoint = models.CharField(max_length=LONGEST_ENDPOINT, editable=False)
    endpoint_digest = models.CharField(max_length=64, unique=True, editable=False)
    p256dh = models.CharField(max_length=90, editable=False)
    auth = models.CharField(max_length=24, editable=False)
    credential_key = models.CharField(max_length=80, editable=False)
    proof = models.CharField(max_length=64, editable=False)
    device = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    last_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    last_error = models.CharField(max_length=200, blank=True, editable=False)
    retry_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.device or 'a device'} of {self.user_id}"


class Notice(models.Model):
    """What one device is to be told of one room.

    `seq` is the newest message that it may be told of, `told` the one that it shows (0: none). At `due_at` somebody
    looks what it should show, and sends that; null: it is as it should be. `told_at` is when it was last sent a message,
    `waited` says that its person was here at first.
    """

    subscription = models.ForeignKey(
        PushSubscription, models.CASCADE, related_name="notices", db_index=False, editable=False
    )
    room_id = models.CharField(max_length=16, editable=False)
    seq = models.PositiveBigIntegerField(editable=False)
    told = models.PositiveBigIntegerField(default=0, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)
    waited = models.BooleanField(default=False, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscription", "room_id"], name="notice_of_device_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="notice_due"),
            models.Index(fields=["room_id"], name="notice_of_room"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.seq} for {self.subscription_id}"


class Place(models.Model):
    """How far a room's log was looked at for somebody to tell; kept only for rooms where somebody wants it."""

    room_id = models.CharField(primary_key=True, max_length=16, editable=False)
    seq = models.PositiveBigIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return f"{self.room_id} at {self.seq}"
