"""The text of a message: Markdown as it was typed, never rendered here."""

from django.utils.translation import gettext as _

from chatsite import limits
from chatsite.errors import BadRequest

from .errors import EmptyText, TextTooLarge


def check_text(text: str, *, may_be_empty: bool = False) -> str:
    """The text, if it can be stored and shown.

    Raises `EmptyText` when nothing visible is in it, unless it may be empty beside files, `TextTooLarge` over the limit (bytes of UTF-8), and
    `BadRequest` for NUL and lone surrogates, which PostgreSQL and UTF-8 cannot hold.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise BadRequest("Half of a surrogate pair is no character.", field="text") from None
    if size > limits.TEXT_BYTES:
        raise TextTooLarge(_("A message has at most {n} bytes.").format(n=limits.TEXT_BYTES), field="text")
    if "\0" in text:
        raise BadRequest("A message cannot hold the NUL character.", field="text")
    if not may_be_empty and not text.strip():
        raise EmptyText(field="text")
    return text
