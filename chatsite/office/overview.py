"""What the first page of the office shows, by name: the page's script fills it with live figures."""

from typing import NamedTuple


class Tile(NamedTuple):
    """One figure of this moment."""

    name: str
    label: str
    unit: str = ""


class Plot(NamedTuple):
    """One figure over the last hour."""

    name: str
    label: str
    about: str = ""


TILES = (
    Tile("people", "Connected now", "people"),
    Tile("messages", "Messages a minute"),
    Tile("ack", "Acknowledged within", "ms"),
    Tile("waiting", "Waiting"),
    Tile("cut", "Slow readers cut"),
    Tile("health", "Database and Redis"),
)
PLOTS = (
    Plot("messages", "Messages", "a minute"),
    Plot("ack", "Acknowledged within", "milliseconds; solid 99 of 100, dashed half"),
    Plot("people", "People connected"),
    Plot("waiting", "Waiting", "messages for the database, tasks for workers"),
    Plot("sockets", "Sockets", "on each server"),
    Plot("health", "Round trips", "milliseconds; solid the database, dashed Redis"),
)
