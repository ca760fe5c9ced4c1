"""The table of rights as a form: a box for each role and right, of the whole site or of one room."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from chatsite.errors import BadRequest
from rooms import rules
from rooms.models import Role, Room
from rooms.rights import DEFAULTS, Right, Rights, bit_of

ROLES = tuple(Role)
SHOWN = "shown"
"""The field that says what the form showed, so that another's change in between is noticed."""


class Cell(NamedTuple):
    """May this role do that? `below` is what holds without the rule of this table's own."""

    name: str
    label: str
    allowed: bool
    below: bool

    @property
    def differs(self) -> bool:
        """Whether it is other than where nothing was decided here."""
        return self.allowed != self.below


class Row(NamedTuple):
    """One right, for each role."""

    label: str
    cells: list[Cell]


class ChangedMeanwhile(BadRequest):
    """Somebody else changed what a form was about while it was open."""

    code = "changed"
    default_message = "Somebody else changed this meanwhile. Look at it again; nothing of yours was saved."


@dataclass(frozen=True)
class Grid:
    """The table as it holds now, over what lies below it."""

    rights: Rights
    below: Rights

    @property
    def roles(self) -> list[str]:
        """The heads of the columns."""
        return [str(role.label) for role in ROLES]

    @property
    def rows(self) -> list[Row]:
        """Every right in its order."""
        return [Row(str(right.label), [self._cell(role, right) for role in ROLES]) for right in Right]

    @property
    def shown(self) -> str:
        """What is shown, as one word."""
        return ".".join(str(self.rights[role] & _ALL) for role in ROLES)

    @property
    def differs(self) -> bool:
        """Whether anything is other than below."""
        return any(cell.differs for row in self.rows for cell in row.cells)

    def _cell(self, role: Role, right: Right) -> Cell:
        bit = bit_of(right)
        return Cell(
            name=f"{role.value}.{right.value}",
            label=f"{role.label}: {right.label}",
            allowed=bool(self.rights[role] & bit),
            below=bool(self.below[role] & bit),
        )

    def wanted(self, form: Mapping[str, str]) -> dict[str, dict[str, bool | None]]:
        """What a filled-in form changes; a box as below takes the rule back. Raises `ChangedMeanwhile`."""
        if form.get(SHOWN) != self.shown:
            raise ChangedMeanwhile
        found: dict[str, dict[str, bool | None]] = {}
        for row in self.rows:
            for cell in row.cells:
                checked = cell.name in form
                if checked != cell.allowed:
                    role, right = cell.name.split(".")
                    found.setdefault(role, {})[right] = None if checked == cell.below else checked
        return found

    def back(self) -> dict[str, dict[str, bool | None]]:
        """What takes every rule of this table back."""
        return {role.value: {right.value: None for right in Right} for role in ROLES}


_ALL = sum(bit_of(right) for right in Right)


def site_grid() -> Grid:
    """The table of the whole site, over the product's defaults."""
    return Grid(rules.site_rights(), DEFAULTS)


def room_grid(room: Room) -> Grid:
    """The table of one room, over the site's."""
    return Grid(rules.rights_in_room(room), rules.site_rights())
