"""What can be done to people, their tokens and their sessions.

`by` is who does it; None is the operator at the command line, who may do everything. What ends a
credential is announced to the person's sockets when it is committed.
"""

import re
import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chatsite import clock
from chatsite.audit.actions import Action
from chatsite.audit.record import record
from chatsite.errors import BadRequest, Conflict, Forbidden, NotFound
from chatsite.idempotency import Key, ShownBefore, body_digest
from chatsite.ids import is_id
from chatsite.text import one_line
from messaging.delivery import broker

from .avatars import avatar_digest, make_avatar
from .credentials import session_credential_key, token_credential_key
from .digests import session_digest, token_digest
from .emails import clean_email
from .models import (
    USERNAME_PATTERN,
    USERNAME_RULE,
    ApiToken,
    Avatar,
    IdempotencyKey,
    Scope,
    Session,
    User,
    UserKind,
)
from .permissions import can_change_user, can_create_user
from .time_zones import time_zones

LONGEST_NAME = 80
LONGEST_PASSWORD = 1024
LONGEST_STATUS = 100

# Tells scanners for leaked secrets what they found.
_MARK = "parley_"
_PREFIX_LENGTH = len(_MARK) + 5


class UsernameTaken(Conflict):
    """Another user has that name, in whatever case."""

    default_message = "That username is taken."


class TokenShownBefore(ShownBefore):
    """The call that made this token came again; the secret is shown once only."""

    default_message = "This token was made before, and is shown only once."


def create_user(
    *,
    by: User | None,
    username: str,
    password: str | None,
    display_name: str = "",
    email: str = "",
    kind: str = UserKind.PERSON,
    key: Key | None = None,
    recorded_as: User | None = None,
) -> User:
    """A new user. With `password` None they can't sign in with one.

    `recorded_as` is whose act the audit log calls it, where the caller has judged it already and `by` is None.

    Raises `Forbidden`, `BadRequest` with the field at fault, and `UsernameTaken`.
    """
    if by is not None and not can_create_user(by):
        raise Forbidden
    user = User(username=valid_username(username), display_name=valid_name(display_name), kind=kind)
    user.email = clean_email(email) if email else ""
    _set_password(user, password)
    body = ["user", username, display_name, email, kind]
    try:
        with transaction.atomic():
            first = claim_key(by=by, key=key, body=body, result_id=user.id) if by and key else None
            if first is not None:
                return User.objects.get(id=first)
            user.save(force_insert=True)
            record(Action.USER_CREATED, by=by or recorded_as, user=user.id, details={"kind": str(kind)})
    except IntegrityError as error:
        raise UsernameTaken(field="username") from error
    return user


def change_profile(*, by: User, user: User, **changes: str) -> User:
    """Change what somebody tells of themselves: `display_name`, `status_text`, `time_zone`, `language`.

    Raises `Forbidden`, and `BadRequest` with the field at fault.
    """
    if not can_change_user(user, by=by):
        raise Forbidden
    judged = {name: _PROFILE[name](value) for name, value in changes.items()}
    for name, value in judged.items():
        setattr(user, name, value)
    user.save(update_fields=list(judged))
    return user


def set_avatar(*, by: User, user: User, picture: bytes) -> User:
    """Give somebody a picture. Raises `Forbidden`, `NotAPicture` and `TooLarge`."""
    if not can_change_user(user, by=by):
        raise Forbidden
    image = make_avatar(picture)
    user.avatar_digest = avatar_digest(image)
    with transaction.atomic():
        Avatar.objects.update_or_create(user=user, defaults={"image": image})
        user.save(update_fields=["avatar_digest"])
    return user


def remove_avatar(*, by: User, user: User) -> User:
    """Take somebody's picture away; nothing is kept of it. Raises `Forbidden`."""
    if not can_change_user(user, by=by):
        raise Forbidden
    user.avatar_digest = ""
    with transaction.atomic():
        Avatar.objects.filter(user=user).delete()
        user.save(update_fields=["avatar_digest"])
    return user


def change_password(*, by: User | None, user: User, password: str) -> None:
    """Set a new password: all sessions made with the old one end. Tokens stay.

    Raises `Forbidden` and `BadRequest`.
    """
    if by is not None and not can_change_user(user, by=by):
        raise Forbidden
    _set_password(user, password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        record(Action.PASSWORD_CHANGED, by=by, user=user.id)
        announce_ended(user_id=user.id, credential=None)


def deactivate_user(*, by: User | None, user: User, recorded_as: User | None = None) -> None:
    """Turn an account off: its sessions and tokens count no longer. Raises `Forbidden`.

    `recorded_as` as in `create_user`.
    """
    if by is not None and not can_change_user(user, by=by):
        raise Forbidden
    with transaction.atomic():
        User.objects.filter(id=user.id).update(is_active=False)
        user.is_active = False
        record(Action.USER_DEACTIVATED, by=by or recorded_as, user=user.id)
        announce_ended(user_id=user.id, credential=None)
        end_bots_of(user, by=by or recorded_as)


def end_bots_of(user: User, *, by: User | None = None) -> None:
    """Turn the bots off whose owner is turned off, by `by`: nobody looks after them any more."""
    for bot in User.objects.filter(owner=user, is_active=True):
        deactivate_user(by=None, user=bot, recorded_as=by)


def create_token(
    *,
    by: User,
    name: str,
    scopes: Collection[str] = tuple(Scope.values),
    expires_at: datetime | None = None,
    key: Key | None = None,
) -> tuple[ApiToken, str]:
    """A new API token for `by`, and its secret, which is kept nowhere.

    Raises `BadRequest` with the field at fault, and `TokenShownBefore` for a repeated `key`.
    """
    name = one_line(name, field="name", longest=LONGEST_NAME)
    wanted = sorted(set(scopes), key=Scope.values.index) if set(scopes) <= set(Scope.values) else []
    if not wanted:
        raise BadRequest(f"Scopes are one or more of {', '.join(Scope.values)}.", field="scopes")
    if expires_at is not None and expires_at <= clock.now():
        raise BadRequest("This moment is past.", field="expires_at")
    secret = _MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        user=by,
        name=name,
        prefix=secret[:_PREFIX_LENGTH],
        digest=token_digest(secret),
        scopes=wanted,
        expires_at=expires_at,
    )
    body = ["token", name, wanted, expires_at.isoformat() if expires_at else None]
    with transaction.atomic():
        first = claim_key(by=by, key=key, body=body, result_id=token.id) if key else None
        if first is not None:
            raise TokenShownBefore(first)
        token.save(force_insert=True)
        record(Action.TOKEN_CREATED, by=by, user=by.id, target=token.id, details={"scopes": list(wanted)})
    return token, secret


