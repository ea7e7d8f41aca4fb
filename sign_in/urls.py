"""Addresses of signing in through HMPPS Auth. HMPPS Auth knows the second one."""

from django.urls import path

from sign_in import views

app_name = "sign_in"
urlpatterns = [
    path("sign-in/hmpps-auth", views.start, name="start"),
    path("sign-in/callback", views.callback, name="callback"),
]
