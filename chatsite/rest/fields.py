"""Strict serializers: an unknown field is refused, and no value is bent into another type."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """The shape of a request's body. A field that is not declared is refused by name."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The validated values. Raises `ValidationError`."""
        if isinstance(data, Mapping):
            for name in data:
                if name not in self.fields:
                    raise serializers.ValidationError({str(name)[:64]: ["This field is not known here."]})
        return dict(super().to_internal_value(data))


class Text(serializers.CharField):
    """A string and nothing else, kept as it was sent; the service judges length and content."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "allow_blank": True, **options})

    def to_internal_value(self, data: Any) -> str:
        """`data`, if it is a string."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """A JSON integer: not `"7"`, not `7.0`, not `true`."""

    def to_internal_value(self, data: Any) -> int:
        """`data`, if it is an integer."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)