def end_token(*, by: User, token_id: str, recorded_as: User | None = None) -> None:
    """Delete one's own token; what was opened with it ends. Raises `NotFound`.

    `recorded_as` as in `create_user`.
    """
    with transaction.atomic():
        mine = ApiToken.objects.filter(user=by, id=token_id) if is_id(token_id) else ApiToken.objects.none()
        if not mine.delete()[0]:
            raise NotFound
        record(Action.TOKEN_ENDED, by=recorded_as or by, user=by.id, target=token_id)
        announce_ended(user_id=by.id, credential=token_credential_key(token_id))


def end_session(*, by: User, session_key: str) -> None:
    """End the session of this key; its sockets end with it. A session that is gone is no error."""
    with transaction.atomic():
        Session.objects.filter(session_key=session_digest(session_key)).delete()
        announce_ended(user_id=by.id, credential=session_credential_key(session_key))


def end_session_named(*, by: User, session_id: str) -> None:
    """End one of the sessions of `by`, by its name in the list. Raises `NotFound`."""
    with transaction.atomic():
        if not Session.objects.filter(user=by, session_key=session_id).delete()[0]:
            raise NotFound
        announce_ended(user_id=by.id, credential=f"session:{session_id}")


def end_other_sessions(*, by: User, keep: str | None) -> int:
    """End the sessions of `by`, but the one whose key is `keep`; how many. Tokens stay."""
    with transaction.atomic():
        others = Session.objects.filter(user=by).exclude(session_key=session_digest(keep or ""))
        ended = others.delete()[0]
        announce_ended(user_id=by.id, credential=None)
    return ended


def claim_key(*, by: User, key: Key, body: object, result_id: str) -> str | None:
    """In the running transaction: None when this key is new, else the id of what its first call made.

    For calls that make something outside a room's log, which keeps keys itself. Two calls at the same
    moment: the unique constraint lets one of them wait for the other's commit. Raises `KeyUsedForAnother`.
    """
    if key.value is None:
        return None
    row, fresh = IdempotencyKey.objects.get_or_create(
        by=by, key=key.value, defaults={"body_digest": body_digest(body), "result_id": result_id}
    )
    if fresh:
        return None
    key.admit(row.body_digest, body)
    return row.result_id


def find_claimed(*, by: User, key: Key, body: object) -> str | None:
    """The id of what an earlier call with this key made, if there was one. Raises `KeyUsedForAnother`."""
    row = IdempotencyKey.objects.filter(by=by, key=key.value).first() if key.value else None
    if row is None:
        return None
    key.admit(row.body_digest, body)
    return row.result_id


def announce_ended(*, user_id: str, credential: str | None) -> None:
    """Tell a person's sockets that a credential ended; None: ask again about each of them."""
    broker.publish_to_user(user_id, {"type": "session.ended", "credential": credential})


def valid_username(username: str) -> str:
    """A username, if it has the form of one. Raises `BadRequest`."""
    if not re.fullmatch(USERNAME_PATTERN, username):
        raise BadRequest(USERNAME_RULE, field="username")
    return username


def valid_name(display_name: str) -> str:
    """The name that others see, as it is kept. Raises `BadRequest`."""
    return one_line(display_name, field="display_name", longest=LONGEST_NAME, shortest=0)


def _valid_status(status_text: str) -> str:
    return one_line(status_text, field="status_text", longest=LONGEST_STATUS, shortest=0)


def _valid_time_zone(time_zone: str) -> str:
    if time_zone and time_zone not in time_zones():
        raise BadRequest("This is no time zone. One is Europe/Lisbon, for example.", field="time_zone")
    return time_zone


def _valid_language(language: str) -> str:
    if language and language not in dict(settings.LANGUAGES):
        raise BadRequest("This language is not spoken here yet.", field="language")
    return language


_PROFILE: dict[str, Callable[[str], str]] = {
    "display_name": valid_name,
    "status_text": _valid_status,
    "time_zone": _valid_time_zone,
    "language": _valid_language,
}


def _set_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    if len(password) > LONGEST_PASSWORD:
        raise BadRequest(
            _("A password has at most {n} characters.").format(n=LONGEST_PASSWORD), field="password"
        )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadRequest(" ".join(error.messages), field="password") from error
    user.set_password(password)
