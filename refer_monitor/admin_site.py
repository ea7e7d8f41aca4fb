"""The administration's frame: who may come in, and through which door.

What can be administered is declared in each app's ``admin.py``.
"""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from accounts.models import User


class ServiceAdminSite(AdminSite):
    """Django's admin, for administrators only, entered through the service's own throttled sign-in."""

    site_header = "Refer and monitor an intervention: administration"
    site_title = "Refer and monitor an intervention"
    index_title = "Administration"
    site_url = None  # an administrator's home is here
    enable_nav_sidebar = False  # it takes a quarter of the width from lists with many columns

    def has_permission(self, request: HttpRequest) -> bool:
        """Administrators; being staff alone is not enough."""
        user = request.user
        return isinstance(user, User) and user.is_active and user.is_staff and user.is_administrator

    def get_urls(self) -> list[Any]:
        """Without the way from a row to its page on the site: no row has one, and the way needs a table of sites."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send those who are not signed in to the sign-in page; refuse everybody else."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': target})}")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page to change one's password, for everybody."""
        return redirect("change_password")
