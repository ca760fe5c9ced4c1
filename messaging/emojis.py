"""What counts as a reaction."""

import emoji as unicode_emoji

from .errors import NotAnEmoji

_VARIATION = "\N{VARIATION SELECTOR-16}"
_FULL = unicode_emoji.STATUS["fully_qualified"]


def check_emoji(text: str) -> str:
    """The one emoji that `text` is, in its fully qualified form (Unicode TS 51): ❤ and ❤️ are one reaction.

    Raises `NotAnEmoji`.
    """
    if not unicode_emoji.is_emoji(text):
        raise NotAnEmoji(field="emoji")
    if unicode_emoji.EMOJI_DATA[text]["status"] == _FULL:
        return text
    bare = text.replace(_VARIATION, "")
    return _FULL_FORMS.get(bare, text)


_FULL_FORMS = {
    form.replace(_VARIATION, ""): form
    for form, facts in unicode_emoji.EMOJI_DATA.items()
    if facts["status"] == _FULL
}
