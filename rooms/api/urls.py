from django.urls import path

from . import invites, members, rights, views

urlpatterns = [
    path("rooms/", views.RoomsView.as_view()),
    path("rooms/<str:room_id>/", views.RoomView.as_view()),
    path("rooms/<str:room_id>/reopen/", views.ReopenView.as_view()),
    path("rooms/<str:room_id>/join/", views.JoinView.as_view()),
    path("rooms/<str:room_id>/leave/", views.LeaveView.as_view()),
    path("rooms/<str:room_id>/marks/", views.MarksView.as_view()),
    path("rooms/<str:room_id>/members/", members.MembersView.as_view()),
    path("rooms/<str:room_id>/members/<str:user_id>/", members.MemberView.as_view()),
    path("rooms/<str:room_id>/bans/", members.BansView.as_view()),
    path("rooms/<str:room_id>/bans/<str:user_id>/", members.BanView.as_view()),
    path("rooms/<str:room_id>/permissions/", rights.RoomRightsView.as_view()),
    path("rooms/<str:room_id>/invites/", invites.InvitesView.as_view()),
    path("rooms/<str:room_id>/invites/<str:invite_id>/", invites.InviteView.as_view()),
    path("invites/<str:code>/", invites.InvitationView.as_view()),
    path("invites/<str:code>/accept/", invites.AcceptView.as_view()),
    path("site/permissions/", rights.SiteRightsView.as_view()),
    path("direct-rooms/", views.DirectRoomsView.as_view()),
]
