from django.urls import path

from . import bots, invites, views

urlpatterns = [
    path("auth/login/", views.LoginView.as_view()),
    path("auth/logout/", views.LogoutView.as_view()),
    path("auth/tokens/", views.TokensView.as_view()),
    path("auth/tokens/<str:token_id>/", views.TokenView.as_view()),
    path("bots/", bots.BotsView.as_view()),
    path("bots/<str:bot_id>/", bots.BotView.as_view()),
    path("bots/<str:bot_id>/tokens/", bots.BotTokensView.as_view()),
    path("bots/<str:bot_id>/tokens/<str:bot_token_id>/", bots.BotTokenView.as_view()),
    path("socket-tickets/", views.TicketsView.as_view()),
    path("me/", views.MeView.as_view()),
    path("me/avatar/", views.AvatarView.as_view()),
    path("site-invites/", invites.SiteInvitesView.as_view()),
    path("site-invites/<str:site_invite_id>/", invites.SiteInviteView.as_view()),
    path("users/", views.UsersView.as_view()),
]
