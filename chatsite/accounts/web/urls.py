"""Addresses of the door. Included at the root."""

from django.urls import path

from chatsite.accounts.web import views

app_name = "door"

urlpatterns = [
    path("", views.enter, name="enter"),
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
]
