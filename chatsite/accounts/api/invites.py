# ruff: noqa: ARG002 (Django hands each view its request)
"""Invites to the site, for those who may make them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts import invites
from chatsite.accounts.models import SiteInvite
from chatsite.accounts.permissions import can_invite_to_site
from chatsite.errors import Forbidden
from chatsite.rest.fields import StrictSerializer, WholeNumber
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView
from messaging.protocol import rfc3339


class SiteInviteSerializer(serializers.Serializer[Any]):
    """An invite to the site; `code` and `url` are only in the answer that made it."""

    id = serializers.CharField()
    code = serializers.CharField(required=False)
    url = serializers.URLField(required=False)
    expires_at = serializers.DateTimeField(allow_null=True)
    max_uses = serializers.IntegerField(allow_null=True)
    uses = serializers.IntegerField()


class SiteInvitePageSerializer(serializers.Serializer[Any]):
    """A page of invites to the site."""

    results = SiteInviteSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class NewSiteInvite(StrictSerializer):
    """An invite to be made: seven days long unless `expires_at` says otherwise (null for ever)."""

    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    max_uses = WholeNumber(required=False, allow_null=True, min_value=1, max_value=invites.MOST_USES)


def site_invite_json(invite: SiteInvite, *, code: str | None = None) -> dict[str, Any]:
    """One invite; with its code and address only in the answer that made it."""
    shown: dict[str, Any] = {"id": invite.id}
    if code is not None:
        shown |= {"code": code, "url": invites.site_invite_url(code)}
    return shown | {
        "expires_at": rfc3339(invite.expires_at) if invite.expires_at else None,
        "max_uses": invite.max_uses,
        "uses": invite.uses,
    }


class SiteInvitesView(ApiView):
    """`site-invites/`."""

    @extend_schema(
        operation_id="list_site_invites",
        parameters=PAGE_PARAMETERS,
        responses={200: SiteInvitePageSerializer},
    )
    def get(self, request: Request) -> Response:
        """A page of the invites that still let somebody in, without their codes."""
        if not can_invite_to_site(self.me):
            raise Forbidden
        return Response(
            page(
                invites.open_site_invites(),
                by="id",
                params=request.query_params,
                kind=str,
                show=lambda found: [site_invite_json(invite) for invite in found],
            )
        )

    @extend_schema(
        operation_id="create_site_invite", request=NewSiteInvite, responses={201: SiteInviteSerializer}
    )
    def post(self, request: Request) -> Response:
        """A new invite. This answer is the only one that holds its code."""
        key = self.idempotency_key()
        invite, code = invites.create_site_invite(by=self.me, key=key, **self.read(NewSiteInvite))
        return Response(site_invite_json(invite, code=code), status=201)


class SiteInviteView(ApiView):
    """`site-invites/{id}/`."""

    @extend_schema(operation_id="end_site_invite", request=None, responses={204: None})
    def delete(self, request: Request, site_invite_id: str) -> Response:
        """Take an invite back."""
        invites.end_site_invite(by=self.me, invite_id=site_invite_id)
        return Response(status=204)
