"""The public pages where residents ask, look up what became of it, and say how it went.

Nothing here needs a session: what was typed travels in the form. No page is stored by a browser or kept in
memory, since each holds somebody's words.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enquiries import actions
from enquiries.errors import NotAllowedNow, TooManyTries
from enquiries.forms.online import AskForm, FeedbackForm, TrackForm
from enquiries.models import Enquiry, Feedback
from enquiries.tracking import second_fact_fits, tracked
from enquiries.wording import reply_words, stage_words
from hubs.models import Notice, Topic

from .from_internet import UNPROCESSABLE, caller_of, refuse, resident_page


@resident_page("GET", "HEAD", "POST")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a question: the form, the answers to check, and sending. `step` says what the button is for."""
    at = timezone.now()
    topics = list(Topic.objects.current(timezone.localdate(at)))
    step = request.POST.get("step", "")
    unchecked = AskForm(topics=topics, at=at, initial=_typed_before(request))
    if request.method != "POST" or step == "change":
        return _show(request, "ask", {"form": unchecked}, at)
    form = AskForm(request.POST, topics=topics, at=at)
    if not form.is_valid():
        return _show(request, "ask", {"form": form}, at, status=UNPROCESSABLE)
    if form.needs_safety:
        return _show(request, "ask", {"form": unchecked}, at)
    if step != "send":
        return _show(request, "check", {"form": form}, at)
    return _send(request, form, at)


@resident_page("GET", "HEAD", private=True)
def ask_sent(request: HttpRequest, key: str) -> HttpResponse:
    """Say that a question arrived: reference, what happens next and by when, the private link."""
    enquiry = get_object_or_404(
        Enquiry.objects.for_tracking(), private_key=key, channel=Enquiry.Channel.ONLINE
    )
    context = {
        "enquiry": enquiry,
        "link": settings.SITE_URL + _link("track-link", enquiry),
        "next": reply_words(enquiry.reply_by),
        "only_link": enquiry.resident is None or not (enquiry.resident.postcode or enquiry.resident.phone),
        "first": "first" in request.GET,
    }
    return _show(request, "sent", context, timezone.now())


@resident_page("GET", "HEAD", "POST")
def track(request: HttpRequest) -> HttpResponse:
    """Look an enquiry up by its reference and a second fact: by POST, so that neither lands in a log."""
    at = timezone.now()
    form = TrackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.count_look_up(caller=caller_of(request), at=at)
        except TooManyTries as full:
            return refuse(request, "errors/429.html", full)
        asked = Enquiry.objects.for_tracking().filter(reference=form.cleaned_data["reference"])
        enquiry = asked.first()
        resident = enquiry.resident if enquiry else None
        if second_fact_fits(resident, form.cleaned_data["second_fact"]) and enquiry:
            return _show_tracked(request, enquiry, at)
        form.add_error(None, _("Nothing fits this reference and this postcode or phone number. Check both."))
    status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
    return _show(request, "track", {"form": form}, at, status=status)


@resident_page("GET", "HEAD", private=True)
def track_link(request: HttpRequest, key: str) -> HttpResponse:
    """Open an enquiry by its private link."""
    enquiry = get_object_or_404(Enquiry.objects.for_tracking(), private_key=key)
    return _show_tracked(request, enquiry, timezone.now())


@resident_page("GET", "HEAD", "POST", private=True)
def feedback(request: HttpRequest, key: str) -> HttpResponse:
    """Ask one question and take a comment, once; whoever comes back is thanked."""
    at = timezone.now()
    enquiry = get_object_or_404(Enquiry, private_key=key)
    if enquiry.status == Enquiry.Status.MISTAKE:
        raise Http404
    given = Feedback.objects.filter(enquiry=enquiry).exists()
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if not given and form.is_bound and form.is_valid():
        try:
            actions.give_feedback(enquiry=enquiry, at=at, **form.cleaned_data)
        except NotAllowedNow as taken_back:
            raise Http404 from taken_back
        return redirect(_link("feedback", enquiry))
    if given and form.is_bound:
        return redirect(_link("feedback", enquiry))
    status = UNPROCESSABLE if form.is_bound else HTTPStatus.OK
    return _show(request, "feedback", {"form": form, "given": given}, at, status=status)


def _send(request: HttpRequest, form: AskForm, at: datetime) -> HttpResponse:
    try:
        enquiry, is_new = actions.ask(**_question(form), caller=caller_of(request), at=at)
    except TooManyTries as full:
        return refuse(request, "enquiries/online/check.html", full, {"form": form, "too_many": True})
    # Somebody went back, changed the words and sent the same form again: say that the first ones count.
    differs = not is_new and enquiry.words != form.cleaned_data["words"]
    return redirect(_link("ask-sent", enquiry) + ("?first=yes" if differs else ""))


def _show_tracked(request: HttpRequest, enquiry: Enquiry, at: datetime) -> HttpResponse:
    referrals = list(enquiry.referrals.select_related("service").order_by("id"))
    shown = tracked(enquiry, referrals, timezone.localdate(at))
    context = {
        "enquiry": shown,
        "stage": stage_words(shown.stage),
        "feedback_url": _link("feedback", enquiry),
        "feedback_given": Feedback.objects.filter(enquiry=enquiry).exists(),
    }
    return _show(request, "tracked", context, at)


def _show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    at: datetime,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    notices = Notice.objects.showing(at).for_every_page()
    return render(request, f"enquiries/online/{template}.html", {"notices": notices} | context, status=status)


def _typed_before(request: HttpRequest) -> dict[str, Any]:
    """Return what the form starts with: everything typed so far, or the topic somebody comes from."""
    if request.method != "POST":
        return {"language": get_language(), "topic": request.GET.get("topic", "")}
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in AskForm.base_fields}
    return typed | {"safe": request.POST.getlist("safe"), "website": ""}


def _question(form: AskForm) -> dict[str, Any]:
    answers = form.cleaned_data
    return {
        "token": form.next_stamp.token,
        "topic": form.topics[answers["topic"]],
        "words": answers["words"],
        "reply_by": answers["reply_by"],
        "language": answers["language"],
    } | form.about_resident()


def _link(name: str, enquiry: Enquiry) -> str:
    return reverse(name, args=[enquiry.private_key])
