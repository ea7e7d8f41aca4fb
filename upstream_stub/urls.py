"""Where the demo's HMPPS Auth stands. Its other addresses are asked by the service alone, inside the process."""

from django.urls import path

from upstream_stub import views

app_name = "upstream_stub"
urlpatterns = [
    path("oauth/authorize", views.hmpps_auth, name="authorize"),
    path("sign-out", views.hmpps_auth, name="sign_out"),
]
