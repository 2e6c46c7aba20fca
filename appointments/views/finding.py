"""Finding an appointment by what somebody says on the phone: their reference, name or number."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import staff_view
from appointments.finding import appointments_found
from appointments.models import Booking
from enquiries.actions import note_views
from enquiries.forms.enquiries import SearchForm
from enquiries.londontime import service_day
from enquiries.references import tidied

from .day import WORK

SEARCH = "appointments_searched"
"""Where the session keeps what was searched for: a name in an address would stay in the browser."""


@staff_view(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _search(request)
    at, user, text = timezone.now(), request.user, request.session.get(SEARCH, "")
    found = appointments_found(text, user, service_day(at))  # type: ignore[arg-type]
    shown = {each.resident_id: each.resident for each in found.all}
    note_views(residents=shown.values(), page="appointment-search", by=user, at=at)  # type: ignore[arg-type]
    return render(request, "appointments/staff/find.html", {"text": text, "found": found})


def _search(request: HttpRequest) -> HttpResponse:
    """Go to the appointment with the reference that was typed; otherwise to the list of what is found."""
    form = SearchForm(request.POST)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    called = Booking.objects.visible_to(request.user).filter(reference=tidied(text)).first()  # type: ignore[arg-type]
    request.session[SEARCH] = "" if called else text
    return redirect("booking", called.reference) if called else redirect("find-appointment")
