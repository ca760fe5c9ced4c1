from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """Places and who may be there."""

    name = "rooms"
    default_auto_field = "django.db.models.BigAutoField"
