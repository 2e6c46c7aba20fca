"""The demo's history: the published figures exactly, a believable borough, the same rows each time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.models import Count, F, Max, Min, Q

from accounts.models import User
from enquiries import actions
from enquiries.actions.enquiries import search_text_of
from enquiries.londontime import month_number, service_day
from enquiries.models import (
    Enquiry,
    EnquiryEvent,
    Feedback,
    Referral,
    Resident,
    ResidentEvent,
    ServiceQuestion,
    ServiceTerms,
    TicketCounter,
    Visit,
)
from enquiries.working_days import due_date
from hubportal import demo
from hubs import bank_holidays
from hubs.models import Service
from hubs.opening import LONDON
from reports.months import Month
from reports.report import report
from tests.hubportal.conftest import make_borough
from tests.made_once import leave_as_made, made_once, settle

AT = datetime(2024, 1, 25, 11, 20, tzinfo=UTC)
"""A Thursday morning: the published months, some after them, and hubs that are open."""
PUBLISHED = Q(month__range=(202303, 202311))


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The history up to `AT`, made once for all tests of this file."""
    with made_once(django_db_blocker):
        make_borough()
        history = demo.load_history(at=AT)
        demo.load_past_appointments(at=AT)
        settle()
        yield history


@pytest.fixture
def history(loaded, db):
    """What was loaded; whatever a test does to the rows is history."""
    yield loaded
    leave_as_made()


def in_the_room() -> Q:
    return Q(state__in=("waiting", "held", "called"))


# The published figures --------------------------------------------------------------------------------------


def test_march_to_november_2023_is_what_the_council_published(history):
    referred = Enquiry.objects.filter(PUBLISHED, referrals__isnull=False)
    sent = Referral.objects.filter(
        sent_at__gte=datetime(2023, 3, 1, tzinfo=LONDON), sent_at__lt=datetime(2023, 12, 1, tzinfo=LONDON)
    )

    assert Visit.objects.filter(PUBLISHED).count() == 18_867
    assert (referred.distinct().count(), referred.count(), sent.count()) == (7_841, 7_841, 7_841)
    assert Enquiry.objects.filter(PUBLISHED, first_contact=True).count() == 7_760
    assert Enquiry.objects.filter(PUBLISHED).exclude(channel="in_person").count() == 0


def test_housing_comes_first_then_council_tax_then_parking(history):
    ranking = Enquiry.objects.filter(PUBLISHED).values_list("topic__slug").annotate(n=Count("pk"))

    assert [slug for slug, _ in ranking.order_by("-n")[:3]] == ["housing", "council-tax", "parking"]


def test_the_report_says_what_the_council_published(history):
    found = report(Month(2023, 3), Month(2023, 11), at=AT)
    numbers = {each.key: each.now.count for each in found.headlines}

    assert (numbers["visits"], numbers["referrals"], numbers["resolved"]) == (18_867, 7_841, 7_760)
    assert [row.label for row in found.table("topics").rows[:3]] == ["Housing", "Council tax", "Parking"]


# Where and when ---------------------------------------------------------------------------------------------


def test_the_pdc_has_visits_from_the_day_it_opened(history):
    first = dict(Visit.objects.values_list("hub__slug").annotate(first=Min("service_day")))

    assert first == dict.fromkeys(("town-hall", "bow", "chrisp-street", "cubitt-town"), date(2023, 3, 1)) | {
        "bethnal-green": date(2023, 10, 2)
    }


def test_nobody_came_while_a_hub_was_closed(history):
    came = Visit.objects.exclude(in_the_room()).values_list("arrived_at", flat=True)
    at_hubs = [at.astimezone(LONDON) for at in came]
    days = {at.date() for at in at_hubs}

    assert {day for day in days if day.weekday() > 4 or bank_holidays.name_on(day)} == set()
    assert {at.hour for at in at_hubs} == {9, 10, 11, 12, 13, 14, 15, 16}
    assert date(2023, 12, 22) in days
    assert max(at_hubs) < AT


