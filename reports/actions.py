"""What reports change: they sign a month off, and note what is taken out of the portal."""

from __future__ import annotations

from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models import Max

from accounts.models import User
from enquiries.folding import tidy
from enquiries.models import EnquiryEvent, Visit

from .errors import (
    AlreadySignedOff,
    BeforeAnyVisit,
    MonthNotOver,
    ReasonMissing,
    TooManyForExcel,
    TooManyRows,
)
from .freezing import cells_of, frozen_figures
from .models import ExportLog, FrozenFigure, FrozenMonth
from .months import Month
from .report import first_month

MOST_PERSONAL_ROWS = 10_000
"""The most rows about people that one export may hold."""
MOST_WORKBOOK_ROWS = 10_000
"""The most rows that one Excel file may hold: unlike CSV it cannot leave in a stream."""


def sign_off(*, month: Month, by: User, at: datetime, note: str = "") -> FrozenMonth:
    """Freeze the figures of a month: from then on reports read what was counted now.

    Counted before the transaction begins, since counting inside one would hold up every desk on SQLite;
    whatever changes meanwhile is listed as an amendment. Effects, in order: save the month with who and when,
    save its figures.

    Raises what `refuse_unless_ready` does.
    """
    refuse_unless_ready(month=month, at=at)
    frozen = FrozenMonth(
        month=month.number,
        signed_at=at,
        signed_by=by,
        note=tidy(note).strip(),
        last_event=EnquiryEvent.objects.aggregate(last=Max("pk"))["last"] or 0,
        last_visit=Visit.objects.aggregate(last=Max("pk"))["last"] or 0,
    )
    tally = cells_of(month, at=at)
    try:
        with transaction.atomic():
            frozen.save(force_insert=True)
            FrozenFigure.objects.bulk_create(frozen_figures(frozen, tally), batch_size=500)
    except IntegrityError as clash:
        if FrozenMonth.objects.filter(month=month.number).exists():
            raise AlreadySignedOff(month) from clash
        raise
    return frozen


def refuse_unless_ready(*, month: Month, at: datetime) -> None:
    """Raise why a month cannot be signed off at the moment `at`; changes nothing.

    That is `MonthNotOver` before it has ended in London, `BeforeAnyVisit` where nothing there is to count was
    there by its end, or `AlreadySignedOff`.
    """
    if not month.is_over(at):
        raise MonthNotOver(month)
    if FrozenMonth.objects.filter(month=month.number).exists():
        raise AlreadySignedOff(month)
    first = first_month(DEFAULT_DB_ALIAS)
    if first is None or month < first:
        raise BeforeAnyVisit(month)


def note_export(
    *, by: User, at: datetime, what: str, format: str, rows: int, personal: bool = False, reason: str = ""
) -> ExportLog:
    """Note that something is taken out of the portal, before it is.

    Effect: save the note. Raises, for rows with columns about people, `ReasonMissing` without a reason and
    `TooManyRows` for more than `MOST_PERSONAL_ROWS`; for a workbook of more than `MOST_WORKBOOK_ROWS`
    `TooManyForExcel`.
    """
    reason = tidy(reason).strip()
    if personal and not reason:
        raise ReasonMissing
    if personal and rows > MOST_PERSONAL_ROWS:
        raise TooManyRows(rows)
    if format == ExportLog.Format.XLSX and rows > MOST_WORKBOOK_ROWS:
        raise TooManyForExcel
    return ExportLog.objects.create(
        by=by, at=at, what=what, format=format, rows=rows, personal=personal, reason=reason
    )
