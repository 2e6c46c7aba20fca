"""What can be refused about reports, in the domain's words."""

from __future__ import annotations


class NotAMonth(ValueError):
    """The text or number is no month between 1900 and 2999."""


class UnknownRows(Exception):
    """The address asks for rows of a measure, hub, topic or part that no report has."""


class MonthNotOver(Exception):
    """The month has not ended in London: its figures cannot be signed off."""


class BeforeAnyVisit(Exception):
    """Nobody had come or asked anything by the end of the month: there are no figures to sign off."""


class AlreadySignedOff(Exception):
    """Somebody has signed the month off before."""


class ReasonMissing(Exception):
    """Personal rows leave the portal only with a reason."""


class TooManyForExcel(Exception):
    """More rows than one workbook may hold, which is made whole in memory."""


class TooManyRows(Exception):
    """More rows about people than one export may hold; `rows` is how many it would be."""

    def __init__(self, rows: int) -> None:
        super().__init__(f"{rows} rows")
        self.rows = rows
