from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """What is said, and how it travels."""

    name = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the bytes of files go with their room."""
        from .files import uploads  # noqa: PLC0415 (models are there only now)

        uploads.forget_files_with_rooms()
