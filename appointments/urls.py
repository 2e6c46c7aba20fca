"""Addresses of the staff pages about appointments, below /staff/."""

from django.urls import path

from appointments.views import day, desk, desk_booking, desk_waiting, finding, plans

urlpatterns = [
    path("appointments/", day.appointment_list, name="appointment-list"),
    path("appointments/find/", finding.find, name="find-appointment"),
    path("appointments/book/", desk_booking.book, name="book-appointment"),
    path("appointments/waiting/", desk_waiting.waiting, name="appointment-waiting"),
    path(
        "appointments/waiting/<int:pk>/leave/", desk_waiting.leave_waiting, name="leave-appointment-waiting"
    ),
    path("appointments/waiting/<int:pk>/take/", desk_waiting.take_offer, name="take-appointment-offer"),
    path(
        "appointments/waiting/<int:pk>/decline/", desk_waiting.decline_offer, name="decline-appointment-offer"
    ),
    path("appointments/plans/", plans.plan_list, name="appointment-plans"),
    path("appointments/plans/add/", plans.add_plan, name="add-appointment-plan"),
    path("appointments/plans/<int:pk>/", plans.change_plan, name="change-appointment-plan"),
    path("appointments/plans/close/", plans.close_day, name="close-appointment-day"),
    path("appointments/plans/closed/<int:pk>/reopen/", plans.reopen_day, name="reopen-appointment-day"),
    path("appointments/plans/offer/", plans.offer_others, name="offer-other-appointments"),
    path("appointments/<str:reference>/", desk.booking_page, name="booking"),
    path("appointments/<str:reference>/slip/", desk.slip, name="booking-slip"),
    path("appointments/<str:reference>/arrive/", day.arrive, name="arrive-booking"),
    path("appointments/<str:reference>/arrive/back/", day.take_back_arrival, name="take-back-arrival"),
    path("appointments/<str:reference>/late/", day.mark_late, name="late-booking"),
    path("appointments/<str:reference>/late/back/", day.take_back_late, name="take-back-late"),
    path("appointments/<str:reference>/missed/", day.miss, name="miss-booking"),
    path("appointments/<str:reference>/finish/", day.finish, name="finish-booking"),
    path("appointments/<str:reference>/move/", desk.move, name="move-booking"),
    path("appointments/<str:reference>/take/", desk.take_another, name="take-another-time"),
    path("appointments/<str:reference>/cancel/", desk.cancel, name="cancel-booking"),
]
