"""By which door an act came in, and from where: known at the edge, asked where the act is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import NamedTuple


class Door(StrEnum):
    """The ways into the site."""

    PAGE = "page"
    ADMIN = "admin"
    REST = "rest"
    SOCKET = "socket"
    COMMAND = "command"
    TASK = "task"


class Entrance(NamedTuple):
    """A door, and the address of who stands there; None where there is none, or it is not known."""

    door: Door
    address: str | None = None


# What comes by no door of the server is the operator at the command line, or a worker, which says so itself.
_COMMAND = Entrance(Door.COMMAND)
_here: ContextVar[Entrance] = ContextVar("entrance", default=_COMMAND)


@contextmanager
def at_door(door: Door, *, address: str | None = None) -> Iterator[None]:
    """What is recorded in the block came by this door."""
    token = _here.set(Entrance(door, address))
    try:
        yield
    finally:
        _here.reset(token)


def entrance() -> Entrance:
    """By which door the running act came."""
    return _here.get()
