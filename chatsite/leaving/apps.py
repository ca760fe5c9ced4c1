from django.apps import AppConfig


class LeavingConfig(AppConfig):
    """Exports and deletions."""

    name = "chatsite.leaving"
    default_auto_field = "django.db.models.BigAutoField"
