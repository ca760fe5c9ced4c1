from django.urls import path

from . import members, views

urlpatterns = [
    path("rooms/", views.RoomsView.as_view()),
    path("rooms/<str:room_id>/", views.RoomView.as_view()),
    path("rooms/<str:room_id>/join/", views.JoinView.as_view()),
    path("rooms/<str:room_id>/leave/", views.LeaveView.as_view()),
    path("rooms/<str:room_id>/members/", members.MembersView.as_view()),
    path("rooms/<str:room_id>/members/<str:user_id>/", members.MemberView.as_view()),
    path("direct-rooms/", views.DirectRoomsView.as_view()),
]
