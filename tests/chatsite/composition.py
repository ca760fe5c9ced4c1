"""Reading `docker-compose.yml` and the Dockerfile as their engines do, as far as we use them."""

import re
from typing import Any

import yaml

from .launching import ROOT

_VARIABLE = re.compile(r"\$\{(\w+):-([^${}]*)\}")


def composition(**variables: str) -> dict[str, Any]:
    """The compose file with anchors merged and `${NAME:-default}` filled in, inner ones first."""
    text = (ROOT / "docker-compose.yml").read_text()
    while _VARIABLE.search(text):
        text = _VARIABLE.sub(lambda found: variables.get(found[1]) or found[2], text)
    composed: dict[str, Any] = yaml.safe_load(text)
    return composed


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions: keyword, rest."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(keyword, rest) for keyword, _, rest in (line.partition(" ") for line in lines)]
