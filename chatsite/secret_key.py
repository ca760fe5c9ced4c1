"""The signing key that is made on a first start and kept in the data folder."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

MODE = 0o600


def kept_secret_key(path: Path) -> str:
    """The key in `path`, made now if there is none.

    Several processes may start at once: each writes a file of its own and links it to `path`;
    the first link wins and all read that one, so nobody ever sees a half-written key.
    Raises `OSError` when the folder cannot be written, `ValueError` when the file is empty.
    """
    if not path.exists():
        _make(path)
    if stat.S_IMODE(path.stat().st_mode) != MODE:
        path.chmod(MODE)
    key = path.read_text(encoding="ascii").strip()
    if not key:
        raise ValueError(f"{path} is empty: delete it, and a new key will be made")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(own, path)
    finally:
        own.unlink()
