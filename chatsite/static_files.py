"""How the page's files are stored: under names that hold their hash, compressed, cached for ever."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names, also inside the `import` statements of ES modules.

    Before `collectstatic` has run there are none: then every file goes by its own name.
    """

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """The name with the hash. Raises `ValueError` for a file that was not collected."""
        return str(super().stored_name(name)) if self.hashed_files else name

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """Leave `@type {import("./page.js").Page}` alone.

        Django does not know comments: two modules that name each other's types would look like a
        circle of imports, of which neither file's hash could be computed first.
        """
        convert = super().url_converter(name, hashed_files, template)
        return lambda match: match[0] if _is_in_doc_comment(match) else str(convert(match))


def _is_in_doc_comment(match: re.Match[str]) -> bool:
    text, start = match.string, match.start()
    return text.rfind("/**", 0, start) > text.rfind("*/", 0, start)


def fingerprint() -> str:
    """A digest of all static files' names, sizes and times: another one means that they must be collected."""
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: str(found[0])):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
