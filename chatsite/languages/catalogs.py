"""The catalogs of `chatsite/locale/`: `django` for the site, `djangojs` for the page, one of each a language."""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from .gathering import Said, said_by_page, said_by_site

_PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def languages() -> list[str]:
    """All but English, which stands in the code."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def domains() -> dict[str, list[Said]]:
    """What each catalog has to hold."""
    return {"django": said_by_site(), "djangojs": said_by_page()}


def path(language: str, domain: str) -> Path:
    """Where a catalog is written by people; what is read of it lies beside it, as `.mo`."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str) -> Catalog:
    """A catalog as it is; empty if there is none."""
    file = path(language, domain)
    if not file.exists():
        return Catalog(locale=language, domain=domain, charset="utf-8", fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale=language, domain=domain)


def renewed(catalog: Catalog, said: Iterable[Said]) -> Catalog:
    """The catalog with what is said now: new texts are empty, and what nobody says any more is gone."""
    fresh = Catalog(locale=catalog.locale, domain=catalog.domain, charset="utf-8", fuzzy=False)
    by_text: dict[str, tuple[str, set[str]]] = {}
    for one in said:
        many, files = by_text.get(one.text, ("", set()))
        by_text[one.text] = (many or one.many, files | {one.file})
    for text, (many, files) in sorted(by_text.items()):
        known = catalog.get(text)
        string = known.string if known is not None and bool(known.pluralizable) == bool(many) else None
        fresh.add((text, many) if many else text, string, locations=[(file, 0) for file in sorted(files)])
    return fresh


def as_text(catalog: Catalog) -> bytes:
    """The `.po` file: texts by the alphabet, no dates, so that it changes only where words do."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=100, sort_output=True, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{head}"Plural-Forms: {catalog.plural_forms}\\n"\n\n'.encode() + stream.getvalue().lstrip()


def compiled(catalog: Catalog) -> bytes:
    """The `.mo` file."""
    plain = Catalog(locale=catalog.locale, charset="utf-8", fuzzy=False)
    for message in catalog:
        if message.id and all(_forms(message)):
            plain.add(message.id, message.string)
    stream = io.BytesIO()
    write_mo(stream, plain)
    return re.sub(rb"(POT-Creation-Date|PO-Revision-Date): [^\n]*", _blank, stream.getvalue())


def problems(catalog: Catalog) -> Iterator[str]:
    """What is missing in a catalog or wrong with it."""
    for message in catalog:
        if message.id:
            forms = _forms(message)
            texts = message.id if isinstance(message.id, list | tuple) else [message.id]
            where = f"{catalog.locale} {catalog.domain}: {texts[0]!r}"
            if message.fuzzy or not all(forms):
                yield f"{where} is not translated"
            elif len(texts) > 1 and len(forms) != catalog.num_plurals:
                yield f"{where} has {len(forms)} forms and not {catalog.num_plurals}"
            elif not _same_names(message, texts, forms):
                yield f"{where} has other placeholders: {forms!r}"


def _forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [str(message.string or "")]


def _same_names(message: Message, texts: Iterable[str], forms: Iterable[str]) -> bool:
    """Whether the same values go in. By number, a form may say the number as a word ("no", "one", "both")."""
    wanted = {name for text in texts for name in _PLACEHOLDER.findall(text)}
    *others, last = (set(_PLACEHOLDER.findall(form)) for form in forms)
    return last == wanted and all(names <= wanted for names in others)


def _blank(match: "re.Match[bytes]") -> bytes:
    return match.group()[: match.group().index(b": ") + 2].ljust(len(match.group()), b"-")
