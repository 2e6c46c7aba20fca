"""The day at the hub: who arrived, who is late, who missed it, and what became of it."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from accounts.models import User
from appointments.errors import NotAllowedNow, TooManyBookings
from appointments.models import Booking, BookingEvent, ContactPlace
from appointments.wording import clock_words, interpreter_words
from enquiries import actions as desk
from enquiries.actions.desk import Raised
from enquiries.errors import AlreadyTaken
from enquiries.errors import NotAllowedNow as AlreadyActedOn
from enquiries.londontime import service_day
from enquiries.models import Enquiry, Outcome, Visit

from .bookings import take_places
from .desks import lock_slots
from .events import write_event
from .offers import drop_offers
from .seating import seat_again

Status, Kind = Booking.Status, BookingEvent.Kind


def arrive(*, booking: Booking, by: User, at: datetime) -> Booking:
    """Note that somebody came for their appointment, also late or after it was called missed.

    Effects, in order: set status, who and when; open the visit with its enquiry and put it on the desk's
    waiting list; free the contact's places; write the event; after commit, give back another time that is
    kept for them. Once arrived, again changes nothing. Raises
    `NotAllowedNow` for a booking that was cancelled, or on another London day than its own.
    """
    with transaction.atomic():
        fresh = _locked(booking)
        if fresh.status in (Status.ARRIVED, Status.FINISHED):
            return fresh
        _refuse_unless(fresh, Status.ARRIVED)
        if service_day(at) != fresh.service_day:
            raise NotAllowedNow
        person = fresh.resident.merged_into or fresh.resident
        logged = desk.log_visit(
            token=_visit_token(fresh),
            hub=fresh.hub,
            raised=[Raised(fresh.topic, words=fresh.words)],
            by=by,
            at=at,
            kind=Visit.Kind.APPOINTMENT,
            resident=person,
            language=fresh.language,
            needs=_needs(fresh),
            expected_at=fresh.slot.starts_at,
            waiting=True,
        )
        fresh.status, fresh.arrived_at, fresh.arrived_by = Status.ARRIVED, at, by
        fresh.visit, fresh.enquiry = logged.visit, logged.enquiries[0]
        fresh.save(update_fields=["status", "arrived_at", "arrived_by", "visit", "enquiry"])
        ContactPlace.objects.filter(booking=fresh).delete()
        write_event(fresh, Kind.ARRIVED, by, at)
        _keep_no_other_time(fresh, at)
    return fresh


@transaction.atomic
def take_back_arrival(*, booking: Booking, by: User, at: datetime) -> Booking:
    """Take back that somebody arrived, such as where the wrong row was pressed; they are expected again.

    Effects, in order: end the visit as noted by mistake, with its enquiry, so that neither counts; set the
    status back and forget who and when; take the contact's places again; write the event; seat them anew
    where their desk is gone. Once taken back, again changes nothing. Raises `NotAllowedNow` for who was
    called by now, where somebody has acted on the enquiry, or where they had not arrived.
    """
    lock_slots(booking.slot_id)
    fresh = _locked(booking)
    if fresh.status == Status.BOOKED:
        return fresh
    _refuse_unless(fresh, Status.BOOKED)
    visit = Visit.objects.get(pk=fresh.visit_id)  # type: ignore[misc]
    if not visit.is_waiting:
        raise NotAllowedNow
    try:
        desk.leave(visit=visit, reason=Visit.LeftReason.MISTAKE, by=by, at=at)
    except (AlreadyTaken, AlreadyActedOn) as refused:
        raise NotAllowedNow from refused
    fresh.status, fresh.arrived_at, fresh.arrived_by = Status.BOOKED, None, None
    fresh.visit = fresh.enquiry = None
    fresh.save(update_fields=["status", "arrived_at", "arrived_by", "visit", "enquiry"])
    # Somebody who has booked twice more since then keeps all three.
    with suppress(TooManyBookings), transaction.atomic():
        take_places(fresh, at)
    write_event(fresh, Kind.TAKEN_BACK, by, at)
    seat_again(at=at, pk=booking.slot_id)
    return fresh


@transaction.atomic
def mark_late(*, booking: Booking, by: User, at: datetime) -> Booking:
    """Note that somebody is not there yet, or rang to say that they are running late.

    Effects, in order: set who and when, write the event. Once late, again changes nothing. Raises
    `NotAllowedNow` unless they are still expected.
    """
    fresh = _locked(booking)
    if fresh.status != Status.BOOKED:
        raise NotAllowedNow
    if fresh.late_at is None:
        fresh.late_at, fresh.late_by = at, by
        fresh.save(update_fields=["late_at", "late_by"])
        write_event(fresh, Kind.LATE, by, at)
    return fresh


@transaction.atomic
def take_back_late(*, booking: Booking, by: User, at: datetime) -> Booking:
    """Take back that somebody is late, such as where the wrong row was pressed.

    Effects, in order: forget who and when, write the event; the one that said so stays. Where they are not
    late, or not any more, nothing changes. Raises `NotAllowedNow` unless they are still expected.
    """
    fresh = _locked(booking)
    if fresh.status != Status.BOOKED:
        raise NotAllowedNow
    if fresh.late_at is not None:
        fresh.late_at = fresh.late_by = None
        fresh.save(update_fields=["late_at", "late_by"])
        write_event(fresh, Kind.LATE_BACK, by, at)
    return fresh


@transaction.atomic
def miss(*, booking: Booking, by: User, at: datetime) -> Booking:
    """Note that somebody did not come. Whoever comes after all can still arrive.

    Effects, in order: set status, who and when; free the contact's places; write the event; after commit,
    give back another time that is kept for them. Once missed, again changes nothing. Raises
    `NotAllowedNow` before the appointment, or unless they were expected.
    """
    fresh = _locked(booking)
    if fresh.status == Status.MISSED:
        return fresh
    _refuse_unless(fresh, Status.MISSED)
    if not fresh.slot.has_begun(at):
        raise NotAllowedNow
    fresh.status, fresh.missed_at, fresh.missed_by = Status.MISSED, at, by
    fresh.save(update_fields=["status", "missed_at", "missed_by"])
    ContactPlace.objects.filter(booking=fresh).delete()
    write_event(fresh, Kind.MISSED, by, at)
    _keep_no_other_time(fresh, at)
    return fresh


@transaction.atomic
def finish(
    *, booking: Booking, by: User, at: datetime, outcome: Outcome | None = None, agreed: str = ""
) -> Booking:
    """Finish an appointment; with an `outcome` its enquiry is closed, else it stays open with the hub.

    Effects, in order: call the visit where nobody has, and finish it; close the enquiry; set status, who and
    when; write the event. Once finished, again changes nothing. Raises `NotAllowedNow` unless they arrived.
    """
    fresh = _locked(booking)
    if fresh.status == Status.FINISHED:
        return fresh
    _refuse_unless(fresh, Status.FINISHED)
    visit = Visit.objects.get(pk=fresh.visit_id)  # type: ignore[misc]
    if visit.state in (Visit.State.WAITING, Visit.State.HELD):
        visit = desk.call_visit(visit=visit, by=by, at=at)
    if visit.state == Visit.State.CALLED:
        desk.finish_visit(visit=visit, by=by, at=at)
    enquiry = Enquiry.objects.get(pk=fresh.enquiry_id)  # type: ignore[misc]
    if outcome is not None and enquiry.status == Enquiry.Status.OPEN:
        desk.close(enquiry=enquiry, outcome=outcome, agreed=agreed, by=by, at=at)
    fresh.status, fresh.finished_at, fresh.finished_by = Status.FINISHED, at, by
    fresh.save(update_fields=["status", "finished_at", "finished_by"])
    write_event(fresh, Kind.FINISHED, by, at)
    return fresh


def _keep_no_other_time(booking: Booking, at: datetime) -> None:
    # Not before: slots are locked before bookings.
    transaction.on_commit(lambda: drop_offers(booking, at), robust=True)


def _visit_token(booking: Booking) -> uuid.UUID:
    """Return the token of the visit that an arrival opens: another one after each that was taken back."""
    before = booking.events.filter(kind=Kind.TAKEN_BACK).count()
    return uuid.uuid5(booking.token, f"arrival {before}") if before else booking.token


def _needs(booking: Booking) -> str:
    """Say what the desk's waiting list, which knows no appointments, shows: the time and what they need."""
    told = [
        f"Appointment {clock_words(booking.slot.starts_at)}",
        interpreter_words(booking) if booking.interpreter else "",
        booking.needs,
    ]
    return "; ".join(filter(None, told))[:300]


def _locked(booking: Booking) -> Booking:
    # Alone: together with its slot, PostgreSQL finds no row where it was moved meanwhile.
    Booking.objects.select_for_update(no_key=True).only("pk").get(pk=booking.pk)
    return Booking.objects.select_related("slot", "topic", "hub", "resident__merged_into").get(pk=booking.pk)


def _refuse_unless(booking: Booking, status: str) -> None:
    if not booking.may_become(status):
        raise NotAllowedNow
