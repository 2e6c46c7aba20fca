"""Addresses where residents book, look up, move and cancel; the Bengali ones are the same under /bn/."""

from django.urls import path, register_converter

from appointments.dates_in_paths import IsoDate
from appointments.views import booking, choosing, managing, waiting

register_converter(IsoDate, "isodate")

urlpatterns = [
    path("appointments/", choosing.start, name="appointments"),
    path("appointments/details/", booking.book, name="appointment-details"),
    path("appointments/check/", booking.book, name="appointment-check"),
    path("appointments/booked/<slug:key>/", booking.booked, name="appointment-booked"),
    path("appointments/manage/", managing.look_up, name="appointment-look-up"),
    path("appointments/b/<slug:key>/", managing.appointment, name="appointment"),
    path("appointments/b/<slug:key>/appointment.ics", managing.calendar_file, name="appointment-calendar"),
    path("appointments/b/<slug:key>/move/", managing.move_days, name="appointment-move"),
    path("appointments/b/<slug:key>/move/<isodate:day>/", managing.move, name="appointment-move-day"),
    path("appointments/b/<slug:key>/cancel/", managing.cancel, name="appointment-cancel"),
    path("appointments/offer/<slug:key>/", waiting.offer, name="appointment-offer"),
    path("appointments/<slug:slug>/", choosing.days, name="appointment-days"),
    path("appointments/<slug:slug>/waiting/", waiting.join, name="appointment-wish"),
    path("appointments/<slug:slug>/<isodate:day>/", choosing.times, name="appointment-times"),
]
