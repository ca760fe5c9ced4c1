"""Looking up people and tokens."""

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from chatsite.ids import is_id

from .models import ApiToken, Session, User


def active_users() -> QuerySet[User]:
    """Everybody who may sign in now."""
    return User.objects.filter(is_active=True)


def all_active(user_ids: Collection[str]) -> bool:
    """Whether each of these ids is an active user's."""
    wanted = set(user_ids)
    if not all(is_id(user_id) for user_id in wanted):
        return False
    return active_users().filter(id__in=wanted).count() == len(wanted)


def search_users(q: str) -> QuerySet[User]:
    """Active users whose username or display name contains `q`, without regard to case; all for an empty `q`."""
    if not q:
        return active_users()
    return active_users().filter(Q(username__icontains=q) | Q(display_name__icontains=q))


def users_by_id(user_ids: Collection[str]) -> QuerySet[User]:
    """Users of these ids, former ones too: their messages are still there and need a name."""
    return User.objects.filter(id__in=[user_id for user_id in user_ids if is_id(user_id)])


def ids_by_username(usernames: Collection[str]) -> dict[str, str]:
    """The ids of active users by their username in lower case; `usernames` are in lower case, too."""
    named = active_users().alias(lower_username=Lower("username")).filter(lower_username__in=list(usernames))
    return {username.lower(): user_id for username, user_id in named.values_list("username", "id")}


def ids_of_people_named(names: Collection[str], *, me: str) -> set[str]:
    """The ids of all, former users too, whose username, display name or id is one of these; `me` is whoever says "me"."""
    named = Q(id__in=[name for name in names if is_id(name)])
    for name in names:
        named |= Q(username__iexact=name) | Q(display_name__iexact=name)
    found = set(User.objects.filter(named).values_list("id", flat=True))
    return found | ({me} if "me" in {name.lower() for name in names} else set())


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """A user's API tokens, expired ones too."""
    return ApiToken.objects.filter(user=user)


def sessions_of(user: User) -> QuerySet[Session]:
    """Where somebody is signed in, the latest first."""
    mine = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    return mine.order_by("-seen_at", "session_key")
