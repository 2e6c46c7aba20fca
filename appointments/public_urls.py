"""Addresses where residents book, look up, move and cancel; below /appointments/ and /bn/appointments/."""

from django.urls import path, register_converter

from appointments.dates_in_paths import IsoDate
from appointments.views import booking, choosing, managing, waiting

register_converter(IsoDate, "isodate")

urlpatterns = [
    path("details/", booking.book, name="appointment-details"),
    path("", choosing.start, name="appointments"),
    path("check/", booking.book, name="appointment-check"),
    path("booked/<slug:key>/", booking.booked, name="appointment-booked"),
    path("manage/", managing.look_up, name="appointment-look-up"),
    path("b/<slug:key>/", managing.appointment, name="appointment"),
    path("b/<slug:key>/appointment.ics", managing.calendar_file, name="appointment-calendar"),
    path("b/<slug:key>/move/", managing.move_days, name="appointment-move"),
    path("b/<slug:key>/move/<isodate:day>/", managing.move, name="appointment-move-day"),
    path("b/<slug:key>/cancel/", managing.cancel, name="appointment-cancel"),
    path("offer/<slug:key>/", waiting.offer, name="appointment-offer"),
    path("<slug:slug>/", choosing.days, name="appointment-days"),
    path("<slug:slug>/waiting/", waiting.join, name="appointment-wish"),
    path("<slug:slug>/<isodate:day>/", choosing.times, name="appointment-times"),
]
