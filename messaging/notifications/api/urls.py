from django.urls import path

from . import views

urlpatterns = [
    path("me/notifications/", views.NotificationsView.as_view()),
    path("me/push-subscriptions/", views.SubscriptionsView.as_view()),
    path("me/push-subscriptions/<str:subscription_id>/", views.SubscriptionView.as_view()),
]
