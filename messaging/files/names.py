"""Names of files and words for pictures: what people and their systems gave, made harmless and nothing more."""

import re
import unicodedata

from django.utils.translation import gettext as _

from chatsite.errors import BadRequest, TooLarge

LONGEST_NAME = 160
LONGEST_ENDING = 20
LONGEST_ALT = 1000
NAMELESS = "file"

# What turns the writing direction of what follows: with it `exe.gpj` reads as `jpg.exe`.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_BLANKS = re.compile(r"\s+")


def safe_name(given: str) -> str:
    """The name under which a file is shown and saved: no folder, nothing unseen, at most `LONGEST_NAME` characters.

    Its ending is kept where the middle has to go. A name of which nothing is left becomes `NAMELESS`.
    """
    last = re.split(r"[/\\]", given)[-1]
    name = _BLANKS.sub(" ", _without_unseen(last)).strip(" .")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if stem and len(ending) <= LONGEST_ENDING else ""
        name = name[: LONGEST_NAME - len(ending) - 1].rstrip(" .") + "…" + ending
    return name or NAMELESS


def ending_of(name: str) -> str:
    """The name's ending in lower case without its dot, "" without one."""
    stem, _, ending = name.rpartition(".")
    return ending.lower() if stem else ""


def checked_alt(given: str) -> str:
    """What a picture shows, in words. Raises `TooLarge` over `LONGEST_ALT` characters, `BadRequest` for NUL."""
    if "\0" in given or any(unicodedata.category(sign) == "Cs" for sign in given):
        raise BadRequest("Text may not hold NUL or half of a surrogate pair.", field="alt")
    if len(given) > LONGEST_ALT:
        raise TooLarge(_("A description has at most {n} characters.").format(n=LONGEST_ALT), field="alt")
    return _BLANKS.sub(" ", _without_unseen(_BLANKS.sub(" ", given))).strip()


def _without_unseen(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        sign for sign in composed if unicodedata.category(sign) not in _UNSEEN and sign not in _DIRECTION
    )
