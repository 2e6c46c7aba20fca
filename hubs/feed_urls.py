"""Addresses for machines. Those of the API answer with and without a slash at the end, without a redirect."""

from __future__ import annotations

from django.urls import URLPattern, path

from hubs import feed_views as views
from hubs.public_pages import View


def _api(route: str, view: View, name: str) -> list[URLPattern]:
    # The last of two with one name is what `reverse` gives, and the standard's addresses have no slash.
    name = f"openreferral-{name}"
    return [path(f"openreferral/{route}/", view, name=name), path(f"openreferral/{route}", view, name=name)]


urlpatterns = [
    path("hubs.geojson", views.hubs_geojson, name="hubs-geojson"),
    path("openreferral", views.api_info, name="openreferral"),
    path("openreferral/", views.api_info, name="openreferral"),
    *_api("services", views.services, "services"),
    *_api("services/<str:record_id>", views.service, "service"),
    *_api("service_at_locations", views.services_at_locations, "services-at-locations"),
    *_api("service_at_locations/<str:record_id>", views.service_at_location, "service-at-location"),
    *_api("taxonomies", views.taxonomies, "taxonomies"),
    *_api("taxonomies/<str:record_id>", views.taxonomy, "taxonomy"),
    *_api("taxonomy_terms", views.taxonomy_terms, "taxonomy-terms"),
    *_api("taxonomy_terms/<str:record_id>", views.taxonomy_term, "taxonomy-term"),
    path("openreferral/<path:rest>", views.no_such_record, name="openreferral-nothing"),
]

in_both_languages = [
    path("hubs/<slug:slug>/hours.ics", views.hub_hours, name="hub-hours"),
]
"""To be included where pages are, so that the Bengali ones are the same under /bn/."""
