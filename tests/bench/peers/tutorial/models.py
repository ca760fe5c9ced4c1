"""One row a message."""

from django.db import models


class Message(models.Model):
    """What somebody said in a room. The same `client_id` is not stored twice."""

    room = models.CharField(max_length=64, db_index=True)
    by_id = models.BigIntegerField()
    client_id = models.UUIDField(unique=True)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.room}: {self.text[:40]}"
