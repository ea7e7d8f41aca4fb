"""The service's addresses with those of the stub's HMPPS Auth, as in the demo."""

from django.urls import include, path

from refer_monitor.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [*urlpatterns, path("auth/", include("upstream_stub.urls"))]
