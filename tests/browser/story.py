"""A place with people and a conversation in it, for pictures of the page."""

import io
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

from tests.support.deployments import Deployment
from tests.support.people import Role
from tests.support.rest import Person, Rest

PLACE = "Kestrel Works"
TOPIC = "Shipping 4.2 on Thursday. Blockers first, jokes after."

PEOPLE = {
    "mira": "Mira Sato",
    "ines": "Ines Moreau",
    "tomas": "Tomas Lindqvist",
    "jun": "Jun Watanabe",
    "amara": "Amara Okafor",
    "sam": "Sam Whitlock",
    "priya": "Priya Nair",
    "leo": "Leo Brandt",
}

CODE = """Morning. The import ran overnight on the staging copy and took **41 minutes** instead of three hours.

```python
for batch in chunks(rows, size=1000):
    with transaction.atomic():   # one per thousand rows
        Message.objects.bulk_create(batch)
```"""

NOTES = """The release notes are in the folder. Two gaps left: the paragraph on migration, and a picture of \
the new export screen."""

LEFT = """Yes, once, after the last batch. What is left for Thursday:

1. export screen
2. translations
3. release notes"""

# Who, how many minutes ago, what.
LAUNCH = [
    ("amara", 960, NOTES),
    ("sam", 944, "I can write the migration part tomorrow. It is mostly “nothing to do”."),
    ("tomas", 64, CODE),
    ("mira", 61, "Faster than I hoped. Does the index still build at the end?"),
    ("tomas", 60, LEFT),
    ("jun", 52, "Translations are complete."),
    ("jun", 51, "All nine languages, and the two that read from right to left."),
    ("ines", 45, "@mira can you look at the export screen before ten? The empty state still says “No data”."),
    ("mira", 43, "On it. New wording goes in as soon as @amara agrees."),
    ("mira", 40, "Also moving the button up, so a thumb can reach it."),
]

OTHERS: list[tuple[str, str, list[Any]]] = [
    ("announcements", "public", [("leo", 75, "Office closes at four on Friday")]),
    ("backend", "public", []),
    (
        "design",
        "public",
        [
            ("leo", 56, "Two variants of the tile: which one?", "tile-bars.png", "tile-ring.png"),
            ("priya", 53, "What each of them costs is in here.", "tiles-compared.pdf"),
            ("priya", 50, "@mira which one?"),
        ],
    ),
    ("field-reports", "public", [("sam", 105 - n, f"Photo {n} from the north depot") for n in range(1, 15)]),
    ("hiring", "private", [("priya", 1600, "Offer accepted")]),
    ("partners-and-resellers-north", "public", []),
]

# What the pictures show.
WORDS = {
    "tile-bars.png": "A tile with seven bars, the last three in green",
    "tile-ring.png": "A tile with a ring, three quarters of it in green",
}


def drawing(name: str) -> bytes:
    """A file to attach: a picture of a tile, or a document of nothing."""
    if not name.endswith(".png"):
        return b"%PDF-1.7\n" + b"%" * 248_000
    tile = Image.new("RGB", (960, 640), "#f4f8f8")
    draw = ImageDraw.Draw(tile)
    if "ring" in name:
        draw.arc((280, 120, 680, 520), 0, 360, "#b9c6c9", 70)
        draw.arc((280, 120, 680, 520), -90, 180, "#2a9d98", 70)
    else:
        for place, height in enumerate((300, 280, 310, 260, 140, 120, 90)):
            left = 130 + place * 102
            draw.rectangle((left, 540 - height, left + 66, 540), "#79898e" if place < 4 else "#2a9d98")
    kept = io.BytesIO()
    tile.save(kept, "PNG")
    return kept.getvalue()


class Story(NamedTuple):
    """What a picture needs to know of the place."""

    people: dict[str, Person]
    launch: str
    hiring: str
    design: str


def tell(site: Deployment) -> Story:
    """Fill a new site; Mira is the one who looks at it."""
    people = {name: site.person(Role(name, shown)) for name, shown in PEOPLE.items()}
    launch = _room(site, people, "launch", "public", LAUNCH, owner="ines")
    rooms = {name: _room(site, people, name, kind, said, owner="leo") for name, kind, said in OTHERS}
    _answer(site, people, launch)
    with site.rest(people["mira"]) as rest:
        for room in (launch, rooms["design"]):
            rest.call("PUT", f"rooms/{room}/marks/", {"favourite": True})
        rest.call("PUT", f"rooms/{rooms['partners-and-resellers-north']}/marks/", {"muted": True})
    with site.rest(people["ines"]) as rest:
        direct = rest.call("POST", "direct-rooms/", {"users": [people["mira"].id]})["id"]
        rest.send(direct, "Thank you. See you at ten")
    with site.rest(people["tomas"]) as rest:
        direct = rest.call("POST", "direct-rooms/", {"users": [people["mira"].id]})["id"]
        rest.send(direct, "Enjoy the walk")
    return Story(people, launch, rooms["hiring"], rooms["design"])


def _answer(site: Deployment, people: dict[str, Person], room: str) -> None:
    """Somebody answers Mira's last message, and some react to it."""
    with site.rest(people["mira"]) as rest:
        seq = rest.call("GET", f"rooms/{room}/messages/?limit=1")["results"][-1]["seq"]
    for name, emoji in (("tomas", "🎉"), ("jun", "🎉"), ("ines", "👀")):
        with site.rest(people[name]) as rest:
            rest.call("PUT", f"rooms/{room}/messages/{seq}/reactions/{emoji}/")
    for name, text in (("ines", "My thumbs thank you."), ("leo", "Mine, too.")):
        with site.rest(people[name]) as rest:
            said = rest.call("POST", f"rooms/{room}/messages/", {"text": text, "reply_to": seq})["seq"]
        _date_back(site, room, int(said), 20)


def _room(
    site: Deployment,
    people: dict[str, Person],
    name: str,
    kind: str,
    said: list[Any],
    *,
    owner: str,
) -> str:
    with site.rest(people[owner]) as rest:
        topic = TOPIC if name == "launch" else ""
        room = str(rest.call("POST", "rooms/", {"name": name, "kind": kind, "topic": topic})["id"])
        for person in people.values():
            if person is not people[owner]:
                rest.add_member(room, person.id, "moderator" if person is people["mira"] else "member")
    _date_back(site, room, 0, 30_000)
    for who, minutes, text, *files in said:
        with site.rest(people[who]) as rest:
            body = {"text": text, "attachments": [_give(rest, room, name) for name in files]}
            seq = rest.call("POST", f"rooms/{room}/messages/", body)["seq"]
        _date_back(site, room, int(seq), minutes)
    return room


def _give(rest: Rest, room: str, name: str) -> str:
    """Give a file to the room; answers its id."""
    sent = rest.http.post(
        f"rooms/{room}/attachments/", files={"file": (name, drawing(name))}, data={"alt": WORDS.get(name, "")}
    )
    return str(sent.raise_for_status().json()["id"])


def _date_back(site: Deployment, room: str, seq: int, minutes: int) -> None:
    """A conversation in a picture takes an hour, not a second. `seq` 0 means all that is there."""
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    assert isinstance(site.source, Path)
    with sqlite3.connect(site.source, timeout=10) as database:
        database.execute(
            "UPDATE messaging_event SET at = ? WHERE room_id = ? AND ? IN (0, seq)",
            (at.strftime("%Y-%m-%d %H:%M:%S.%f"), room, seq),
        )
