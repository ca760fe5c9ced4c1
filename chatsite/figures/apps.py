from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """What the site measures of itself."""

    name = "chatsite.figures"
    default_auto_field = "django.db.models.BigAutoField"
