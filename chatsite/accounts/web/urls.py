"""Addresses of the door and of the account's own pages. Included at the root.

Pages whose names begin with `account_` or `mfa_` are django-allauth's (`socialaccount_` too), which finds them by these names.
"""

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.urls import include, path, re_path
from django.views.i18n import set_language

from chatsite.accounts.web import again, elsewhere, first_run, invites, profile, tokens, views

urlpatterns = [
    path("", views.enter, name="enter"),
    path("language/", set_language, name="set_language"),
    path("sign-in/", views.SignInView.as_view(), name="account_login"),
    path("sign-out/", views.SignOutView.as_view(), name="account_logout"),
    path("sign-up/", account.signup, name="account_signup"),
    path("switched-off/", account.account_inactive, name="account_inactive"),
    path("join/<str:code>/", invites.join, name="join"),
    path("first-run/", first_run.open_place, name="first-run"),
    # --- by an account of elsewhere ---
    path("sign-in/with/<str:provider_id>/", elsewhere.leave, name="sign-in-with"),
    path("sign-in/with/<str:provider_id>/done/", elsewhere.come_back, name="sign-in-with-done"),
    path("sign-in/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-up/name/", elsewhere.JoinView.as_view(), name="socialaccount_signup"),
    path("account/linked/", elsewhere.LinkedView.as_view(), name="socialaccount_connections"),
    # --- forgotten password ---
    path("forgotten/", account.password_reset, name="account_reset_password"),
    path("forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "forgotten/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # --- one's own account ---
    path("account/", profile.profile, name="profile"),
    path("account/picture/", profile.avatar, name="avatar"),
    path("avatars/<str:user_id>/<str:digest>.webp", profile.show_avatar, name="show-avatar"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/elsewhere/", again.confirm_elsewhere, name="confirm-elsewhere"),
    path("account/email/", account.email, name="account_email"),
    path("account/email/sent/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^account/email/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/first/", again.first_password, name="account_set_password"),
    path("account/two-step/", include("allauth.mfa.urls")),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<str:token_id>/end/", tokens.end_token, name="end-token"),
    path("account/bots/", tokens.my_bots, name="bots"),
    path("account/bots/<str:bot_id>/", tokens.one_bot, name="bot"),
    path("account/bots/<str:bot_id>/end/", tokens.end_bot, name="end-bot"),
    path("account/bots/<str:bot_id>/tokens/<str:token_id>/end/", tokens.end_bot_token, name="end-bot-token"),
    path("account/invitations/", invites.site_invites, name="site-invites"),
    path("account/invitations/<str:invite_id>/end/", invites.end_invite, name="end-site-invite"),
    path("account/sessions/", views.sessions, name="sessions"),
    path("account/sessions/end-others/", views.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<str:session_id>/end/", views.end_session, name="end-session"),
]
