"""What the first page of the office shows, by name: the page's script fills it with live figures."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from chatsite.languages import Words


class Tile(NamedTuple):
    """One figure of this moment."""

    name: str
    label: Words
    unit: Words = ""


class Plot(NamedTuple):
    """One figure over time."""

    name: str
    label: Words
    about: Words = ""


TILES = (
    Tile("people", _("Connected now"), _("people")),
    Tile("today", _("Messages today")),
    Tile("ack", _("Acknowledged within"), _("ms")),
    Tile("waiting", _("Waiting")),
    Tile("cut", _("Slow readers cut")),
    Tile("health", _("Database and Redis")),
    Tile("log", _("Lost, doubled, out of order")),
)
PLOTS = (
    Plot("messages", _("Messages"), _("a minute")),
    Plot("ack", _("Acknowledged within"), _("milliseconds; solid 99 of 100, dashed half")),
    Plot("people", _("People connected")),
    Plot("waiting", _("Waiting"), _("messages for the database, tasks for workers")),
    Plot("sockets", _("Sockets"), _("on each server")),
    Plot("health", _("Round trips"), _("milliseconds; solid the database, dashed Redis")),
)
