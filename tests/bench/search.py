"""How search fares on a site of a million messages: prints `{"p50": …, "p95": …, "slowest": "…"}`.

It runs under Parley's settings (see `under_django`): `fill` gives the messages words and indexes them, `keep` indexes on, `ask <people>`
asks first pages over HTTP as members, without the network.
"""

import json
import statistics
import sys
import time

from django.core.cache import cache
from django.db import connection
from django.test import Client

from chatsite import limits
from chatsite.accounts.models import User
from chatsite.env import Rate
from messaging.search import index

# Made-up words of five letters or so; the lower a word's number, the more often it is said.
WORDS = """
UPDATE messaging_event e SET text = said.text FROM (
  SELECT n.id, string_agg(
    (ARRAY['ba','co','di','fu','ge','ha','jo','ku','li','mo'])[1 + w.r %% 10] ||
    (ARRAY['ron','stel','vant','mish','dor','pell','quin','tas','wex','zur'])[1 + w.r / 10 %% 10] ||
    CASE WHEN w.r < 100 THEN '' ELSE (w.r / 100)::text END, ' ') AS text
  FROM messaging_event n
  CROSS JOIN LATERAL (SELECT floor(20000 * power(random(), 4))::int AS r FROM generate_series(1, 9 + n.id %% 2)) w
  WHERE n.id BETWEEN %s AND %s AND n.kind = 'message.created' GROUP BY n.id
) said WHERE said.id = e.id
"""
# These words are folded as they stand: what the sweep would have written.
INDEX = """
INSERT INTO messaging_indexedmessage
  (event_id, room_id, seq, by_id, at, words, has_link, has_file, has_image)
SELECT id, room_id, seq, by_id, at, ' ' || text || ' ', false, false, false
FROM messaging_event WHERE kind = 'message.created'
"""
STEP = 25_000
QUERIES = (
    "baron",
    "stel",
    "zur199",
    "fuvant77 baron",
    '"baron costel"',
    "nobodysaysthis",
    "ba",
    "from:me baron",
    "baron before:2999-01-01",
    "in:said kuwex150",
    "quin18",
    "has:link",
)


def fill() -> None:
    """Words for all messages, and all of them indexed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), max(id) FROM messaging_event")
        first, last = cursor.fetchone()
        for start in range(first, last + 1, STEP):
            cursor.execute(WORDS, [start, start + STEP - 1])
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'indexed_by_trigram'")
        (trigrams,) = cursor.fetchone()
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "DROP INDEX indexed_by_trigram"
        )  # made at once, at the end: that is faster, and the same index
        cursor.execute(INDEX)
        cursor.execute(
            "INSERT INTO messaging_indexposition (room_id, seq) SELECT room_id, head FROM messaging_roomlog"
        )
        cursor.execute(trigrams)
        cursor.execute("VACUUM ANALYZE messaging_indexedmessage")


def ask(people: list[str]) -> None:
    """Every query as everybody, twice, the first time to warm up what is kept."""
    limits.SEARCHES = Rate(1e6, 1_000_000)
    cache.clear()
    members = []
    for user in User.objects.filter(id__in=people):
        client = Client(headers={"Host": "localhost"})
        client.force_login(user)
        members.append(client)
    times: list[tuple[float, str]] = []
    for turn in range(3):
        for client in members:
            for q in QUERIES:
                began = time.perf_counter()
                answer = client.get("/api/v1/search/", {"q": q})
                took = (time.perf_counter() - began) * 1000
                assert answer.status_code == 200, (q, answer.content)
                if turn:
                    times.append((took, q))
    ordered = sorted(took for took, _ in times)
    sys.stdout.write(
        json.dumps(
            {
                "p50": statistics.median(ordered),
                "p95": ordered[int(len(ordered) * 0.95)],
                "slowest": max(times)[1],
            }
        )
    )


def keep() -> None:
    """Index what is sent, every five seconds as a worker's sweep does, until somebody ends this."""
    while True:
        index.advance(seconds=20)
        time.sleep(5)


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        ask(sys.argv[2].split(","))
    else:
        {"fill": fill, "keep": keep}[sys.argv[1]]()
