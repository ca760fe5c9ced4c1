"""How the page's files are stored: under names that hold their hash, compressed, cached for ever."""

import hashlib
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

# A comment that has its lines to itself, a type beside code, a remark at a line's end. (In a text they would be taken for
# comments too: a test compares all modules before and after.)
_COMMENTS = re.compile(
    r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$|/\*\*(?:(?!\*/)[^\n])*\*/ ?|(?<=[;,{(]) +//[^\n]*$",
    re.MULTILINE | re.DOTALL,
)
# What counts on the way through a module: in code (texts and patterns as wholes), and in the text of a template.
_IN_CODE = re.compile(
    r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`|[{}]|\n[ \t]+"""
    r"""|(?:(?<=[(\[!])|(?<=[=,:?&|] ))/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/"""
)
_IN_TEXT = re.compile(r"\\.|`|\$\{", re.DOTALL)
_OPENED_BY = {"`": "`", "}": "{"}


def as_served(module: str) -> str:
    """A module as browsers get it: without comments and indentation, and every line still has its number."""
    return _without_indentation(_COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), module))


def _without_indentation(module: str) -> str:
    """Texts of templates keep theirs: it may be seen."""
    kept, at = [], 0
    open_: list[str] = []  # what one is in: "`" is the text of a template, "{" a block or code in a template
    while found := (_IN_TEXT if open_[-1:] == ["`"] else _IN_CODE).search(module, at):
        token = found[0]
        if open_[-1:] == [_OPENED_BY.get(token)]:
            open_.pop()
        elif token in ("`", "{", "${"):
            open_.append(token[-1])
        kept += [module[at : found.start()], "\n" if token[0] == "\n" else token]
        at = found.end()
    return "".join((*kept, module[at:]))


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names. `import` statements of ES modules stay as written: the page's import map leads them.

    So a module's name changes only when the module does, and neither the depth of imports nor what a comment
    looks like matters. Before `collectstatic` has run there are no hashes: then every file goes by its own name.
    """

    def _save(self, name: str, content: "File[bytes]") -> str:
        if name.endswith(".js") and not name.startswith(("js/vendor/", "admin/")):
            text = b"".join(content.chunks()).decode()
            content = ContentFile(as_served(text).encode())
        return str(super()._save(name, content))

    def stored_name(self, name: str) -> str:
        """The name with the hash. Raises `ValueError` for a file that was not collected."""
        return str(super().stored_name(name)) if self.hashed_files else name


def fingerprint() -> str:
    """A digest of all static files' names, sizes and times: another one means that they must be collected."""
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: str(found[0])):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
