"""The tutorial's asynchronous consumer and its routing.

What it promises, as Parley does: a session is asked for, and a message is stored before its acknowledgement (which the
tutorial lacks; without one nothing could be measured). What it does not: numbers, order over several servers,
delivery of what the channel layer drops, membership, limits.
"""

import json
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.peers.tutorial.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import re_path

from tests.bench.peers.tutorial.models import Message

urlpatterns: list[Any] = []  # no pages


class ChatConsumer(AsyncWebsocketConsumer):
    """One socket in one room."""

    async def connect(self) -> None:
        """Join the group of the room in the path."""
        self.room = self.scope["url_route"]["kwargs"]["room_name"]
        self.group = f"chat_{self.room}"
        self.user = self.scope["user"]
        if not self.user.is_authenticated:
            await self.close()
            return
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str) -> None:
        """Store a message, tell the group, acknowledge."""
        said = json.loads(text_data)
        await Message._default_manager.acreate(
            client_id=said["client_id"], room=self.room, by_id=self.user.pk, text=said["message"]
        )
        event = {"type": "chat.message", "message": said["message"], "client_id": said["client_id"]}
        await self.channel_layer.group_send(self.group, event)
        await self.send(text_data=json.dumps({"ok": said["id"]}))

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Hand on a message of the group."""
        await self.send(text_data=json.dumps({"message": event["message"], "client_id": event["client_id"]}))


routes = [re_path(r"ws/chat/(?P<room_name>\w+)/$", ChatConsumer.as_asgi())]
application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(routes))),
    }
)
