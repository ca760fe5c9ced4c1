"""What somebody types into the search: words, "words in quotes", and filters such as `from:bob`."""

import datetime as dt
import re
from dataclasses import dataclass, field

from chatsite.errors import BadRequest

from .words import Term, split

LONGEST = 500
MOST_TERMS = 20
HAS = ("link", "file", "image")

_PIECE = re.compile(
    r"(?:(?P<key>from|in|before|after|has):)?(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>\S+))", re.IGNORECASE
)
_BARE_FILTER = re.compile(r"(from|in|before|after|has):", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(slots=True)
class Asked:
    """What is searched for. Names are as they were typed; a list of names means any of them, of terms and `has` all."""

    terms: list[Term] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    has: set[str] = field(default_factory=set)
    before: dt.datetime | None = None
    after: dt.datetime | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to search for."""
        return self == Asked()


def read_query(q: str, *, zone: dt.tzinfo, today: dt.date) -> Asked:
    """Read a query; days are those of `zone`. Raises `BadRequest` for `q`."""
    if len(q) > LONGEST:
        raise BadRequest(f"A search has at most {LONGEST} characters.", field="q")
    asked = Asked()
    for piece in _PIECE.finditer(q):
        value = piece["plain"] if piece["quoted"] is None else piece["quoted"]
        if piece["key"]:
            _add_filter(asked, piece["key"].lower(), value, zone=zone, today=today)
        elif piece["quoted"] is None and _BARE_FILTER.fullmatch(value):
            raise BadRequest(f"Write what you mean right after {value.lower()}", field="q")
        elif words := split(value):
            asked.terms.append(Term(words))
    if len(asked.terms) > MOST_TERMS:
        raise BadRequest(f"A search has at most {MOST_TERMS} words.", field="q")
    return asked


def read_moment(raw: str, *, zone: dt.tzinfo, today: dt.date, field: str) -> dt.datetime:
    """A moment (RFC 3339), or the beginning of a day: `2026-01-31`, `today`, `yesterday`. Raises `BadRequest`."""
    named = {"today": today, "yesterday": today - dt.timedelta(days=1)}
    try:
        if raw.lower() in named or _DAY.fullmatch(raw):
            day = named.get(raw.lower()) or dt.date.fromisoformat(raw)
            return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
        moment = dt.datetime.fromisoformat(raw.replace(" ", "+"))  # a plus of a URL that was not escaped
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise BadRequest("This is a day, as in 2026-01-31, or a moment.", field=field) from None


def _add_filter(asked: Asked, key: str, value: str, *, zone: dt.tzinfo, today: dt.date) -> None:
    if key == "has":
        if value.lower() not in HAS:
            raise BadRequest(f"has: takes {', '.join(HAS)}.", field="q")
        asked.has.add(value.lower())
        return
    if key in {"before", "after"}:
        moment = read_moment(value, zone=zone, today=today, field="q")
        known = getattr(asked, key)
        pick = min if key == "before" else max
        setattr(asked, key, moment if known is None else pick(known, moment))
        return
    name = value.lstrip("@#").strip()
    if not name:
        raise BadRequest(f"Write a name right after {key}:", field="q")
    (asked.people if key == "from" else asked.rooms).append(name)
