"""Addresses of the page. Included at `rooms/`."""

from django.urls import path

from rooms.web import views

app_name = "rooms"

urlpatterns = [
    path("", views.shell, name="list"),
    path("<str:room_id>/", views.shell, name="room"),
    path("<str:room_id>/details/", views.shell, name="details"),
    path("<str:room_id>/<int:seq>/", views.shell, name="message"),
]
