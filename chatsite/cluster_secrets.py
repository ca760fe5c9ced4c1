"""`python -m chatsite.cluster_secrets <folder>`: make the secrets of a cluster, once.

Writes `secret_key`, `postgres_password` and the `database_url` that holds it; what is there stays.
"""

import secrets
import sys
from pathlib import Path

from chatsite.secret_key import MODE, kept_secret_key


def make_secrets(folder: Path) -> None:
    """Fill what is missing in `folder`; readable by its owner only."""
    kept_secret_key(folder / "secret_key")
    password = folder / "postgres_password"
    _keep(password, secrets.token_urlsafe(32))
    _keep(
        folder / "database_url",
        f"postgres://parley:{password.read_text(encoding='ascii')}@postgres:5432/parley",
    )


def _keep(path: Path, value: str) -> None:
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.touch(MODE)
        unfinished.write_text(value, encoding="ascii")
        unfinished.rename(path)


if __name__ == "__main__":
    make_secrets(Path(sys.argv[1]))
