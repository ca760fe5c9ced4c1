"""Every language says everything: what templates, Python and scripts say is translated, with the same values in it."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

from chatsite.languages import catalogs, told
from chatsite.languages.gathering import Said, in_python, in_script, in_template
from rooms.errors import LastOwner
from rooms.models import Room

ROOT = Path(settings.BASE_DIR)
_TAG = re.compile(
    r"\{%\s*comment\s*%\}.*?\{%\s*endcomment\s*%\}|\{%\s*blocktranslate.*?\{%\s*endblocktranslate\s*%\}"
    r"|<style.*?</style>|<script.*?</script>|<code.*?</code>|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\})*>",
    re.DOTALL,
)
_READ_ALOUD = re.compile(r'\b(?:title|aria-label|alt|placeholder)="([^"{]*[^\W\d_]{2}[^"{]*)"')
_WORD = re.compile(r"[^\W\d_]{2}")
# Blocks that are filled with something else than words.
_NO_WORDS = re.compile(r"\{% block (?:card_class|bodyclass|coltype)[^%]*%\}[^{]*\{% endblock")


def untranslated(template: str) -> list[str]:
    """Words of a template that no catalog could change."""
    source = re.sub(
        r"\{%\s*(?:trans|translate)\s.*?%\}", "", _NO_WORDS.sub("{% block x %}{% endblock", template)
    )
    source = re.sub(
        r"<(body|html)\b.*?>(?=\n)",
        "",
        re.sub(r"\{% block body_attributes %\}(?!\{% endblock).*?\n", "", source),
    )
    plain = [text.strip() for text in _TAG.split(source.replace("&nbsp;", "").replace("&amp;", ""))]
    return [text for text in plain if _WORD.search(text)] + _READ_ALOUD.findall(source)


@pytest.fixture(scope="module")
def whole() -> list[tuple[str, str, Catalog]]:
    """Every catalog as it ought to be, with what is said now."""
    return [
        (language, domain, catalogs.renewed(catalogs.read(language, domain), said))
        for domain, said in catalogs.domains().items()
        for language in catalogs.languages()
    ]


def test_three_languages_beside_english_and_one_from_the_right() -> None:
    assert catalogs.languages() == ["de", "es", "ar"]
    assert [code for code, _ in settings.LANGUAGES if translation.get_language_info(code)["bidi"]] == ["ar"]


def test_everything_is_translated_with_the_same_values_in_it(whole: list[tuple[str, str, Catalog]]) -> None:
    assert all(len(catalog) > 300 for _, _, catalog in whole)
    wrong = [problem for _, _, catalog in whole for problem in catalogs.problems(catalog)]
    assert not wrong, "\n".join(wrong[:60])


def test_the_catalogs_are_as_the_command_writes_them(whole: list[tuple[str, str, Catalog]]) -> None:
    stale = [
        f"{language} {domain}"
        for language, domain, catalog in whole
        if catalogs.path(language, domain).read_bytes() != catalogs.as_text(catalog)
        or catalogs.path(language, domain).with_suffix(".mo").read_bytes() != catalogs.compiled(catalog)
    ]
    assert not stale, f"`make messages`: {stale}"


def test_what_is_missing_or_wrong_in_a_catalog_is_found() -> None:
    catalog = Catalog(locale="de", domain="django")
    catalog.add("Empty", "")
    catalog.add("Doubtful", "Zweifelhaft", flags=["fuzzy"])
    catalog.add("By {name}", "Von {nam}")
    catalog.add(("{n} room", "{n} rooms"), ("ein Raum", "Räume"))
    catalog.add(("{n} hour", "{n} hours"), ("eine Stunde", "{n} Stunden"))
    found = "\n".join(catalogs.problems(catalog))
    assert [word in found for word in ("Empty", "Doubtful", "By ", "{n} room", "{n} hour")] == [True] * 4 + [
        False
    ]


def test_every_word_of_a_template_goes_through_gettext() -> None:
    files = [path for ending in ("html", "txt") for path in (ROOT / "templates").rglob(f"*.{ending}")]
    assert len(files) > 80
    found = [f"{path.name}: {text}" for path in files for text in untranslated(path.read_text("utf-8"))]
    assert not found, "\n".join(found)


def test_the_finder_of_words_in_templates_finds_them() -> None:
    assert untranslated('<p>{% translate "Yes" %}</p>{{ name }}, {% site_name %}') == []
    assert untranslated("<p>{% if a %}Used{% endif %} {{ n }}</p>") == ["Used"]
    assert untranslated('<a title="Close" aria-label="{% translate "Shut" %}">{{ x }}</a>') == ["Close"]


# What people read of forms, the office and messages: a text that stands here by itself is not translated.
_SAYS = {"label", "help_text", "description", "search_help_text", "short_description"}


def test_what_forms_and_the_office_say_goes_through_gettext() -> None:
    files = [
        path
        for pattern in ("chatsite/accounts/web/*.py", "chatsite/office/*.py", "chatsite/leaving/web.py")
        for path in ROOT.glob(pattern)
        if not path.name.endswith("api.py")
    ]
    files += [path for app in ("rooms", "messaging", "chatsite") for path in (ROOT / app).rglob("admin.py")]
    assert len(files) > 25
    found = [f"{path}: {text}" for path in files for text in bare(ast.parse(path.read_text("utf-8")))]
    assert not found, "\n".join(found)


def bare(module: ast.AST) -> list[str]:
    """Texts for people that no catalog could change: labels, messages, errors of forms."""
    values = [
        value
        for node in ast.walk(module)
        for value in (
            [keyword.value for keyword in node.keywords if keyword.arg in _SAYS] + _said_by(node)
            if isinstance(node, ast.Call)
            else [node.value]
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", "") in _SAYS
            else []
        )
    ]
    texts = [
        value.value if isinstance(value, ast.Constant) else "f-string" for value in values if _is_text(value)
    ]
    return [str(text) for text in texts if _WORD.search(str(text))]


def _said_by(call: ast.Call) -> list[ast.expr]:
    """The text of `messages.success(request, …)`, `ValidationError(…)` and their like."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in {"success", "error", "message_user"}:
        return call.args[1:2]
    return call.args[:1] if name == "ValidationError" else []


