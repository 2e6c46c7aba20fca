"""All addresses of the portal."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from hubportal import probes, views
from hubs import feed_urls
from hubs.feed_views import sitemap
from hubs.views import borough_map

PORTAL_PAGES = (
    "ask",
    "track",
    "appointments",
    "accessibility",
    "privacy",
    "cookies",
    "data-protection-complaint",
)

urlpatterns = [
    # The first that fits is taken: what desks and residents ask for all day long stands first.
    path("staff/", include("enquiries.urls")),
    path("staff/", include("accounts.urls")),
    path("staff/", include("appointments.urls")),
    path("staff/reports/", include("reports.urls")),
    path("healthz", probes.healthz, name="healthz"),
    *i18n_patterns(
        path("appointments/", include("appointments.public_urls")),
        path("", include("hubs.urls")),
        path("", include("enquiries.public_urls")),
        path("", include(feed_urls.in_both_languages)),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("privacy/", views.privacy, name="privacy"),
        path("cookies/", views.cookies, name="cookies"),
        prefix_default_language=False,
    ),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("robots.txt", views.robots, name="robots"),
    path("borough-map.svg", borough_map, name="borough-map"),
    path("sitemap.xml", sitemap, {"portal_pages": PORTAL_PAGES}, name="sitemap"),
    path("", include(feed_urls)),
    path("open-data/", include("reports.open_data_urls")),
    path("console/", admin.site.urls),
]

handler400 = "hubportal.errors.bad_request"
handler403 = "hubportal.errors.permission_denied"
handler404 = "hubportal.errors.page_not_found"
handler500 = "hubportal.errors.server_error"
