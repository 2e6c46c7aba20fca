"""Logging a visit."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts.access import staff_view
from enquiries import actions
from enquiries.actions.desk import Logged, Raised
from enquiries.errors import WalkInRefused
from enquiries.forms.desk import LogVisitForm
from enquiries.forms.desk_choices import DeskChoices
from enquiries.londontime import service_day
from enquiries.lookups import lookups_at
from enquiries.models import Enquiry, Resident
from enquiries.views.at_hub import address, at_a_hub, page_of
from enquiries.waiting_list import today_at, waiting_list
from hubs.directory import listed_hubs
from hubs.finder import Findings, rank
from hubs.kept import stamp
from hubs.models import Hub

AS_SCRIPTS_ASK = "application/json"
"""What the page's script accepts (frontend/js/desk-outbox.js); a browser by itself follows the answer."""


@staff_view("enquiries.log_visit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_a_hub
def log_visit(request: HttpRequest, hub: Hub) -> HttpResponse:
    at = timezone.now()
    choices = DeskChoices(
        hub=hub,
        lookups=lookups_at(service_day(at)),
        residents=lambda: Resident.objects.visible_to(request.user).current(),  # type: ignore[arg-type]
        owner=f"visit:{request.user.pk}",
        at=at,
    )
    data = request.POST if request.method == "POST" else None
    form = LogVisitForm(data, choices=choices, initial={"resident": request.GET.get("resident")})
    if data is not None and form.is_valid():
        try:
            raised = [Raised(**each) for each in form.raised()]
            logged = actions.log_visit(hub=hub, raised=raised, by=request.user, at=at, **form.facts())  # type: ignore[arg-type]
        except WalkInRefused:
            form.refuse_walk_in()
        else:
            return _saved(request, hub, form, logged)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "enquiries/desk/log_visit.html", _page(request, form), status=status)


def _page(request: HttpRequest, form: LogVisitForm) -> dict[str, Any]:
    hub, at = form.desk.hub, form.desk.at
    context = {
        "form": form,
        "hub": hub,
        "today": today_at(hub, request.user, at),  # type: ignore[arg-type]
        "stamp": stamp(at),
        "room": waiting_list(hub, request.user, at),  # type: ignore[arg-type]
        "found": SimpleLazyObject(lambda: _walk_in_hubs(hub, at)),
        # Where focus goes once a key has chosen the topic.
        "first_after_topic": "id_outcome_0" if hub.walk_in else "id_kind_0",
        "here": address("log-visit", request, hub),
        "list_address": address("waiting-list", request, hub),
        "rows_address": address("waiting-summary", request, hub),
        "next_address": address("call-next", request, hub),
    }
    if form.known_resident is not None:
        actions.note_view(resident=form.known_resident, page="log-visit", by=request.user, at=at)  # type: ignore[arg-type]
    return context


def _walk_in_hubs(hub: Hub, at: datetime) -> Findings:
    return rank(hub, [each for each in listed_hubs(at) if each.walk_in and each.hub.pk != hub.pk])


def _saved(request: HttpRequest, hub: Hub, form: LogVisitForm, logged: Logged) -> HttpResponse:
    if not form.was_kept:
        messages.success(request, _banner(logged))
    to = _next_page(request, hub, form, logged)
    if request.META.get("HTTP_ACCEPT") != AS_SCRIPTS_ASK:
        return HttpResponseRedirect(to)
    return JsonResponse(
        {
            "references": logged.references,
            "ticket": logged.visit.ticket,
            "is_new": logged.is_new,
            "to": to,
        }
    )


def _next_page(request: HttpRequest, hub: Hub, form: LogVisitForm, logged: Logged) -> str:
    """Whoever is to be referred still stands at the desk: what the service must know is asked next."""
    place = form.refers
    if place is None or form.was_kept or not request.user.has_perm("enquiries.work_enquiries"):  # type: ignore[union-attr]
        return address("log-visit", request, hub)
    found = logged.enquiries[place]
    return reverse("refer", args=[found.reference]) if found.status == Enquiry.Status.OPEN else page_of(found)


def _banner(logged: Logged) -> SafeString:
    rows = [(page_of(each), each.shown_reference) for each in logged.enquiries]
    links = format_html_join(", ", '<a class="govuk-link hub-reference" href="{}">{}</a>', rows)
    ticket = format_html("Ticket <strong>{}</strong>. ", logged.visit.ticket) if logged.visit.ticket else ""
    words = "Reference" if len(rows) == 1 else "References"
    if not logged.is_new:
        return format_html(
            "This visit was saved before. {}{} {}. Nothing was saved twice.", ticket, words, links
        )
    if any(each.status == Enquiry.Status.OPEN for each in logged.enquiries) and not ticket:
        return format_html("Saved. {} {}. It is open until it is referred.", words, links)
    return format_html("Saved. {}{} {}.", ticket, words, links)
