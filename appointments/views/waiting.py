"""The waiting list as residents see it: joining it, and the time that is offered."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import actions
from appointments.errors import AlreadyWaiting, NotAllowedNow, OfferGone, TooManyBookings
from appointments.forms.booking import WishForm, sent_here
from appointments.models import Wish
from appointments.offered import hubs_for
from enquiries.errors import TooManyTries
from enquiries.views.from_internet import CONFLICT, UNPROCESSABLE, caller_of, refuse, resident_page
from hubs.directory import notices_now

from .shown import instead, show, topic_called


@resident_page("GET", "HEAD", "POST")
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Put somebody on the waiting list."""
    at = timezone.now()
    topic = topic_called(slug, at)
    today = timezone.localdate(at)
    hubs = hubs_for(topic, today)
    if not hubs:
        raise Http404
    if request.method == "POST" and request.POST.get("step") != "switch":
        form = WishForm(request.POST, topic=topic, at=at)
    else:
        form = WishForm(topic=topic, at=at, initial=WishForm.typed(sent_here(request.POST)))
    context = {"topic": topic, "form": form, "hubs": hubs}
    if not (form.is_bound and form.is_valid()):
        status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
        return show(request, "wish", context, at, status=status)
    try:
        wish, _is_new = actions.join_waiting_list(
            hub=hubs[0], topic=topic, by=None, caller=caller_of(request), at=at, **form.wish(today)
        )
    except AlreadyWaiting:
        # Nothing of what is there already: whoever asks may only know a name and a number.
        return show(request, "already_waiting", context, at, status=CONFLICT)
    except TooManyTries as full:
        form.add_error(
            None, _("You are not on the list yet. Too much came from your internet address. Call us.")
        )
        return refuse(request, "appointments/wish.html", full, context | {"notices": notices_now(at)})
    return redirect("appointment-offer", wish.private_key)


@resident_page("GET", "HEAD", "POST", private=True)
def offer(request: HttpRequest, key: str) -> HttpResponse:
    """Show how it stands with somebody who waits; take the offered time, let it pass, or leave the list."""
    at = timezone.now()
    wish = get_object_or_404(Wish.objects.for_list(), private_key=key)
    answer = request.POST.get("answer", "")
    context = {"wish": wish, "at": at, "link": settings.SITE_URL + reverse("appointment-offer", args=[key])}
    try:
        if answer == "take":
            booked = actions.accept_offer(wish=wish, by=None, at=at)
            return redirect("appointment-booked", booked.booking.private_key)
        if answer == "pass":
            actions.decline_offer(wish=wish, at=at)
            return redirect(f"{request.path}?done=passed")
        if answer == "leave":
            actions.leave_waiting_list(wish=wish, by=None, at=at)
            return redirect("appointment-offer", key)
    except (OfferGone, NotAllowedNow, TooManyBookings) as refused:
        wish.refresh_from_db()
        context |= {"gone": True, "too_many": isinstance(refused, TooManyBookings)}
        return show(request, "offer", context | instead(wish.topic, at), at, status=CONFLICT)
    context["passed"] = request.GET.get("done") == "passed"
    return show(request, "offer", context | instead(wish.topic, at), at)
