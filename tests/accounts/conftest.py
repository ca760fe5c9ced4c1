"""Doors that count nothing from the test before."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _forget_failures() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
