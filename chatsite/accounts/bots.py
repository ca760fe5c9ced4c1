"""Bots: programs that speak under a name of their own. Each is owned by a person, or by the site."""

from django.db import transaction
from django.db.models import Q, QuerySet

from chatsite.errors import Conflict, Forbidden, NotFound
from chatsite.idempotency import Key
from chatsite.ids import is_id

from . import services
from .models import ApiToken, User, UserKind
from .permissions import can_create_user
from .usernames import refuse_confusable

MOST_BOTS = 20


class TooManyBots(Conflict):
    """Somebody has as many as one may have."""

    default_message = f"One person has at most {MOST_BOTS} bots."


def bots_of(user: User) -> QuerySet[User]:
    """The active bots that somebody looks after: their own, and the site's for who may make users."""
    mine = Q(owner=user)
    if can_create_user(user):
        mine |= Q(owner__isnull=True)
    return User.objects.filter(mine, kind=UserKind.BOT, is_active=True)


def find_bot(*, by: User, bot_id: str) -> User:
    """One of the bots that `by` looks after. Raises `NotFound` for any other."""
    found = bots_of(by).filter(id=bot_id).first() if is_id(bot_id) else None
    if found is None:
        raise NotFound
    return found


def create_bot(
    *, by: User, username: str, display_name: str = "", site: bool = False, key: Key | None = None
) -> User:
    """A new bot of `by`, or with `site` of the site. It has no password: it shows tokens.

    Raises `Forbidden`, `BadRequest` with the field at fault, `UsernameTaken` and `TooManyBots`.
    """
    if by.kind == UserKind.BOT or (site and not can_create_user(by)):
        raise Forbidden
    refuse_confusable(services.valid_username(username))
    with transaction.atomic():
        User.objects.select_for_update().get(id=by.id)  # two at once do not pass the limit together
        body = ["bot", username, display_name, site]
        made = services.find_claimed(by=by, key=key, body=body) if key else None
        if made is not None:
            return User.objects.get(id=made)
        if not site and User.objects.filter(owner=by, is_active=True).count() >= MOST_BOTS:
            raise TooManyBots
        bot = services.create_user(
            by=None,
            username=username,
            password=None,
            display_name=display_name,
            kind=UserKind.BOT,
            recorded_as=by,
        )
        if not site:
            bot.owner = by
            bot.save(update_fields=["owner"])
        if key:
            services.claim_key(by=by, key=key, body=body, result_id=bot.id)
    return bot


def end_bot(*, by: User, bot_id: str) -> None:
    """Turn a bot off and end its tokens; rooms keep what it said. Raises `NotFound`."""
    bot = find_bot(by=by, bot_id=bot_id)
    with transaction.atomic():
        ApiToken.objects.filter(user=bot).delete()
        services.deactivate_user(by=None, user=bot, recorded_as=by)
