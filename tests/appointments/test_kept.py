"""No booking, wish or event of a booking can be taken away, by whatever way one comes."""

import pytest
from django.db import IntegrityError, connection, transaction

from appointments.models import Booking, BookingEvent, Slot

KEPT = (Booking, BookingEvent)


@pytest.mark.parametrize("model", KEPT)
def test_a_deletion_is_refused_by_the_database(book, model):
    book()
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {model._meta.db_table}")

    assert model.objects.count() == 1


def test_an_event_cannot_be_changed(book):
    book()
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        BookingEvent.objects.update(kind="cancelled")


def test_a_slot_cannot_be_oversold_whoever_writes(book, slots):
    book(), book()
    for change in ({"booked": 3}, {"capacity": 1}):
        with pytest.raises(IntegrityError, match="slot_never_oversold"), transaction.atomic():
            Slot.objects.filter(pk=slots[0].pk).update(**change)


def test_a_desk_cannot_be_given_twice_whoever_writes(book):
    first, second = book(), book()
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=second.pk).update(desk=first.desk)
