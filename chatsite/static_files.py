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


def without_comments(module: str) -> str:
    """A module as browsers get it: a third smaller, and every line still has its number."""
    return _COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), module)


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names. `import` statements of ES modules stay as written: the page's import map leads them.

    So a module's name changes only when the module does, and neither the depth of imports nor what a comment
    looks like matters. Before `collectstatic` has run there are no hashes: then every file goes by its own name.
    """

    def _save(self, name: str, content: "File[bytes]") -> str:
        if name.endswith(".js") and not name.startswith(("js/vendor/", "admin/")):
            text = b"".join(content.chunks()).decode()
            content = ContentFile(without_comments(text).encode())
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
