# ruff: noqa: ARG002 (Django hands each view its request)
"""How one is told, and the browsers that show it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chatsite.accounts.credentials import Credential
from chatsite.rest.pages import PAGE_PARAMETERS, page
from chatsite.rest.views import ApiView
from messaging.notifications import preferences, subscriptions

from .shapes import (
    NewSubscription,
    NotificationsChange,
    NotificationsSerializer,
    SubscriptionPageSerializer,
    SubscriptionSerializer,
    preferences_json,
    subscription_json,
)


class NotificationsView(ApiView):
    """`me/notifications/`."""

    @extend_schema(operation_id="read_notifications", responses={200: NotificationsSerializer})
    def get(self, request: Request) -> Response:
        """How one is told, and the key that a browser needs to show it."""
        kept = preferences.preferences_of([self.me.id])[self.me.id]
        return Response(preferences_json(kept, by=self.me))

    @extend_schema(
        operation_id="change_notifications",
        request=NotificationsChange,
        responses={200: NotificationsSerializer},
    )
    def patch(self, request: Request) -> Response:
        """Change some of it; what is not told stays."""
        kept = preferences.change_preferences(by=self.me, **self.read(NotificationsChange))
        return Response(preferences_json(kept, by=self.me))


class SubscriptionsView(ApiView):
    """`me/push-subscriptions/`."""

    @extend_schema(
        operation_id="list_push_subscriptions",
        parameters=PAGE_PARAMETERS,
        responses={200: SubscriptionPageSerializer},
    )
    def get(self, request: Request) -> Response:
        """A page of one's browsers that show notices."""
        return Response(
            page(
                subscriptions.subscriptions_of(self.me),
                by="id",
                params=request.query_params,
                kind=str,
                show=lambda rows: [subscription_json(row) for row in rows],
            )
        )

    @extend_schema(
        operation_id="create_push_subscription",
        request=NewSubscription,
        responses={201: SubscriptionSerializer, 200: SubscriptionSerializer},
    )
    def post(self, request: Request) -> Response:
        """Let this browser show notices as long as one is signed in with what asks now; 200 when it did so already."""
        self.idempotency_key()  # the endpoint is one
        asked = self.read(NewSubscription)
        assert isinstance(request.auth, Credential)
        kept, fresh = subscriptions.subscribe(
            by=self.me,
            credential=request.auth,
            endpoint=asked["endpoint"],
            device=request.headers.get("User-Agent", ""),
            **asked["keys"],
        )
        return Response(subscription_json(kept), status=201 if fresh else 200)


class SubscriptionView(ApiView):
    """`me/push-subscriptions/{subscription}/`."""

    @extend_schema(operation_id="end_push_subscription", request=None, responses={204: None})
    def delete(self, request: Request, subscription_id: str) -> Response:
        """Show no more notices there."""
        subscriptions.unsubscribe(by=self.me, subscription_id=subscription_id)
        return Response(status=204)
