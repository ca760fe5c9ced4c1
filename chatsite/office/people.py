"""What administrators do to people's sockets, from the list of people."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chatsite.accounts.models import User
from chatsite.admin import ListAdmin, who

from .live import close_sockets, end_sessions


class PeopleOffice(ListAdmin):
    """The list of people, with what it does at once."""

    actions = [*ListAdmin.actions, "close_sockets", "end_sessions"]

    @admin.action(description=_("Close their sockets"), permissions=["change"])
    def close_sockets(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """On every server. Pages come back by themselves, if they still may."""
        by = who(request)
        self.do_to_each(
            request, people, lambda user: close_sockets(by=by, user=user), "Closed the sockets of"
        )

    @admin.action(description=_("End their sessions"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """They are signed out everywhere; their API tokens stay."""
        by = who(request)
        self.do_to_each(request, people, lambda user: end_sessions(by=by, user=user), "Ended the sessions of")
