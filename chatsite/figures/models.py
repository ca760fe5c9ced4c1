"""The figures beyond the last hour."""

from django.db import models


class Period(models.Model):
    """What all servers did in a quarter of an hour from `at` (seconds since 1970), as far as samples up to `until` (ms) tell."""

    at = models.PositiveBigIntegerField(primary_key=True)
    until = models.PositiveBigIntegerField()
    told = models.JSONField()

    def __str__(self) -> str:
        return f"{self.at} to {self.until}"
