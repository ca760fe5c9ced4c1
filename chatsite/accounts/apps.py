from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and programs that may sign in, and what they show to prove who they are."""

    name = "chatsite.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear every sign-out, through whichever door, so that its sockets end too."""
        from chatsite.accounts import signals  # noqa: F401, PLC0415
