"""Addresses of the open data, below /open-data/."""

from django.urls import path

from reports.views import open_data

urlpatterns = [
    path("monthly-visits.csv", open_data.monthly_visits_csv, name="monthly-visits-csv"),
    path("monthly-visits.json", open_data.monthly_visits_json, name="monthly-visits-json"),
]
