"""A month with something of everything in it: each figure of a report has rows, and not the same number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from enquiries.models import Enquiry
from tests.reports.borough import Borough

NOVEMBER = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
"""When the report on October is read: all of it can be checked, November is not over."""

PHONE, ONLINE = Enquiry.Channel.PHONE, Enquiry.Channel.ONLINE


def on(day: int, hour: int = 10, month: int = 10, year: int = 2026) -> datetime:
    """Return a moment on a day of October 2026, or of another month."""
    return datetime(year, month, day, hour, 15, tzinfo=UTC)


def full_of_stories(borough: Borough, times: int = 1) -> Borough:
    """Write a month of stories, so many times over; and fewer in the months it is compared with."""
    for _ in range(times):
        _visits(borough)
        _enquiries(borough)
        _referrals(borough)
        _appointments(borough)
    borough.enquiry(on(7, month=9), ends="resolved")
    borough.enquiry(on(8, month=9), ends="signposted")
    borough.enquiry(on(7, year=2025), ends="resolved")
    borough.enquiry(on(3, month=11), language="en")
    return borough


def _visits(borough: Borough) -> None:
    for day, minutes in enumerate((3, 8, 10, 25), start=5):
        borough.visit(on(day, hour=9 + day % 3), called_after=timedelta(minutes=minutes))
    borough.visit(on(12), left="wait")
    borough.visit(on(13), left="sorted", hub=borough.hubs[1])
    mistake = borough.visit(on(13), left="mistake", called_after=timedelta(minutes=90))
    borough.enquiry(on(13), visit=mistake, status=Enquiry.Status.MISTAKE, cause=borough.causes[0])
    borough.visit(on(14), kind="urgent", urgent_reason="Homeless tonight")


def _enquiries(borough: Borough) -> None:
    letter, chasing = borough.causes
    known = borough.resident()
    borough.enquiry(on(5), ends="resolved", language="en", cause=letter, resident=known)
    borough.enquiry(on(9), ends="resolved", language="bn", resident=known)
    again = borough.enquiry(on(6), ends="resolved", topic=borough.topics[1], language="bn", cause=chasing)
    borough.feedback(again, on(16), "yes")
    late = borough.enquiry(on(20), ends="signposted", channel=PHONE, hub=borough.hubs[1])
    borough.feedback(late, on(21), "partly")
    borough.enquiry(on(21), channel=ONLINE, topic=borough.topics[2])
    borough.enquiry(on(22), ends="could_not_help", words="=1+1", cause=chasing)


def _appointments(borough: Borough) -> None:
    morning, noon = borough.slot(on(15)), borough.slot(on(15, hour=12))
    borough.slot(on(16), hub=borough.hubs[1])
    borough.slot(on(19), withdrawn=True)
    for status, ahead in (("cancelled", 1), ("missed", 9), ("finished", 4)):
        borough.booking(morning, status=status, ahead=timedelta(days=ahead))
    borough.booking(noon, topic=borough.topics[1], ahead=timedelta(days=2))


def _referrals(borough: Borough) -> None:
    for day, facts in enumerate(
        (
            {},
            {"had_all": True},
            {"had_all": False, "returned": True},
            {"finished_after": timedelta(days=3)},
            {"service": borough.services[1], "finished_after": timedelta(days=6)},
        ),
        start=14,
    ):
        enquiry = borough.enquiry(on(day), status=Enquiry.Status.REFERRED)
        borough.referral(enquiry, on(day, hour=11), **facts)
