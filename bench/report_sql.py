"""The best SQL that we can write by hand for the figures of one month, statement by statement.

Each reads a covering index on the stored London month; what the portal itself sends is held against it.
"""

from __future__ import annotations

from datetime import date

ENQUIRIES = """
SELECT hub_id, topic_id, channel, status, outcome_id, first_contact, cause_id, language, COUNT(*)
FROM enquiries_enquiry WHERE month = %s AND status <> 'mistake'
GROUP BY hub_id, topic_id, channel, status, outcome_id, first_contact, cause_id, language
"""
CHECKS = """
SELECT again, COUNT(*) FROM (
  SELECT EXISTS (
    SELECT 1 FROM enquiries_enquiry later
    WHERE later.resident_id = e.resident_id AND later.topic_id = e.topic_id
      AND later.opened_at > e.opened_at AND later.opened_at <= {two_weeks_later}
      AND later.status <> 'mistake'
  ) AS again
  FROM enquiries_enquiry e
  WHERE e.month = %s AND e.first_contact AND e.resident_id IS NOT NULL AND e.closed_at < %s
) checked GROUP BY again
"""
VISITS = """
SELECT hub_id, kind, left_reason, hour_of_week, COUNT(*)
FROM enquiries_visit WHERE month = %s AND left_reason <> 'mistake'
GROUP BY hub_id, kind, left_reason, hour_of_week
"""
WAITS = """
SELECT hub_id, wait_minutes, COUNT(*) FROM enquiries_visit WHERE month = %s AND left_reason <> 'mistake'
GROUP BY hub_id, wait_minutes
"""
REFERRALS = """
SELECT e.hub_id, e.topic_id, e.channel, r.service_id, r.status, r.had_all, COUNT(*), SUM(r.days_taken)
FROM enquiries_referral r JOIN enquiries_enquiry e ON e.id = r.enquiry_id
WHERE r.month = %s GROUP BY e.hub_id, e.topic_id, e.channel, r.service_id, r.status, r.had_all
"""
ANSWERS = "SELECT answer, COUNT(*) FROM enquiries_feedback WHERE month = %s GROUP BY answer"
BOOKINGS = """
SELECT hub_id, topic_id, status, lead_days, COUNT(*)
FROM appointments_booking WHERE month = %s GROUP BY hub_id, topic_id, status, lead_days
"""
SLOTS = """
SELECT hub_id, taken, capacity - taken, COUNT(*) FROM (
  SELECT s.hub_id, s.capacity, (
    SELECT COUNT(*) FROM appointments_booking b WHERE b.slot_id = s.id AND b.status <> 'cancelled'
  ) AS taken
  FROM appointments_slot s
  WHERE s.withdrawn_at IS NULL AND s.service_day >= %s AND s.service_day < %s
) counted GROUP BY hub_id, taken, capacity - taken
"""

TWO_WEEKS_LATER = {
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', e.closed_at, '+14 days') || '999'",
    "postgresql": "e.closed_at + interval '14 days'",
}


def statements(vendor: str, month: int, checked_before: object) -> list[tuple[str, list[object]]]:
    """Return every statement with its values, in the order of `reports.counting.FULL`."""
    year, number = divmod(month, 100)
    checks = CHECKS.format(two_weeks_later=TWO_WEEKS_LATER[vendor])
    return [
        (ENQUIRIES, [month]),
        (checks, [month, checked_before]),
        (VISITS, [month]),
        (WAITS, [month]),
        (REFERRALS, [month]),
        (ANSWERS, [month]),
        (BOOKINGS, [month]),
        (SLOTS, [date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)]),
    ]
