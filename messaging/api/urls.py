from django.urls import path

from . import changes, events, files, reports, search, views

urlpatterns = [
    path("rooms/<str:room_id>/messages/", views.MessagesView.as_view()),
    path("rooms/<str:room_id>/messages/<str:seq>/", changes.MessageView.as_view()),
    path("rooms/<str:room_id>/messages/<str:seq>/reactions/<str:emoji>/", changes.ReactionView.as_view()),
    path("rooms/<str:room_id>/messages/<str:seq>/pin/", changes.PinView.as_view()),
    path("rooms/<str:room_id>/pins/", changes.PinsView.as_view()),
    path("rooms/<str:room_id>/messages/<str:seq>/receipts/", views.MessageReceiptsView.as_view()),
    path("rooms/<str:room_id>/messages/<str:seq>/reports/", reports.MessageReportsView.as_view()),
    path("rooms/<str:room_id>/attachments/", files.AttachmentsView.as_view()),
    path("rooms/<str:room_id>/attachments/<str:file_id>/", files.AttachmentView.as_view()),
    path("rooms/<str:room_id>/attachments/<str:file_id>/preview/", files.PreviewView.as_view()),
    path("rooms/<str:room_id>/reports/", reports.ReportsView.as_view()),
    path("rooms/<str:room_id>/reports/<str:report_id>/", reports.ReportView.as_view()),
    path("rooms/<str:room_id>/events/", events.EventsView.as_view()),
    path("search/", search.SearchView.as_view()),
    path("rooms/<str:room_id>/receipt/", views.ReceiptView.as_view()),
]
