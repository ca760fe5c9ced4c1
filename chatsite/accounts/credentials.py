"""Who is behind a cookie or a bearer token: one resolver for the socket and for REST.

Everything here is sync and takes many at once where that saves queries: a server that
starts with 5,000 sockets waiting resolves them in a few.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chatsite import clock

from .digests import session_digest, token_digest
from .models import ApiToken, Scope, Session, User

ALL_SCOPES = frozenset(Scope.values)

# A token's last use is written at most this often: a busy bot must not cost a write a call.
TOUCH_EVERY = timedelta(minutes=1)

# SQLite takes 999 variables a statement in its oldest builds.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Credential:
    """Somebody signed in, and by what.

    `key` names the credential without giving it away (`session:<digest>` or `token:<id>`);
    `proof` is what is asked again by `still_valid`: the digest of the session's key, or the token's id.
    """

    key: str
    user_id: str
    username: str
    display_name: str
    kind: str
    is_staff: bool
    scopes: frozenset[str]
    proof: str = field(repr=False)


def session_credential_key(session_key: str) -> str:
    """The name of a session in announcements; the session's key cannot be had from it."""
    return _session_name(session_digest(session_key))


def _session_name(digest: str) -> str:
    return f"session:{digest}"


def token_credential_key(token_id: str) -> str:
    """The name of an API token in announcements."""
    return f"token:{token_id}"


def of_session(user: User, session_key: str) -> Credential:
    """The credential of a session that was found valid; a session has all scopes."""
    return _of_session_row(user, session_digest(session_key))


def _of_session_row(user: User, digest: str) -> Credential:
    return _credential(user, _session_name(digest), ALL_SCOPES, digest)


def of_token(token: ApiToken) -> Credential:
    """The credential of a token that was found valid."""
    return _credential(token.user, token_credential_key(token.id), frozenset(token.scopes), token.id)


def _credential(user: User, key: str, scopes: frozenset[str], proof: str) -> Credential:
    return Credential(
        key=key,
        user_id=user.id,
        username=user.username,
        display_name=user.shown_name,
        kind=user.kind,
        is_staff=user.is_staff,
        scopes=scopes,
        proof=proof,
    )


def resolve(*, session_key: str | None, bearer: str | None) -> Credential | None:
    """Who shows this session key or this bearer token; None when it is nobody.

    A bearer token is asked first and alone: a wrong one is not saved by a cookie.
    """
    return resolve_many([(session_key, bearer)])[0]


def resolve_many(shown: Sequence[tuple[str | None, str | None]]) -> list[Credential | None]:
    """As `resolve`, for many `(session_key, bearer)` at once: two queries for all sessions, one for all tokens."""
    sessions = _valid_sessions({session_digest(key) for key, bearer in shown if key and not bearer})
    tokens = _valid_tokens({token_digest(bearer) for _, bearer in shown if bearer})
    touch(tokens.values())
    found: list[Credential | None] = []
    for session_key, bearer in shown:
        if bearer:
            token = tokens.get(token_digest(bearer))
            found.append(of_token(token) if token else None)
        else:
            digest = session_digest(session_key or "")
            user = sessions.get(digest)
            found.append(_of_session_row(user, digest) if user else None)
    return found


def still_valid(credentials: Iterable[Credential]) -> set[str]:
    """The `key`s of those that would still be let in now.

    A session must be there, not expired and made with the present password; a token must be there and
    not expired; the user must be active.
    """
    asked = list(credentials)
    sessions = _valid_sessions({c.proof for c in asked if c.key.startswith("session:")})
    token_ids = {c.proof for c in asked if c.key.startswith("token:")}
    valid = {_session_name(digest) for digest in sessions}
    for chunk in _chunks(token_ids):
        ids = _live_tokens().filter(id__in=chunk).values_list("id", flat=True)
        valid.update(token_credential_key(token_id) for token_id in ids)
    return valid


def restore(kept: Iterable[tuple[str, str]]) -> dict[str, Credential]:
    """The credentials of these `(key, proof)` that would still be let in now, by key."""
    proofs = dict(kept)
    sessions = _valid_sessions({proof for key, proof in proofs.items() if key.startswith("session:")})
    found = [_of_session_row(user, digest) for digest, user in sessions.items()]
    for chunk in _chunks(proof for key, proof in proofs.items() if key.startswith("token:")):
        found += map(of_token, _live_tokens().filter(id__in=chunk).select_related("user"))
    return {credential.key: credential for credential in found}


def find_token(secret: str) -> ApiToken | None:
    """The live token of that secret, with its user, its last use noted; None when there is none."""
    digest = token_digest(secret)
    token = _valid_tokens({digest}).get(digest)
    if token:
        touch([token])
    return token


def touch(tokens: Iterable[ApiToken]) -> None:
    """Note that these tokens were used, at most once a minute each."""
    now = timezone.now()
    stale = [t.id for t in tokens if t.last_used_at is None or t.last_used_at <= now - TOUCH_EVERY]
    for chunk in _chunks(stale):
        ApiToken.objects.filter(id__in=chunk).update(last_used_at=now)


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(values)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))


def _live_tokens() -> Any:
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())
    return ApiToken.objects.filter(alive, user__is_active=True)


def _valid_tokens(digests: set[str]) -> dict[str, ApiToken]:
    """Live tokens by digest, each with its user."""
    found: dict[str, ApiToken] = {}
    for chunk in _chunks(digests):
        for token in _live_tokens().filter(digest__in=chunk).select_related("user"):
            found[token.digest] = token
    return found


def _valid_sessions(digests: set[str]) -> dict[str, User]:
    """The user of each session that is good, by the digest of its key."""
    data = _session_data(digests)
    user_ids = {str(one[SESSION_KEY]) for one in data.values() if SESSION_KEY in one}
    users: dict[str, User] = {}
    for chunk in _chunks(user_ids):
        users.update(User.objects.filter(is_active=True).in_bulk(chunk))
    return {
        digest: user
        for digest, one in data.items()
        if (user := users.get(str(one.get(SESSION_KEY)))) is not None and _made_for(user, one)
    }


def _made_for(user: User, data: Mapping[str, Any]) -> bool:
    """Whether a session was made with the user's present password: `django.contrib.auth.get_user`'s rule.

    The rule includes retired secret keys. Unlike there, the session is not renewed: a socket
    could not hand the new cookie to the browser.
    """
    made_with = str(data.get(HASH_SESSION_KEY) or "")
    if not made_with or data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    if constant_time_compare(made_with, user.get_session_auth_hash()):
        return True
    return any(constant_time_compare(made_with, old) for old in user.get_session_auth_fallback_hash())


def _session_data(digests: set[str]) -> dict[str, dict[str, Any]]:
    """What each live session holds, by the digest of its key."""
    rows: list[Session] = []
    for chunk in _chunks(digests):
        rows += Session.objects.filter(session_key__in=chunk, expire_date__gt=timezone.now())
    return {row.session_key: row.get_decoded() for row in rows}
