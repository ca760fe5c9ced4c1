from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChecksConfig(AppConfig):
    """The check of the logs."""

    name = "messaging.checks"
    verbose_name = _("Check of the logs")
    default_auto_field = "django.db.models.BigAutoField"
