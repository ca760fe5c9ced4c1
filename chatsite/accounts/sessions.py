"""Where sessions are kept: in the database, by the digest of what the cookie holds.

Who reads the database, or a dump of it, finds nothing that a cookie could show; and what a session holds (the link
of a mail that is just being followed, say) is sealed. A row also says whose session it
is, in which browser it began and when it was last seen, for the list that people end sessions from.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from chatsite.sealing import BrokenSeal, seal, unseal

from .digests import session_digest

if TYPE_CHECKING:
    from .models import Session

DEVICE = "_device"
"""Under this name the session keeps the browser's own words about itself."""

# When a session was last seen is written at most this often.
SEEN_EVERY = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Django's sessions in the database; only rows go by the digest, never by the key itself."""

    @classmethod
    def get_model_class(cls) -> type["Session"]:
        """Our own table."""
        from .models import Session  # noqa: PLC0415 (middleware is loaded before models)

        return Session

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing when it is unknown or has expired."""
        row = self._row()
        if row is None:
            self._session_key = None
            return {}
        now = timezone.now()
        if row.user_id and row.seen_at <= now - SEEN_EVERY:
            self._rows(self.session_key).update(seen_at=now)
        return self.decode(row.session_data)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """What a session holds, as it is kept."""
        return seal(super().encode(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What a session holds; nothing when it was sealed under a key that no longer counts."""
        try:
            return dict(super().decode(unseal(str(session_data))))
        except BrokenSeal:
            return {}

    def exists(self, session_key: str | None) -> bool:
        """Whether there is a session of that key."""
        return bool(self._rows(session_key).exists())

    def delete(self, session_key: str | None = None) -> None:
        """Delete this session, or the one of that key."""
        self._rows(session_key or self.session_key).delete()

    def create_model_instance(self, data: dict[str, Any]) -> "Session":
        """The row of the present state."""
        return self.get_model_class()(
            session_key=session_digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY),
            device=data.get(DEVICE, ""),
        )

    async def acreate_model_instance(self, data: dict[str, Any]) -> "Session":
        """As `create_model_instance`: nothing in it waits."""
        return self.create_model_instance(data)

    async def _aget_session_from_db(self) -> "Session | None":
        row = await self._rows(self.session_key).filter(expire_date__gt=timezone.now()).afirst()
        if row is None:
            self._session_key = None
        return row  # type: ignore[no-any-return]

    async def aexists(self, session_key: str) -> bool:
        """As `exists`, without a thread."""
        return bool(await self._rows(session_key).aexists())

    async def adelete(self, session_key: str | None = None) -> None:
        """As `delete`, without a thread."""
        await self._rows(session_key or self.session_key).adelete()

    def _row(self) -> "Session | None":
        return self._rows(self.session_key).filter(expire_date__gt=timezone.now()).first()  # type: ignore[no-any-return]

    def _rows(self, session_key: str | None) -> Any:
        return self.get_model_class().objects.filter(session_key=session_digest(session_key or ""))
