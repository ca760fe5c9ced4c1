"""Rules for the short texts that people give: names, topics."""

import unicodedata

from django.utils.translation import gettext as _

from chatsite.errors import BadRequest

# Signs that turn the writing direction of what follows: a name must not rearrange the page around it.
_DIRECTION_SIGNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(value: str, *, field: str, longest: int, shortest: int = 1) -> str:
    """`value` without spaces at its ends.

    Raises `BadRequest` with `field` when it is not one line of `shortest` to `longest` visible characters.
    """
    text = value.strip()
    if any(
        unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} or sign in _DIRECTION_SIGNS for sign in text
    ):
        raise BadRequest("This must be one line, without control characters.", field=field)
    if not shortest <= len(text) <= longest:
        raise BadRequest(
            _("This takes {low} to {high} characters.").format(low=shortest, high=longest), field=field
        )
    return text
