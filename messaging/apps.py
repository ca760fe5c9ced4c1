from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """What is said, and how it travels."""

    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
