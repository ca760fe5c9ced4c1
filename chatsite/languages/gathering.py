"""All that the site and its page say, gathered from where it stands: templates, Python, models, scripts."""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template import Engine, Node
from django.template.base import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from .names import english_names

ONE = {"_", "gettext", "gettext_lazy"}
BY_NUMBER = {"ngettext", "ngettext_lazy"}

# What only those meet who write programs: they go by the code, and the sentence stays English.
_FOR_PROGRAMS = re.compile(
    r"/(?:api|rest|realtime|documents|demo|management|migrations)/|/(?:settings|protocol|tickets|idempotency)\.py$"
)
_IN_SCRIPT = re.compile(r'(?<![\w.$`])(?:_|ngettext)\(\s*"((?:[^"\\]|\\.)*)"(?:,\s*"((?:[^"\\]|\\.)*)")?')


class Said(NamedTuple):
    """One text, with its second form where it goes by number, and the file that says it."""

    text: str
    many: str
    file: str


def said_by_site() -> list[Said]:
    """What pages, mails and the office say: templates, Python, the names of models."""
    found = [Said(name, "", "models") for name in english_names()]
    for file in _files("templates"):
        found += in_template(_text(file), file)
    modules = {
        file: ast.parse(_text(file)) for file in _files("chatsite", "rooms", "messaging", ending=".py")
    }
    refusals = _refusals(modules.values())
    for file, module in modules.items():
        found += in_python(module, file, refusals=set() if _FOR_PROGRAMS.search(file) else refusals)
    return [one for one in found if one.text]


def said_by_page() -> list[Said]:
    """What the page's scripts say."""
    return [
        one
        for file in _files("static/js", ending=".js")
        if "/vendor/" not in file and not file.endswith("/i18n.js")
        for one in in_script(_text(file), file)
    ]


def in_template(source: str, file: str) -> Iterator[Said]:
    """What a template translates, with the keys that Django looks up."""
    template = Template(source, engine=Engine.get_default())
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield Said(str(getattr(node.filter_expression.var, "literal", "")), "", file)
        elif isinstance(node, BlockTranslateNode):
            text, _names = node.render_token_list(node.singular)
            many = node.render_token_list(node.plural)[0] if node.plural else ""
            yield Said(text, many, file)


def in_python(module: ast.AST, file: str, *, refusals: set[str]) -> Iterator[Said]:
    """What a module says through gettext, and the sentences of the refusals that it makes (classes of these names)."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name, first, second = _name(node.func), _plain(node.args, 0), _plain(node.args, 1)
            if name in ONE or name in refusals:
                yield Said(first, "", file)
            elif name in BY_NUMBER:
                yield Said(first, second, file)
        elif refusals and isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if _name(targets[0]) == "default_message" and node.value is not None:
                yield Said(_plain([node.value], 0), "", file)


def in_script(source: str, file: str) -> Iterator[Said]:
    """What a script says. Its texts are plain literals: `tests/js/words.test.mjs` sees to that."""
    for match in _IN_SCRIPT.finditer(source):
        one, many = match.groups()
        yield Said(_unescaped(one), _unescaped(many or "") if "ngettext(" in match.group() else "", file)


def _refusals(modules: Iterable[ast.Module]) -> set[str]:
    """The names of all classes that come from `ChatError`."""
    parents = {
        node.name: {_name(base) for base in node.bases}
        for module in modules
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    }
    found = {"ChatError"}
    while more := {name for name, bases in parents.items() if bases & found} - found:
        found |= more
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _plain(values: list[ast.expr], place: int) -> str:
    value = values[place] if len(values) > place else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _unescaped(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text)


def _files(*folders: str, ending: str = "") -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--", *folders],
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    return [name for name in listed if name.endswith(ending) and (Path(settings.BASE_DIR) / name).exists()]


def _text(name: str) -> str:
    return (Path(settings.BASE_DIR) / name).read_text(encoding="utf-8")
