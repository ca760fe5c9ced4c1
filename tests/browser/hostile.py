"""A hundred texts that try to become script or style, and a place that is full of them."""

import itertools
import sqlite3
from pathlib import Path

from chatsite.ids import new_id
from tests.browser.past import fill
from tests.support.deployments import Deployment
from tests.support.rest import Person

RUN = "globalThis.hacked=1"
_TAGS = [
    "<script>{}</script>",
    '"><script>{}</script>',
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "<img src=x onerror={}>",
    "'\"><img src=x onerror={}>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<body onload={}>",
    "<input autofocus onfocus={}>",
    "<details open ontoggle={}>",
    "<video><source onerror={}></video>",
    '<iframe src="javascript:parent.{}">',
    '<a href="javascript:{}">go</a>',
    "<math href=javascript:{}>go</math>",
    "<style onload={}></style>",
    "<marquee onstart={}>",
    "<object data=javascript:{}>",
    "<form action=javascript:{}><button>go",
    "[go](javascript:{})",
    "[go](data:text/html,<script>{}</script>)",
    '![x](x"onerror={})',
    "<javascript:{}>",
    "`<img src=x onerror={}>`",
    "${{{}}} {{{{{}}}}}",
]
_CODE = [RUN, f"eval('{RUN}')", f"top.{RUN}", RUN.replace("hacked", "\\u0068acked")]
PAYLOADS = [tag.format(*[code] * tag.count("{}")) for tag, code in itertools.product(_TAGS, _CODE)]
PAYLOADS = [payload[:80] for payload in PAYLOADS]  # as long as a name may be


def settle(site: Deployment, visitor: Person) -> str:
    """Each payload as a public room's name and topic, as a person's name, and as what that person says; answers that room."""
    with site.rest(visitor) as rest:
        room = str(rest.create_room("where they meet"))
    owner = site.newcomer()
    with site.rest(owner) as rest:
        for payload in PAYLOADS:
            rest.call("POST", "rooms/", {"name": payload, "kind": "public", "topic": payload})
    fill(site, room, visitor, to=len(PAYLOADS) + 1)
    assert isinstance(site.source, Path)
    with sqlite3.connect(site.source, timeout=30) as database:
        for number, payload in enumerate(PAYLOADS):
            person = new_id()
            database.execute(
                _copy_person(database),
                {
                    "id": person,
                    "name": f"hostile{number}",
                    "shown": payload,
                    "owner": owner.id,
                },
            )
            database.execute(
                "UPDATE messaging_event SET by_id = ?, text = ? WHERE room_id = ? AND seq = ?",
                [person, payload, room, number + 2],
            )
    return room


def _copy_person(database: sqlite3.Connection) -> str:
    """The statement that makes another person like one that is there."""
    columns = [row[1] for row in database.execute("PRAGMA table_info(accounts_user)")]
    new = {"id": ":id", "username": ":name", "display_name": ":shown", "email": "''"}
    chosen = ", ".join(new.get(column, column) for column in columns)
    return f"INSERT INTO accounts_user ({', '.join(columns)}) SELECT {chosen} FROM accounts_user WHERE id = :owner"
