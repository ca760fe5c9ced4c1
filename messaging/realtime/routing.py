"""The WebSocket routes."""

from django.urls import path

from .consumer import ChatConsumer

urlpatterns = [path("ws/", ChatConsumer.as_asgi())]
