"""All addresses of the portal."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from hubportal import views
from hubs.views import borough_map

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("borough-map.svg", borough_map, name="borough-map"),
    path("staff/", include("accounts.urls")),
    path("console/", admin.site.urls),
]
urlpatterns += i18n_patterns(
    path("", include("hubs.urls")),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("cookies/", views.cookies, name="cookies"),
    prefix_default_language=False,
)

handler400 = "hubportal.errors.bad_request"
handler403 = "hubportal.errors.permission_denied"
handler404 = "hubportal.errors.page_not_found"
handler500 = "hubportal.errors.server_error"
