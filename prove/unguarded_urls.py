"""The portal's addresses with Django's own error page, which knows no outage."""

from hubportal.urls import urlpatterns

handler500 = "django.views.defaults.server_error"

__all__ = ["handler500", "urlpatterns"]
