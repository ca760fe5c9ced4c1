"""What administrators do to people's sockets, from the list of people."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from chatsite.accounts.models import User
from chatsite.admin import ListAdmin, who

from .live import close_sockets


class PeopleOffice(ListAdmin):
    """The list of people, with what it does at once."""

    actions = [*ListAdmin.actions, "close_sockets"]

    @admin.action(description="Close their sockets", permissions=["change"])
    def close_sockets(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """On every server. Pages come back by themselves, if they still may."""
        by = who(request)
        self.do_to_each(
            request, people, lambda user: close_sockets(by=by, user=user), "Closed the sockets of"
        )
