from django.contrib.admin.apps import AdminConfig


class OfficeConfig(AdminConfig):
    """Django's admin with our site in the place of its own."""

    default_site = "chatsite.office.site.OfficeSite"
