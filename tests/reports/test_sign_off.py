"""Signing a month off: what was counted stays, later changes are listed, and only once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from appointments import actions as appointments
from appointments.models import BookingEvent
from enquiries import actions as desk
from enquiries.actions.desk import Raised
from reports.actions import MOST_PERSONAL_ROWS, note_export, sign_off
from reports.amendments import amendments, drifts
from reports.errors import AlreadySignedOff, BeforeAnyVisit, MonthNotOver, ReasonMissing, TooManyRows
from reports.models import ExportLog, FrozenFigure, FrozenMonth
from reports.months import Month
from reports.report import report
from tests.reports.borough import Borough

OCTOBER = Month(2026, 10)
IN_OCTOBER = datetime(2026, 10, 14, 10, 0, tzinfo=UTC)
AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(days=2)


@pytest.fixture
def signed(borough: Borough, people) -> FrozenMonth:
    """October with three enquiries, signed off by the manager."""
    borough.enquiry(IN_OCTOBER, ends="resolved")
    borough.enquiry(IN_OCTOBER, topic=borough.topics[1])
    borough.enquiry(IN_OCTOBER, channel="phone", ends="signposted")
    return sign_off(month=OCTOBER, by=people["manager"], at=AT, note="  Bow was shut on two days. ")


def numbers(at: datetime = LATER) -> dict[str, float | None]:
    return {each.key: each.now.value for each in report(OCTOBER, OCTOBER, at=at).headlines}


def test_a_signed_off_month_says_who_when_and_why(signed, people):
    kept = FrozenMonth.objects.get()

    assert (kept.when, kept.signed_by, kept.signed_at) == (OCTOBER, people["manager"], AT)
    assert kept.note == "Bow was shut on two days."
    assert report(OCTOBER, OCTOBER, at=LATER).is_signed_off


def test_a_month_that_is_not_over_cannot_be_signed_off(borough, people):
    with pytest.raises(MonthNotOver):
        sign_off(month=OCTOBER, by=people["manager"], at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC))

    assert FrozenMonth.objects.count() == 0


def test_a_month_before_any_visit_or_enquiry_cannot_be_signed_off(borough, people):
    september = Month(2026, 9)
    borough.visit(datetime(2026, 9, 14, 10, 0, tzinfo=UTC), left="mistake")
    with pytest.raises(BeforeAnyVisit):
        sign_off(month=september, by=people["manager"], at=AT)
    borough.visit(IN_OCTOBER)
    with pytest.raises(BeforeAnyVisit):
        sign_off(month=september, by=people["manager"], at=AT)
    borough.enquiry(datetime(2026, 8, 31, 23, 30, tzinfo=UTC), channel="online")  # September in London

    assert sign_off(month=september, by=people["manager"], at=AT).when == september
    assert sign_off(month=OCTOBER, by=people["manager"], at=AT).when == OCTOBER


def test_a_month_is_signed_off_once(signed, people):
    with pytest.raises(AlreadySignedOff):
        sign_off(month=OCTOBER, by=people["manager"], at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        FrozenMonth.objects.create(
            month=202610, signed_at=LATER, signed_by=people["manager"], last_event=0, last_visit=0
        )

    assert FrozenMonth.objects.count() == 1


def test_whoever_signs_off_second_at_the_same_moment_is_told(borough, people, monkeypatch):
    from reports import actions

    def meanwhile(month, *, at):
        FrozenMonth.objects.create(
            month=month.number, signed_at=at, signed_by=people["manager"], last_event=0, last_visit=0
        )
        return tally

    borough.visit(IN_OCTOBER)
    tally = actions.cells_of(OCTOBER, at=AT)
    monkeypatch.setattr(actions, "cells_of", meanwhile)

    with pytest.raises(AlreadySignedOff):
        sign_off(month=OCTOBER, by=people["manager"], at=AT)
    assert FrozenFigure.objects.count() == 0


def test_figures_stay_whatever_happens_to_the_rows(signed, borough):
    before = numbers()
    borough.enquiry(IN_OCTOBER, ends="resolved")
    borough.visit(IN_OCTOBER)

    assert numbers() == before
    assert numbers(at=LATER + timedelta(days=400)) == before


def test_a_signed_off_month_is_read_without_counting_its_rows(signed):
    with CaptureQueriesContext(connection) as asked:
        report(OCTOBER, OCTOBER, at=LATER)
    counted = [each["sql"] for each in asked if "202610" in each["sql"] and "enquiries_" in each["sql"]]

    assert counted == []


def test_later_changes_are_listed_with_who_and_when(signed, borough, people):
    enquiry = borough.hubs[0].enquiries.get(status="open")
    desk.close(enquiry=enquiry, outcome=borough.outcomes["resolved"], by=people["desk"], at=LATER)
    desk.add_note(enquiry=enquiry, note="Rang back.", by=people["desk"], at=LATER)
    late = desk.log_visit(
        token=uuid.uuid4(),
        hub=borough.hubs[1],
        raised=[Raised(borough.topics[0])],
        by=people["other_desk"],
        at=LATER + timedelta(hours=1),
        arrived_at=IN_OCTOBER,
    )
    found = amendments(signed)

    assert [(each.at, each.by, each.what) for each in found] == [
        (LATER + timedelta(hours=1), people["other_desk"], "Visit logged at Cubitt-Town hub"),
        (LATER + timedelta(hours=1), people["other_desk"], "Opened"),
        (LATER, people["desk"], "Closed"),
    ]
    assert [each.enquiry or each.visit for each in found] == [late.visit, late.enquiries[0], enquiry]


def test_people_called_or_made_one_after_the_sign_off_are_listed(borough, people):
    late = borough.visit(IN_OCTOBER, state="held", ticket_number=7)
    keep, other = borough.resident(), borough.resident()
    borough.enquiry(IN_OCTOBER, resident=other)
    borough.enquiry(AT, resident=borough.resident())
    frozen = sign_off(month=OCTOBER, by=people["manager"], at=AT)
    desk.call_visit(visit=late, by=people["desk"], at=LATER)
    desk.merge_residents(keep=keep, other=other, by=people["manager"], at=LATER + timedelta(hours=1))

    assert [(each.at, each.by, each.what) for each in amendments(frozen)] == [
        (LATER + timedelta(hours=1), people["manager"], "Two records of one person merged"),
        (LATER, people["desk"], "Called at Bow hub"),
    ]


def test_what_is_noted_of_an_appointment_after_the_sign_off_is_listed(borough, people):
    borough.visit(IN_OCTOBER)
    slot = borough.slot(IN_OCTOBER)
    before, missed = borough.booking(slot, status="missed"), borough.booking(slot)
    BookingEvent.objects.create(booking=before, kind="missed", slot=slot, at=IN_OCTOBER, by=people["desk"])
    frozen = sign_off(month=OCTOBER, by=people["manager"], at=AT)
    appointments.miss(booking=missed, by=people["desk"], at=LATER)

    assert [(each.at, each.by, each.what, each.booking) for each in amendments(frozen)] == [
        (LATER, people["desk"], "Appointment: missed", missed)
    ]
    assert [(each.key, each.frozen, each.now) for each in drifts(frozen)] == [
        ("missed", 1, 2),
        ("expected", 1, 0),
    ]


def test_an_arrival_taken_back_after_the_sign_off_is_listed(borough, people):
    booking = borough.booking(borough.slot(IN_OCTOBER))
    appointments.arrive(booking=booking, by=people["desk"], at=IN_OCTOBER)
    frozen = sign_off(month=OCTOBER, by=people["manager"], at=AT)
    appointments.take_back_arrival(booking=booking, by=people["desk"], at=LATER)

    assert {(each.at, each.by, each.what) for each in amendments(frozen)} == {
        (LATER, people["desk"], "Appointment: arrival taken back"),
        (LATER, people["desk"], "Noted by mistake"),
    }
    assert {(each.key, each.frozen - each.now) for each in drifts(frozen)} == {
        *((key, 1) for key in ("visits", "enquiries", "by_hour", "spoken", "came")),
        *((key, 1) for key in ("unrecorded", "unexplained")),
        ("expected", -1),
    }


def test_what_a_service_does_later_with_a_referral_of_the_month_is_listed(borough, people):
    asked = borough.enquiry(datetime(2026, 9, 30, 12, 0, tzinfo=UTC), status="referred")
    referral = borough.referral(asked, IN_OCTOBER)
    frozen = sign_off(month=OCTOBER, by=people["manager"], at=AT)
    desk.accept(referral=referral, had_all=True, by=people["officer"], at=LATER)

    assert [(each.by, each.what, each.enquiry) for each in amendments(frozen)] == [
        (people["officer"], "Accepted by the service", asked)
    ]
    assert [(each.key, each.frozen, each.now) for each in drifts(frozen)] == [
        ("accepted", 0, 1),
        ("told_once", 0, 1),
    ]


def test_measures_whose_rows_come_to_something_else_are_named(signed, borough):
    assert drifts(signed) == []

    borough.visit(IN_OCTOBER)

    assert [(each.name, each.frozen, each.now) for each in drifts(signed)] == [
        ("Visits", 2, 3),
        ("Visits by hour of the week", 2, 3),
    ]


def test_listing_amendments_takes_four_statements_whatever_there_are(signed, borough, people):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            for each in amendments(signed):
                str(each.by), str(each.enquiry and each.enquiry.topic), str(each.visit and each.visit.hub)
        return len(asked)

    def late_visit() -> None:
        desk.log_visit(
            token=uuid.uuid4(),
            hub=borough.hubs[0],
            raised=[Raised(borough.topics[0])],
            by=people["desk"],
            at=LATER,
            arrived_at=IN_OCTOBER,
        )

    late_visit()
    once = statements()
    late_visit()
    late_visit()

    assert (once, statements()) == (4, 4)


# Exports ----------------------------------------------------------------------------------------------------


def test_an_export_is_noted_with_who_and_what(people):
    note_export(by=people["manager"], at=AT, what="2026-10", format="csv", rows=12)
    note = ExportLog.objects.get()

    assert (note.by, note.at, note.what, note.format, note.rows) == (
        people["manager"],
        AT,
        "2026-10",
        "csv",
        12,
    )
    assert (note.personal, note.reason) == (False, "")


def test_rows_about_people_leave_only_with_a_reason_and_not_too_many(people):
    facts = {"by": people["manager"], "at": AT, "what": "2026-10", "format": "csv", "personal": True}
    with pytest.raises(ReasonMissing):
        note_export(**facts, rows=1, reason="  ")
    with pytest.raises(TooManyRows):
        note_export(**facts, rows=MOST_PERSONAL_ROWS + 1, reason="Audit")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportLog.objects.create(**facts, rows=1)
    note_export(**facts, rows=MOST_PERSONAL_ROWS, reason="Audit")

    assert ExportLog.objects.get().reason == "Audit"


# Who may ----------------------------------------------------------------------------------------------------


def test_only_managers_read_reports_and_sign_off(people):
    wanted = ("reports.view_reports", "reports.sign_off_month", "reports.export_rows")
    may = {name: tuple(user.has_perm(each) for each in wanted) for name, user in people.items()}

    assert may == {name: (name == "manager",) * 3 for name in people}
