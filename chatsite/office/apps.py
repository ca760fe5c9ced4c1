"""Django's admin, with our site in its place."""

from django.contrib.admin.apps import AdminConfig


class OfficeConfig(AdminConfig):
    """The admin of this product."""

    default_site = "chatsite.office.site.OfficeSite"
