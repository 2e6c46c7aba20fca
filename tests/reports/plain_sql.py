"""Every measure once more, in plain SQL over the rows, written apart from the application's code.

Nothing of `reports` is used here, and none of the columns that it counts by (the stored months, hours, waits
and days): they are worked out here from the moments themselves.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

LONDON = ZoneInfo("Europe/London")

_SOMEBODY_CAME = """AND (e.visit_id IS NULL OR e.visit_id NOT IN (
    SELECT gone.id FROM enquiries_visit gone WHERE gone.left_reason = 'mistake'))"""
"""What was asked in a visit that was noted by mistake was asked by nobody."""


def measured(first: tuple[int, int], last: tuple[int, int], *, today: date, **scope: Any) -> dict[str, Any]:
    """Return the figures of London months, both included, each (year, month).

    `scope` may give ids for `hub`, `topic`, and a `channel`.
    """
    start = datetime(*first, 1, tzinfo=LONDON)
    year, month = (last[0] + 1, 1) if last[1] == 12 else (last[0], last[1] + 1)
    end = datetime(year, month, 1, tzinfo=LONDON)
    seen = _visits(start, end, scope)
    asked = _enquiries(start, end, scope)
    handed = _referrals(start, end, scope)
    answers = [row["answer"] for row in _feedback(start, end, scope)]
    booked = _bookings(start, end, scope)
    slots = _slots(start, end, scope)
    ahead = sorted(row["days_ahead"] for row in booked)
    fates = [row["status"] for row in booked]
    claimed = [row for row in asked if row["first_contact"]]
    checkable = [row for row in claimed if _can_be_checked(row, today)]
    waits = sorted(_minutes(row["called_at"] - row["arrived_at"]) for row in seen if row["called_at"])
    finished = [row for row in handed if row["status"] == "finished"]
    days = [(row["finished_at"] - row["sent_at"]) // timedelta(days=1) for row in finished]
    return {
        "visits": len(seen),
        "enquiries": len(asked),
        "referrals": len(handed),
        "resolved": len(claimed),
        "checkable": len(checkable),
        "verified": sum(not _asked_again(row) for row in checkable),
        "waits": len(waits),
        "within": sum(minutes <= 10 for minutes in waits),
        "left": sum(row["state"] == "left" for row in seen),
        "accepted": sum(row["accepted_at"] is not None for row in handed),
        "told_once": sum(bool(row["had_all"]) for row in handed if row["accepted_at"]),
        "returned": sum(row["status"] == "returned" for row in handed),
        "finished": len(finished),
        "unrecorded": sum(row["status"] == "open" for row in asked),
        "unexplained": sum(row["cause_id"] is None for row in asked),
        "language_unrecorded": sum(row["language"] == "" for row in asked),
        "avoidable": sum(row["cause_id"] is not None for row in asked),
        "spoken": len(asked),
        "by_hour": len(seen),
        "feedback": len(answers),
        "satisfied": answers.count("yes"),
        "booked": len(booked),
        "came": sum(row["arrived_at"] is not None for row in booked),
        "missed": fates.count("missed"),
        "cancelled": sum(row["cancelled_at"] is not None for row in booked),
        "expected": fates.count("booked"),
        "ahead": len(booked),
        "slots": len(slots),
        "slots_used": sum(row["live"] > 0 for row in slots),
        "slots_full": sum(row["live"] == row["capacity"] for row in slots),
        "median days ahead": ahead[(len(ahead) - 1) // 2] if ahead else None,
        "slots by hub": _by(slots, "hub_id"),
        "median wait": waits[(len(waits) - 1) // 2] if waits else None,
        "mean days": sum(days) / len(days) if days else None,
        "by hub": _by(asked, "hub_id"),
        "by topic": _by(asked, "topic_id"),
        "by channel": _by(asked, "channel"),
        "by outcome": _by([row for row in asked if row["outcome_id"]], "outcome_id"),
        "by cause": _by([row for row in asked if row["cause_id"]], "cause_id"),
        "by service": _by(handed, "service_id"),
        "by hour": _by(seen, "hour"),
    }


def _by(rows: list[dict[str, Any]], column: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for row in rows:
        found[row[column]] = found.get(row[column], 0) + 1
    return found


def _minutes(wait: timedelta) -> int:
    return max(0, -(-wait // timedelta(minutes=1)))


def _visits(start: datetime, end: datetime, scope: dict[str, Any]) -> list[dict[str, Any]]:
    sql = """SELECT v.id, v.hub_id, v.state, v.arrived_at, v.called_at FROM enquiries_visit v
             WHERE v.arrived_at >= %s AND v.arrived_at < %s AND v.left_reason <> 'mistake'"""
    values: list[Any] = [start, end]
    if "hub" in scope:
        sql += " AND v.hub_id = %s"
        values.append(scope["hub"])
    if "topic" in scope:
        sql += " AND v.id IN (SELECT e.visit_id FROM enquiries_enquiry e WHERE e.topic_id = %s)"
        values.append(scope["topic"])
    if scope.get("channel", "in_person") != "in_person":
        return []
    rows = _select(sql, values)
    for row in rows:
        here = row["arrived_at"].astimezone(LONDON)
        row["hour"] = here.weekday() * 24 + here.hour
    return rows


def _enquiries(start: datetime, end: datetime, scope: dict[str, Any]) -> list[dict[str, Any]]:
    sql = f"""SELECT e.* FROM enquiries_enquiry e
              WHERE e.opened_at >= %s AND e.opened_at < %s {_SOMEBODY_CAME}"""
    return _select(*_of_enquiry(sql, [start, end], scope))


def _referrals(start: datetime, end: datetime, scope: dict[str, Any]) -> list[dict[str, Any]]:
    sql = f"""SELECT r.* FROM enquiries_referral r JOIN enquiries_enquiry e ON e.id = r.enquiry_id
             WHERE r.sent_at >= %s AND r.sent_at < %s {_SOMEBODY_CAME}"""
    return _select(*_of_enquiry(sql, [start, end], scope))


def _feedback(start: datetime, end: datetime, scope: dict[str, Any]) -> list[dict[str, Any]]:
    sql = f"""SELECT f.answer FROM enquiries_feedback f JOIN enquiries_enquiry e ON e.id = f.enquiry_id
             WHERE f.given_at >= %s AND f.given_at < %s {_SOMEBODY_CAME}"""
    return _select(*_of_enquiry(sql, [start, end], scope))


def _bookings(start: datetime, end: datetime, scope: dict[str, Any]) -> list[dict[str, Any]]:
    sql = """SELECT b.status, b.arrived_at, b.cancelled_at, b.booked_at, b.moved_at, s.starts_at
             FROM appointments_booking b JOIN appointments_slot s ON s.id = b.slot_id
             WHERE s.starts_at >= %s AND s.starts_at < %s"""
    values: list[Any] = [start, end]
    for name, column in (("hub", "s.hub_id"), ("topic", "b.topic_id")):
        if name in scope:
            sql += f" AND {column} = %s"
            values.append(scope[name])
    if scope.get("channel", "in_person") != "in_person":
        return []
    rows = _select(sql, values)
    for row in rows:
        made, seen = (moment.astimezone(LONDON).date() for moment in
                      (row["moved_at"] or row["booked_at"], row["starts_at"]))  # fmt: skip
        row["days_ahead"] = (seen - made).days
    return rows


def _slots(start: datetime, end: datetime, scope: dict[str, Any]) -> list[dict[str, Any]]:
    sql = """SELECT s.hub_id, s.capacity, COUNT(b.id) AS live FROM appointments_slot s
             LEFT JOIN appointments_booking b ON b.slot_id = s.id AND b.cancelled_at IS NULL
             WHERE s.withdrawn_at IS NULL AND s.starts_at >= %s AND s.starts_at < %s
             GROUP BY s.id, s.hub_id, s.capacity"""
    if "topic" in scope or scope.get("channel", "in_person") != "in_person":
        return []
    return [row for row in _select(sql, [start, end]) if scope.get("hub", row["hub_id"]) == row["hub_id"]]


def _of_enquiry(sql: str, values: list[Any], scope: dict[str, Any]) -> tuple[str, list[Any]]:
    for name, column in (("hub", "e.hub_id"), ("topic", "e.topic_id"), ("channel", "e.channel")):
        if name in scope:
            sql += f" AND {column} = %s"
            values = [*values, scope[name]]
    return sql, values


def _can_be_checked(row: dict[str, Any], today: date) -> bool:
    closed_on = row["closed_at"].astimezone(LONDON).date()
    return row["resident_id"] is not None and (today - closed_on).days > 14


def _asked_again(row: dict[str, Any]) -> bool:
    sql = f"""SELECT count(*) AS n FROM enquiries_enquiry e WHERE e.resident_id = %s AND e.topic_id = %s
             AND e.opened_at > %s AND e.opened_at <= %s {_SOMEBODY_CAME}"""
    until = row["closed_at"] + timedelta(days=14)
    values = [row["resident_id"], row["topic_id"], row["opened_at"], until]
    return bool(_select(sql, values)[0]["n"])


def _select(sql: str, values: list[Any]) -> list[dict[str, Any]]:
    moment = connection.ops.adapt_datetimefield_value
    given = [moment(value) if isinstance(value, datetime) else value for value in values]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for name, value in row.items():
            if isinstance(value, datetime) and value.tzinfo is None:
                row[name] = value.replace(tzinfo=UTC)
    return rows
