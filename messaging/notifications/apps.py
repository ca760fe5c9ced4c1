from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Notices and mail for those who are away."""

    name = "messaging.notifications"
    default_auto_field = "django.db.models.BigAutoField"
