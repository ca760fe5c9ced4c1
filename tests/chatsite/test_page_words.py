"""The words of the page's script in other languages: from gettext's catalogs into the page."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import trans_real

from chatsite.templatetags.page import words_of_page

HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
WORDS = {
    "": HEADER,
    "New room": "Neuer Raum</script>",
    "{n} room\0{n} rooms": "{n} Raum\0{n} Räume",
}


def compiled(words: dict[str, str]) -> bytes:
    """A catalog as `msgfmt` makes it: two tables of lengths and offsets, then the texts."""
    pairs = sorted((key.encode(), value.encode()) for key, value in words.items())
    tables, texts, offset = [b"", b""], b"", 28 + 16 * len(pairs)
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<II", len(pair[side]), offset + len(texts))
            texts += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables[0] + tables[1] + texts


@pytest.fixture
def german(tmp_path: Path, settings: Any) -> Iterator[None]:
    """The site speaks German, too."""
    folder = tmp_path / "de/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "djangojs.mo").write_bytes(compiled(WORDS))
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    settings.LOCALE_PATHS = [str(tmp_path)]
    words_of_page.cache_clear()
    with translation.override("de"):
        yield
    words_of_page.cache_clear()
    trans_real.reset_cache(setting="LANGUAGES")


def shown() -> str:
    """What the page holds of the catalog."""
    return Template("{% load page %}{% page_catalog %}").render(Context())


@pytest.mark.usefixtures("german")
def test_the_page_holds_the_catalog_of_its_language() -> None:
    assert words_of_page("de") == {"New room": "Neuer Raum</script>", "{n} room": ["{n} Raum", "{n} Räume"]}
    assert shown().startswith('<script id="catalog" type="application/json">{"New room": "Neuer Raum\\u003C')


def test_english_stands_in_the_code() -> None:
    assert shown() == ""


def test_a_page_with_few_scripts_holds_their_words_alone() -> None:
    with translation.override("de"):
        few = Template('{% load page %}{% page_catalog "account" %}').render(Context())
        assert '"Ready"' in few
        assert '"Direct"' in shown()
        assert '"Direct"' not in few