def test_mornings_are_busiest_and_nobody_walked_in_at_the_town_hall(history):
    hours = Counter(at.astimezone(LONDON).hour for at in Visit.objects.values_list("arrived_at", flat=True))
    kinds = Visit.objects.values_list("hub__access", "kind").annotate(n=Count("pk")).order_by()

    assert sorted(hours, key=hours.__getitem__)[-2:] in ([10, 11], [11, 10])
    assert {(access, kind) for access, kind, _ in kinds} == {
        ("walk_in", "walk_in"),
        ("appointment_only", "appointment"),
        ("appointment_only", "booked"),
        ("appointment_only", "signposted"),
        ("appointment_only", "urgent"),
    }
    assert set(Visit.objects.filter(kind="signposted").values_list("signposted_to__slug", flat=True)) <= {
        "bethnal-green",
        "bow",
    }


def test_days_and_months_are_london_ones(history):
    wrong = [
        pk
        for pk, arrived_at, day, month in Visit.objects.values_list(
            "pk", "arrived_at", "service_day", "month"
        )
        if (service_day(arrived_at), month_number(arrived_at)) != (day, month)
    ]
    wrong += [
        pk
        for pk, opened_at, month in Enquiry.objects.values_list("pk", "opened_at", "month")
        if month_number(opened_at) != month
    ]

    assert wrong == []


def test_tickets_have_no_gap_and_rise_as_people_come(history):
    given: dict[tuple[int, date], list[int]] = {}
    rows = Visit.objects.exclude(ticket_number=None).order_by("arrived_at", "ticket_number")
    for hub, day, number in rows.values_list("hub", "service_day", "ticket_number"):
        given.setdefault((hub, day), []).append(number)
    counters = {(row.hub_id, row.day): row.last for row in TicketCounter.objects.all()}

    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in given.values())
    assert counters == {key: len(numbers) for key, numbers in given.items()}


# The same rows as the actions would write -------------------------------------------------------------------


def test_the_database_holds_no_row_that_points_nowhere(history):
    connection.check_constraints()


def test_every_enquiry_is_where_its_events_say(history):
    after: dict[int, list[str]] = {}
    for enquiry, kind in EnquiryEvent.objects.order_by("at", "id").values_list("enquiry", "kind"):
        after.setdefault(enquiry, []).append(kind)
    wrong = []
    status_after = {
        "opened": "open",
        "answered": "open",
        "closed": "closed",
        "referred": "referred",
        "accepted": "referred",
        "returned": "open",
        "finished": "closed",
    }
    for pk, status in Enquiry.objects.values_list("pk", "status"):
        if status_after[after[pk][-1]] != status or after[pk][0] not in ("opened", "closed"):
            wrong.append((pk, status, after[pk]))

    assert wrong == []
    assert len(after) == Enquiry.objects.count()


def test_referrals_and_their_enquiries_agree(history):
    referred = set(Referral.objects.values_list("enquiry", flat=True))
    live = set(Referral.objects.filter(status__in=("sent", "accepted")).values_list("enquiry", flat=True))
    first_contact = Enquiry.objects.filter(first_contact=True)

    assert set(Enquiry.objects.filter(status="referred").values_list("pk", flat=True)) == live
    assert referred.isdisjoint(first_contact.values_list("pk", flat=True))
    assert first_contact.exclude(outcome__group="resolved").count() == 0
    assert first_contact.filter(visit__isnull=False).exclude(visit__state="done").count() == 0
    assert Enquiry.objects.filter(outcome__group="left").exclude(visit__state="left").count() == 0
    assert Enquiry.objects.filter(hub=F("visit__hub")).count() == Enquiry.objects.exclude(visit=None).count()


def test_a_referral_is_due_by_the_services_working_days_and_answers_its_must_haves(history):
    required = Counter(ServiceQuestion.objects.filter(required=True).values_list("service", flat=True))
    days = dict(ServiceTerms.objects.values_list("service", "working_days"))
    wrong = [
        row.pk
        for row in Referral.objects.all()
        if row.due_on != due_date(service_day(row.sent_at), days[row.service_id], bank_holidays.name_on)
        or len([each for each in row.answers if each["answer"]]) < required[row.service_id]
        or not row.story
    ]

    assert wrong == []


