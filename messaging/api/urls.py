from django.urls import path

from . import events, views

urlpatterns = [
    path("rooms/<str:room_id>/messages/", views.MessagesView.as_view()),
    path("rooms/<str:room_id>/events/", events.EventsView.as_view()),
    path("rooms/<str:room_id>/receipt/", views.ReceiptView.as_view()),
]
