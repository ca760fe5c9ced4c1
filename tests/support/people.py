"""The fixed cast of every test, so that a test's sentence tells who may do what.

Alice owns the room, Bob is a member, Carol is a guest, Mallory is outside, Robo is a bot (and a member).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A member of the cast as the product knows them: not yet made in any database."""

    username: str
    display_name: str
    kind: str = "person"
    room_role: str | None = None
    password: str = "only-for-tests-7391"


ALICE = Role("alice", "Alice Archer", room_role="owner")
BOB = Role("bob", "Bob Baker", room_role="member")
CAROL = Role("carol", "Carol Cooper", room_role="guest")
MALLORY = Role("mallory", "Mallory Mason")
ROBO = Role("robo", "Robo", kind="bot", room_role="member")
CAST = (ALICE, BOB, CAROL, MALLORY, ROBO)

ADMIN = Role("admin", "Admin")


def crowd(size: int) -> tuple[Role, ...]:
    """`size` further people, for journeys with many: member01, member02, …"""
    return tuple(Role(f"member{n:02}", f"Member {n:02}", room_role="member") for n in range(1, size + 1))
