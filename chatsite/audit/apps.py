from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "chatsite.audit"
    verbose_name = "Audit log"
    default_auto_field = "django.db.models.BigAutoField"
