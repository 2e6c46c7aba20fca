"""The classified fields of `reports`: counts, and what was taken out of the portal."""

from __future__ import annotations

from hubs.data_map import Fate, Kind, Period, Record, fields, nothing_personal, plain, staff

RECORDS = [
    Record(
        "reports.FrozenMonth",
        fields=plain("id month signed_at last_event last_visit")
        | fields(Kind.FREE_TEXT, "note", Fate.KEPT, "managers write what readers should know of a month")
        | staff("signed_by"),
        whose="staff",
        purpose="to know who signed a month off",
        period=Period.ACCOUNTS,
    ),
    nothing_personal("reports.FrozenFigure", "id month cube axis hub topic channel counts"),
    Record(
        "reports.ExportLog",
        fields=plain("id at what format personal rows")
        | fields(Kind.FREE_TEXT, "reason", Fate.KEPT, "why something was taken out must be accounted for")
        | staff("by"),
        whose="staff",
        purpose="to know who took what out of the portal, and why",
        period=Period.ACCOUNTS,
    ),
]