def _is_text(value: ast.expr) -> bool:
    if isinstance(value, ast.JoinedStr):
        return any(isinstance(part, ast.Constant) and _WORD.search(str(part.value)) for part in value.values)
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def test_the_finder_of_words_in_python_finds_them() -> None:
    code = 'F(label="Name", help_text=_("Why"))\nmessages.success(request, "Done")\nraise ValidationError(f"{x} no")'
    assert sorted(bare(ast.parse(code))) == ["Done", "Name", "f-string"]


def test_texts_are_gathered_from_templates_python_and_scripts() -> None:
    template = (
        '{% load i18n %}{% translate "Yes" %}{% if a %}'
        "{% blocktranslate count n=n %}{{ n }} room{% plural %}{{ n }} rooms{% endblocktranslate %}{% endif %}"
    )
    assert set(in_template(template, "t")) == {Said("Yes", "", "t"), Said("%(n)s room", "%(n)s rooms", "t")}
    code = 'class A(Refused):\n    default_message = "No."\nA("Never.")\nB("At all.")\n_("Maybe")'
    said = in_python(ast.parse(code), "p", refusals={"A"})
    assert sorted(one.text for one in said) == ["Maybe", "Never.", "No."]
    script = 'html`<b title=${_("Close")}>${ngettext("{n} hour", "{n} hours", n)}</b>`; _("Say \\"hi\\"")'
    assert [one[:2] for one in in_script(script, "s")] == [
        ("Close", ""),
        ("{n} hour", "{n} hours"),
        ('Say "hi"', ""),
    ]


def test_refusals_and_the_names_of_models_take_the_language_of_whoever_reads() -> None:
    english = told(LastOwner()), str(Room._meta.verbose_name_plural)
    with translation.override("de"):
        german = told(LastOwner()), str(Room._meta.verbose_name_plural)
    assert english[1] == "rooms"
    assert german[1] == "Räume"
    assert german[0] != english[0] == LastOwner.default_message


def test_arabic_has_six_forms() -> None:
    with translation.override("ar"):
        forms = [
            ngettext("%(n)s unused code left.", "%(n)s unused codes left.", n) for n in (0, 1, 2, 3, 11, 100)
        ]
        assert gettext("Sign in") == "تسجيل الدخول"
    assert len(set(forms)) == 6
