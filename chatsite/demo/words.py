"""What the people of the lively site say to each other."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from . import pictures


class Sent(NamedTuple):
    """A file that somebody sends: its name, what makes its bytes, and what it shows in words."""

    name: str
    make: Callable[[], bytes]
    alt: str = ""


class Said(NamedTuple):
    """One message: who says it, how many minutes ago, and what.

    `to` is how many messages before it the one stands that it answers; `liked` are emoji and those who reacted with it;
    `files` are what it carries.
    """

    who: str
    ago: int
    text: str
    to: int = 0
    liked: tuple[tuple[str, str], ...] = ()
    files: tuple[Sent, ...] = ()


class Place(NamedTuple):
    """A room: its kind, its people (the first owns it, the second moderates) and what was said there."""

    name: str
    kind: str
    topic: str
    people: str
    said: tuple[Said, ...]


PEOPLE = {
    "mira": ("Mira Sato", "Export screen, until noon"),
    "ines": ("Ines Moreau", ""),
    "tomas": ("Tomas Lindqvist", "In the engine room"),
    "jun": ("Jun Watanabe", "Translations"),
    "amara": ("Amara Okafor", ""),
    "sam": ("Sam Whitlock", "At the north depot this week"),
    "priya": ("Priya Nair", ""),
    "leo": ("Leo Brandt", "Back on Thursday"),
}

_CODE = """Morning. The import ran overnight on the staging copy and took **41 minutes** instead of three hours.

```python
for batch in chunks(rows, size=1000):
    with transaction.atomic():   # one per thousand rows
        Message.objects.bulk_create(batch)
```"""

_LEFT = """Yes, once, after the last batch. What is left for Thursday:

1. export screen
2. translations
3. release notes"""

_TILES = (
    Sent("tile-one.png", partial(pictures.tile, loud=True), "A tile in red, with a large yellow button"),
    Sent("tile-two.png", partial(pictures.tile, loud=False), "A tile in grey, with a small green button"),
)


def _photo(number: int) -> tuple[Sent]:
    return (
        Sent(
            f"north-depot-{number}.jpg", partial(pictures.landscape, number), "Hills behind the north depot"
        ),
    )


_TABLE = """Last week in numbers:

| depot | parcels | late |
|---|---:|---:|
| north | 1,204 | 3 |
| harbour | 980 | 0 |
| airport | 2,318 | 11 |"""

LAUNCH = Place(
    "launch",
    "public",
    "Shipping 4.2 on Thursday. Blockers first, jokes after.",
    "ines mira tomas jun amara sam priya leo",
    (
        Said("amara", 1560, "The release notes are in the folder. Two gaps left: the paragraph on migration, and a picture."),
        Said("sam", 1544, "I can write the migration part tomorrow. It is mostly “nothing to do”.", 1, (("😄", "ines mira tomas"),)),
        Said("tomas", 164, _CODE, 0, (("🎉", "mira ines jun amara"), ("👀", "leo"))),
        Said("mira", 161, "Faster than I hoped. Does the index still build at the end?", 1),
        Said("tomas", 160, _LEFT, 1),
        Said("jun", 152, "Translations are complete."),
        Said("jun", 151, "All nine languages, and the two that read from right to left.", 0, (("❤️", "amara priya"), ("👏", "ines mira tomas sam"))),
        Said("priya", 140, "שלום עולם looks right on my phone, too."),
        Said("ines", 95, "@mira can you look at the export screen before ten? The empty state still says “No data”."),
        Said("mira", 93, "On it. New wording goes in as soon as @amara agrees.", 1),
        Said("amara", 88, "“Nothing to export yet” reads well to me.", 1, (("👍", "mira ines"),)),
        Said("mira", 70, "Also moving the button up, so a thumb can reach it."),
        Said("leo", 41, "Is there a checklist for Thursday that I can follow from the train?"),
        Said("ines", 38, "The list of Tomas, above. I will tick things off here as we go.", 1),
        Said("tomas", 12, "Dress rehearsal at four. Whoever breaks it buys the cake.", 0, (("🎂", "jun sam priya"),)),
        Said("sam", 9, "Then I know who buys the cake.", 1),
    ),
)  # fmt: skip

PLACES = (
    LAUNCH,
    Place(
        "announcements",
        "public",
        "What everybody should know",
        "leo ines mira tomas jun amara sam priya",
        (
            Said("leo", 2900, "Welcome to Kestrel Works. Write a topic for each room you make: it helps people decide whether to join."),
            Said("leo", 75, "The office closes at four on Friday.", 0, (("🎉", "jun sam"), ("👍", "mira"))),
        ),
    ),
    Place(
        "backend",
        "public",
        "Queues, indexes and other weather",
        "tomas jun mira ines",
        (
            Said("jun", 400, "The nightly copy has a new index on `(room_id, seq)`."),
            Said("tomas", 395, "How large?", 1),
            Said("jun", 394, "Twelve per cent of the table. Worth it.", 1),
            Said("tomas", 390, "Agreed. See the [notes on index-only scans](https://www.postgresql.org/docs/current/indexes-index-only-scans.html)."),
        ),
    ),
    Place(
        "design",
        "public",
        "Tiles, type and the space between",
        "priya leo mira amara",
        (
            Said("leo", 56, "Two variants of the tile: which one?", 0, (), _TILES),
            Said("priya", 50, "@mira which one?", 1),
            Said("amara", 44, "The second. The first one shouts.", 2, (("💯", "priya"),)),
        ),
    ),
    Place(
        "field-reports",
        "public",
        "From where the parcels are",
        "sam leo mira ines amara",
        (
            Said("sam", 1300, _TABLE, 0, (), (Sent("north-last-week.csv", pictures.table),)),
            Said("ines", 1290, "What happened at the airport?", 1),
            Said("sam", 1284, "Fog. Eleven parcels slept in the hangar.", 1, (("😴", "leo mira"),)),
            *(Said("sam", 105 - n, f"Photo {n} from the north depot", 0, (), _photo(n)) for n in range(1, 9)),
        ),
    ),
    Place("hiring", "private", "", "priya leo mira", (Said("priya", 1600, "Offer accepted.", 0, (("🎉", "leo mira"),)),)),
    Place("partners-and-resellers-north", "public", "", "leo ines mira", ()),
)  # fmt: skip

DIRECT = (
    ("ines", "mira", (Said("ines", 300, "Coffee before the rehearsal?"), Said("mira", 290, "Gladly. At ten?"), Said("ines", 289, "Thank you. See you at ten"))),
    ("tomas", "mira", (Said("tomas", 1500, "Enjoy the walk"),)),
)  # fmt: skip
