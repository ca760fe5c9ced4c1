"""Who may sign in: people, bots, and the API tokens that programs show."""

import re
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from chatsite.ids import new_id

# Plain ASCII, so that two names that look alike are alike, and no sign at the ends that
# would run into the punctuation around a name in a sentence.
USERNAME_PATTERN = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?"

USERNAME_RULE = (
    "A username is 1 to 64 letters, digits, dots, hyphens and underscores, with no dot or hyphen at its ends."
)


# What reads alike in most typefaces, after everything is in lower case. Two signs come first.
_ALIKE = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("8", "b"))


def look_of(username: str) -> str:
    """How a username looks at a glance: two names of one look may be taken for each other."""
    look = re.sub(r"[._-]", "", username.lower())
    for sign, other in _ALIKE:
        look = look.replace(sign, other)
    return look


class UserKind(models.TextChoices):
    """Whether a person or a program speaks."""

    PERSON = "person"
    BOT = "bot"


class Scope(models.TextChoices):
    """What a token may do of that which its owner may do."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class AccountManager(UserManager["User"]):
    """Finds users by name without regard to case, as the unique constraint does."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of that name; raises `User.DoesNotExist`."""
        return self.alias(lower_username=Lower("username")).get(lower_username=(username or "").lower())

    async def aget_by_natural_key(self, username: str | None) -> "User":
        """As `get_by_natural_key`, without a thread."""
        return await self.alias(lower_username=Lower("username")).aget(
            lower_username=(username or "").lower()
        )


class User(AbstractUser):
    """A person or a bot. Never deleted, because rooms remember people by id: deactivated instead."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    username = models.CharField(
        max_length=64,
        unique=True,
        validators=[RegexValidator(rf"\A{USERNAME_PATTERN}\Z", USERNAME_RULE)],
        help_text=USERNAME_RULE,
        error_messages={"unique": "That username is taken."},
    )
    display_name = models.CharField(max_length=80, blank=True, help_text="The name that others see.")
    kind = models.CharField(max_length=6, choices=UserKind, default=UserKind.PERSON)
    owner = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bots",
        limit_choices_to={"kind": UserKind.PERSON},
        help_text="Of a bot: the person who looks after it; empty: the site.",
    )
    status_text = models.CharField(max_length=100, blank=True, help_text="What one is doing, in a few words.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="As in Europe/Lisbon; empty: unknown.")
    language = models.CharField(max_length=16, blank=True, help_text="Empty: as the browser asks.")
    avatar_digest = models.CharField(max_length=32, blank=True, editable=False)
    look = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["username"], condition=Q(kind=UserKind.BOT), name="user_bots"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_once",
                violation_error_message="That username is taken.",
            ),
            models.CheckConstraint(condition=Q(kind__in=UserKind.values), name="user_kind_known"),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(kind=UserKind.BOT),
                name="user_owned_is_bot",
                violation_error_message="Only a bot has an owner.",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def shown_name(self) -> str:
        """The name to show: the display name, or the username where none was given."""
        return self.display_name or self.username

    @property
    def avatar_url(self) -> str:
        """Where one's picture is; empty when there is none."""
        return f"/avatars/{self.id}/{self.avatar_digest}.webp" if self.avatar_digest else ""

    def save(self, *args: Any, **options: Any) -> None:
        """Store it, with how its name looks."""
        self.look = look_of(self.username)
        super().save(*args, **options)

    def get_full_name(self) -> str:
        """Django's word for the name to show."""
        return self.shown_name

    def get_short_name(self) -> str:
        """Django's word for the name to show."""
        return self.shown_name


class Avatar(models.Model):
    """Somebody's picture, as it is shown: a small WebP. In the database, so that every server has it."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="avatar")
    image = models.BinaryField()

    def __str__(self) -> str:
        return f"picture of {self.user_id}"


class Session(AbstractBaseSession):
    """A session. `session_key` is the digest of what the cookie holds: who reads the database cannot sign in.

    `device` are the browser's own words about itself; `seen_at` is right to five minutes.
    """

    session_key = models.CharField(primary_key=True, max_length=64, editable=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, editable=False, related_name="sessions")
    device = models.CharField(max_length=200, blank=True, editable=False)
    began_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[BaseSessionManager[Self]] = BaseSessionManager()

    def __str__(self) -> str:
        return f"session of {self.user_id or 'nobody'}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """What encodes and decodes `session_data`."""
        from .sessions import SessionStore  # noqa: PLC0415 (each knows the other)

        return SessionStore

    def save(self, **options: Any) -> None:
        """Store it; what a session's beginning wrote stays."""
        if options.get("force_update"):
            options["update_fields"] = ["session_data", "expire_date", "user", "device"]
        super().save(**options)


class SiteInvite(models.Model):
    """An invite to make an account here; only the code's digest is kept. Null is without end."""

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[models.Manager[Self]]

    def __str__(self) -> str:
        return f"invite of {self.created_at:%Y-%m-%d}"


class FirstRunCode(models.Model):
    """The code that opens the first-run page: one row at most, and its digest only."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="first_run_code_once"),
        ]

    def __str__(self) -> str:
        return f"code of {self.made_at:%Y-%m-%d %H:%M}"


class ApiToken(models.Model):
    """A bearer token of one user. Only its digest is kept: who reads the database cannot sign in.

    `scopes` is a list of `Scope` values; `prefix` is the token's first signs, to tell one
    from another in a list. `last_used_at` is right to the minute.
    """

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    objects: ClassVar[models.Manager[Self]]


class SocketTicket(models.Model):
    """A ticket that opens one socket once, for clients that cannot send a header with the handshake.

    It stands for the session or token that asked for it: `credential_key` and `proof` are those of its
    `Credential` (a digest or an id, no secret), which is asked again when the ticket is used. Only the ticket's digest is kept.
    """

    digest = models.CharField(primary_key=True, max_length=64, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    credential_key = models.CharField(max_length=80)
    proof = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ticket of {self.user_id}"


class IdempotencyKey(models.Model):
    """A key that came with a call which makes something outside a room's log, and what it made.

    Calls that make an event need no row here: the event keeps the key itself.
    """

    by = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    key = models.UUIDField()
    body_digest = models.BinaryField(max_length=16)
    result_id = models.CharField(max_length=16)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["by", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.by_id}"
