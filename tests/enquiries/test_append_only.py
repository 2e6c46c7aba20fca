"""Events and record views cannot be changed or taken away, by whatever way one comes."""

import pytest
from django.db import IntegrityError, connection, transaction

from enquiries import append_only
from enquiries.actions.residents import add_resident, note_view
from enquiries.models import EnquiryEvent, RecordView, ResidentEvent
from tests.conftest import MONDAY_NOON

KEPT = [EnquiryEvent, ResidentEvent, RecordView]


@pytest.fixture
def kept(log, people):
    """One row in each table that only grows."""
    log()
    resident = add_resident(name="Amber Example", by=people["desk"], at=MONDAY_NOON)
    note_view(resident=resident, page="resident", by=people["desk"], at=MONDAY_NOON)
    return {model: model.objects.get().pk for model in KEPT}


def rows() -> dict[str, list]:
    return {model.__name__: list(model.objects.values()) for model in KEPT}


@pytest.mark.parametrize("model", KEPT)
def test_a_change_is_refused_by_the_database(kept, people, model):
    before = rows()
    for change in (
        lambda: model.objects.update(by=people["manager"]),
        lambda: model.objects.all().delete(),
        lambda: model.objects.get().save(),
        lambda: connection.cursor().execute(f"DELETE FROM {model._meta.db_table}"),
    ):
        with (
            pytest.raises(IntegrityError, match=f"{model._meta.db_table} is append-only"),
            transaction.atomic(),
        ):
            change()
    assert rows() == before


def test_more_can_always_be_added(kept, people):
    for model, pk in kept.items():
        row = model.objects.get(pk=pk)
        row.pk = None
        row.save(force_insert=True)

    assert [model.objects.count() for model in KEPT] == [2, 2, 2]


def test_retention_can_open_them_for_one_block(kept):
    with append_only.opened():
        EnquiryEvent.objects.update(note="")
        RecordView.objects.all().delete()

    assert [model.objects.count() for model in KEPT] == [1, 1, 0]
    with pytest.raises(IntegrityError), transaction.atomic():
        EnquiryEvent.objects.update(note="again")


def test_a_block_that_fails_leaves_nothing_changed_and_closed(kept):
    before = rows()

    def fail_halfway():
        with append_only.opened():
            RecordView.objects.all().delete()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with pytest.raises(IntegrityError), transaction.atomic():
        ResidentEvent.objects.update(detail="x")

    assert rows() == before


def test_a_transaction_that_leaves_them_open_cannot_be_committed(db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO enquiries_historyopened (id, closed_by) VALUES (1, 0)")
        with pytest.raises(IntegrityError), transaction.atomic():
            connection.check_constraints()
        cursor.execute("DELETE FROM enquiries_historyopened")


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_can_be_cleaned_up(kept):
    assert [model.objects.count() for model in KEPT] == [1, 1, 1]
