from django.urls import path

from . import changes, events, views

urlpatterns = [
    path("rooms/<str:room_id>/messages/", views.MessagesView.as_view()),
    path("rooms/<str:room_id>/messages/<str:seq>/", changes.MessageView.as_view()),
    path("rooms/<str:room_id>/messages/<str:seq>/reactions/<str:emoji>/", changes.ReactionView.as_view()),
    path("rooms/<str:room_id>/messages/<str:seq>/receipts/", views.MessageReceiptsView.as_view()),
    path("rooms/<str:room_id>/events/", events.EventsView.as_view()),
    path("rooms/<str:room_id>/receipt/", views.ReceiptView.as_view()),
]
