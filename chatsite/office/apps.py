"""Django's admin, with our site in its place."""

from django.contrib.admin.apps import AdminConfig

from chatsite.languages.names import speak_of_models


class OfficeConfig(AdminConfig):
    """The admin of this product."""

    default_site = "chatsite.office.site.OfficeSite"

    def ready(self) -> None:
        """Models are called by the words of whoever looks."""
        speak_of_models()
        super().ready()
