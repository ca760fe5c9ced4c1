"""What surrounds a page of the office that belongs to no model."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the office's own templates."""
    return admin.site.each_context(request)
