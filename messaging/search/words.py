"""Text as it is searched: words without case and accents, and signs that are words by themselves.

Both the index and the query go through here, so that they meet. Ideographs, kana, hangul and emoji stand each by itself,
because nothing parts them in a text; they are spelled in ASCII, so that a trigram index finds them whatever the locale
of the database holds for a letter.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

SNIPPET = 240
BEFORE_MATCH = 60

_ASCII = re.compile(r"[a-z0-9_]+|[#+$]")
_SINGLE = "qz"  # begins the spelling of a sign that stands by itself
_ALONE = frozenset("#+$")
_UNREADABLE = "\ufffd"  # stands where something was that is no text
_TATWEEL = "\u0640"  # stretches an Arabic word and means nothing
_WITHOUT_SPACES = (
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
# Marks of a class below this belong to the letter (kana's voicing, Indic signs); the others are accents, harakat and the like.
_ACCENT = 10


class Word(NamedTuple):
    """One word, folded, and where it stands in the text; `single` if it is one sign that stands by itself."""

    folded: str
    start: int
    end: int
    single: bool


class Part(NamedTuple):
    """A piece of a snippet, and whether it is what was searched for."""

    text: str
    match: bool


class Term:
    """Words that must follow one another; the first may begin inside a word, the last may be a beginning.

    A first word of one or two letters begins a word, and one letter alone is a whole word: inside words they are everywhere.
    """

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = [word.folded for word in words]
        first, last = words[0], words[-1]
        self._inside = len(first.folded) > 2 and not first.single
        whole = last.single or len(last.folded) == 1
        self.pattern = f"{'' if self._inside else ' '}{' '.join(self._words)}{' ' if whole else ''}"
        self._whole = whole

    def places(self, text: Sequence[Word]) -> list[tuple[int, int]]:
        """Where the term stands in a text: from the start of its first word to the end of its last."""
        size = len(self._words)
        return [
            (text[at].start, text[at + size - 1].end)
            for at in range(len(text) - size + 1)
            if self._fits([word.folded for word in text[at : at + size]])
        ]

    def _fits(self, found: Sequence[str]) -> bool:
        *_, last = self._words
        if len(found) == 1:
            if self._inside:
                return last in found[0]
            return found[0] == last if self._whole else found[0].startswith(last)
        first_fits = found[0].endswith(self._words[0]) if self._inside else found[0] == self._words[0]
        last_fits = found[-1] == last if self._whole else found[-1].startswith(last)
        return first_fits and last_fits and list(found[1:-1]) == self._words[1:-1]


def split(text: str) -> list[Word]:
    """The words of a text, in their order."""
    if text.isascii():
        return [
            Word(_spelled(match[0]) if match[0] in _ALONE else match[0], *match.span(), match[0] in _ALONE)
            for match in _ASCII.finditer(text.lower())
        ]
    words: list[Word] = []
    run, start, end = "", 0, 0
    for at, sign in enumerate(text):
        kind, folded = _fold(sign)
        if kind == "ignored":
            continue
        if kind == "letter":
            start = at if not run else start
            run, end = run + folded, at + 1
            continue
        if run:
            words.append(Word(run, start, end, single=False))
            run = ""
        if kind == "single":
            words.append(Word(folded, at, at + 1, single=True))
    if run:
        words.append(Word(run, start, end, single=False))
    return words


def fold(text: str) -> str:
    """The words of a text between single spaces: what is indexed, and what the pattern of a `Term` is looked for in."""
    return f" {' '.join(word.folded for word in split(text))} "


def snippet(text: str, terms: Sequence[Term]) -> list[Part]:
    """A piece of the text around its first match, with all matches in it marked."""
    words = split(text)
    marks = _joined([place for term in terms for place in term.places(words)])
    start = _word_start(text, marks[0][0] - BEFORE_MATCH) if marks else 0
    end = min(len(text), start + SNIPPET)
    parts = [Part("…", match=False)] if start else []
    at = start
    for first, last in marks:
        if first >= end:
            break
        parts += [Part(text[at:first], match=False), Part(text[first : min(last, end)], match=True)]
        at = min(last, end)
    parts += [Part(text[at:end], match=False), Part("…" if end < len(text) else "", match=False)]
    return [part for part in parts if part.text]


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in their order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _word_start(text: str, at: int) -> int:
    """A place near `at` that cuts no word, if there is one."""
    if at <= 0:
        return 0
    space = text.find(" ", at, at + BEFORE_MATCH // 2)
    return at if space < 0 else space + 1


@lru_cache(maxsize=4096)
def _fold(sign: str) -> tuple[str, str]:
    """What one sign is, `letter`, `single`, `ignored` or `gap`, and how it is folded."""
    if _is_without_spaces(sign):
        return "single", _spelled(unicodedata.normalize("NFKC", sign))
    category = unicodedata.category(sign)
    if sign in _ALONE or (category in {"So", "Sc"} and sign != _UNREADABLE):
        return "single", _spelled(sign)
    if sign == _TATWEEL or category in {"Cf", "Sk"} or "\ufe00" <= sign <= "\ufe0f":
        return "ignored", ""
    if category[0] in "LN" or category in {"Mn", "Mc"} or sign == "_":
        folded = _without_accents(sign)
        return ("letter", folded) if folded else ("ignored", "")
    return "gap", ""


def _without_accents(sign: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    return "".join(part for part in plain if unicodedata.combining(part) < _ACCENT and _is_of_a_word(part))


def _is_of_a_word(sign: str) -> bool:
    return sign == "_" or unicodedata.category(sign)[0] in "LNM"


def _is_without_spaces(sign: str) -> bool:
    code = ord(sign)
    return code >= 0x3005 and any(low <= code <= high for low, high in _WITHOUT_SPACES)


def _spelled(sign: str) -> str:
    return f"{_SINGLE}{'x'.join(format(ord(part), 'x') for part in sign)}"
