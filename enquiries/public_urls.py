"""Addresses where residents ask, look up and say how it went; the Bengali ones are the same under /bn/."""

from django.urls import path

from enquiries.views import complaints, online

urlpatterns = [
    path("ask/", online.ask, name="ask"),
    path("ask/sent/<slug:key>/", online.ask_sent, name="ask-sent"),
    path("track/", online.track, name="track"),
    path("track/<slug:key>/", online.track_link, name="track-link"),
    path("feedback/<slug:key>/", online.feedback, name="feedback"),
    path("data-protection-complaint/", complaints.complain, name="data-protection-complaint"),
    path("data-protection-complaint/sent/<uuid:token>/", complaints.complaint_sent, name="complaint-sent"),
]