def test_what_is_searched_is_what_the_actions_write(history):
    for enquiry in Enquiry.objects.select_related("topic", "resident").order_by("reference")[:300]:
        expected = search_text_of(enquiry.reference, enquiry.topic, enquiry.words, enquiry.resident)
        assert enquiry.search_text == expected
    for resident in Resident.objects.all():
        kept = (resident.search_text, resident.phone_key)
        resident.search_text = resident.phone_key = ""
        actions.residents._index(resident)
        assert (resident.search_text, resident.phone_key) == kept


def test_nothing_is_later_than_the_moment_it_was_loaded(history):
    latest = {
        (model.__name__, field.name): model.objects.aggregate(latest=Max(field.name))["latest"]
        for model in (Visit, Enquiry, EnquiryEvent, Referral, Resident, Feedback)
        for field in model._meta.concrete_fields
        if field.get_internal_type() == "DateTimeField"
    }

    assert {key: at for key, at in latest.items() if at is not None and at > AT} == {}


def test_a_resident_is_known_before_anything_of_theirs(history):
    assert Visit.objects.filter(arrived_at__lt=F("resident__created_at")).count() == 0
    assert Enquiry.objects.filter(opened_at__lt=F("resident__created_at")).count() == 0
    assert ResidentEvent.objects.filter(kind="created").count() == Resident.objects.count()


# A believable desk ------------------------------------------------------------------------------------------


def test_there_is_something_of_everything_to_work_on(history):
    today = service_day(AT)
    overdue = Referral.objects.overdue(today)
    room = Visit.objects.in_the_room(today)

    assert set(Referral.objects.values_list("status", flat=True)) == {
        "sent",
        "accepted",
        "returned",
        "finished",
    }
    assert (overdue.count() > 3, overdue.filter(lead_told_at=None).count() < overdue.count()) == (True, True)
    assert Counter(room.filter(hub__slug="bow").values_list("state", flat=True)) == {
        "called": 2,
        "held": 1,
        "waiting": 4,
    }
    assert room.filter(hub__slug="town-hall").count() == 2
    assert Enquiry.objects.filter(status="open").exclude(visit__in=room).count() > 10
    assert set(Enquiry.objects.values_list("channel", flat=True)) == {"in_person", "online", "phone"}
    assert set(Feedback.objects.values_list("answer", flat=True)) == {"yes", "partly", "no"}


def test_most_are_anonymous_and_nobody_is_real(history):
    known = Visit.objects.exclude(resident=None)

    assert 0.02 < known.count() / Visit.objects.count() < 0.2
    assert known.values("resident").annotate(n=Count("pk")).filter(n__gte=3).count() > 100
    assert Resident.objects.exclude(name__endswith=" (demo)").count() == 0
    assert Resident.objects.exclude(phone="").exclude(phone__startswith="07700 900").count() == 0
    assert Resident.objects.exclude(email="").exclude(email__endswith="@example.org").count() == 0


def test_people_speak_english_and_bengali(history):
    words = Enquiry.objects.exclude(words="").values_list("words", flat=True)
    bengali = [each for each in words if any("\u0980" <= letter <= "\u09ff" for letter in each)]

    assert 0.15 < len(bengali) / len(words) < 0.4
    assert len(set(words)) > 40


# Accounts ---------------------------------------------------------------------------------------------------


def test_there_is_an_officer_for_every_service_and_leads_it(history):
    officers = {f"officer.{slug}" for slug in Service.objects.values_list("slug", flat=True)}

    assert (
        set(User.objects.filter(username__startswith="officer.").values_list("username", flat=True))
        == officers
    )
    assert {
        f"officer.{name}" for name in ("housing", "council-tax", "parking", "benefits", "employment")
    } < officers
    for terms in ServiceTerms.objects.select_related("service", "lead"):
        assert terms.lead.username == f"officer.{terms.service.slug}"
        assert [each.slug for each in terms.lead.services.all()] == [terms.service.slug]
