"""What was signed off, and who took something out, cannot be changed or taken away by any way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from enquiries import append_only as people_append_only
from reports import append_only
from reports.actions import note_export, sign_off
from reports.models import ExportLog, FrozenFigure, FrozenMonth
from reports.months import Month

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
KEPT = {FrozenMonth: "last_event", FrozenFigure: "month_id", ExportLog: "rows"}


@pytest.fixture
def kept(borough, people) -> None:
    """A signed-off month with figures, and a note of an export."""
    borough.enquiry(datetime(2026, 10, 14, 10, 0, tzinfo=UTC), ends="resolved")
    sign_off(month=Month(2026, 10), by=people["manager"], at=AT)
    note_export(by=people["manager"], at=AT, what="2026-10", format="csv", rows=1)


def rows() -> dict[str, list]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in KEPT}


@pytest.mark.parametrize("model", KEPT)
def test_a_change_is_refused_by_the_database(kept, model):
    before, table = rows(), model._meta.db_table
    for change in (
        lambda: model.objects.update(**{KEPT[model]: F(KEPT[model]) + 1}),
        lambda: connection.cursor().execute(f"DELETE FROM {table}"),
        lambda: model.objects.first().save(),
    ):
        with pytest.raises(IntegrityError, match=f"{table} is append-only"), transaction.atomic():
            change()

    assert rows() == before
    assert all(before.values())


def test_retention_of_people_cannot_reach_what_was_signed_off(kept):
    with pytest.raises(IntegrityError, match="is append-only"), people_append_only.opened():
        FrozenMonth.objects.all().delete()

    assert FrozenMonth.objects.count() == 1


def test_a_demo_that_starts_afresh_can_take_them_away(kept):
    with append_only.opened():
        FrozenMonth.objects.all().delete()

    assert not FrozenFigure.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportLog.objects.all().delete()
