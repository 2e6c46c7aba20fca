"""The classified fields of `appointments`: what was promised to whom."""

from __future__ import annotations

from django.db.models import Q

from hubs.data_map import Fate, Fields, Kind, Period, Record, fields, plain, staff

_RESIDENTS = "residents"
_PROMISE = "to see people at the time they were promised, and to count it"
_COUNTED = "counted in reports; it belongs to nobody once the record is emptied"
_EMPTY_RECORD = "leads to an emptied record, so that people who came again are still counted as one"
_FORM = "made with an empty form, and in no link or message"


def _emptied(kind: Kind, names: str) -> Fields:
    return fields(kind, names, Fate.EMPTIED)


def _counted(names: str) -> Fields:
    return fields(Kind.OWN, names, Fate.KEPT, _COUNTED)


def _stands_for(names: str, fate: Fate = Fate.KEPT, because: str = "") -> Fields:
    return fields(Kind.PSEUDONYM, names, fate, because)


RECORDS = [
    Record(
        "appointments.Plan",
        fields=plain(
            "id hub weekday starts ends minutes desks topics days_ahead notice_minutes starts_on retired_on "
            "changed_at"
        )
        | staff("changed_by"),
        whose="staff",
        purpose="to know who planned which appointments",
        period=Period.ACCOUNTS,
    ),
    Record("appointments.Plan_topics", fields=plain("id plan topic")),
    Record(
        "appointments.ClosedDay",
        fields=plain("id hub on closed_at reopened_at")
        | fields(
            Kind.FREE_TEXT, "reason", Fate.KEPT, "staff write why a hub is closed, nothing about residents"
        )
        | staff("closed_by reopened_by"),
        whose="staff",
        purpose="to know who closed which day",
        period=Period.ACCOUNTS,
    ),
    Record(
        "appointments.Slot",
        fields=plain(
            "id hub plan starts_at ends_at service_day minutes book_until capacity booked withdrawn_at "
            "withdrawn_because"
        )
        | staff("withdrawn_by"),
        whose="staff",
        purpose="to know who withdrew which times",
        period=Period.ACCOUNTS,
    ),
    Record(
        "appointments.Booking",
        fields=plain("id desk service_day month lead_days visit enquiry")
        | _stands_for("reference private_key", Fate.FRESH)
        | _stands_for("token", because=_FORM)
        | _stands_for("resident", because=_EMPTY_RECORD)
        | _counted("hub slot topic language interpreter channel status booked_at moved_from moved_at")
        | _counted("late_at arrived_at finished_at missed_at cancelled_at")
        | _emptied(Kind.SPECIAL, "needs")
        | _emptied(Kind.FREE_TEXT, "words")
        | staff("booked_by late_by arrived_by finished_by missed_by cancelled_by"),
        whose=_RESIDENTS,
        purpose=_PROMISE,
        period=Period.STORIES,
        found_by={"resident": "resident", "enquiry": "enquiry", "visit": "visit"},
        open_while=Q(status="booked"),
        dated_by=("booked_at", "moved_at", "arrived_at", "finished_at", "missed_at", "cancelled_at"),
    ),
    Record(
        "appointments.BookingEvent",
        fields=plain("id booking kind slot at") | staff("by"),
        whose=_RESIDENTS,
        purpose="to know what was done, by whom and when",
        period=Period.STORIES,
        found_by={"resident": "booking__resident"},
        dated_by=("at",),
    ),
    Record(
        "appointments.Hold",
        fields=plain("id slot desk held_at expires_at extended ended_at end")
        | _stands_for("booking", because=_EMPTY_RECORD)
        | _stands_for("key", because=_FORM)
        | _emptied(Kind.PSEUDONYM, "caller"),
        whose="whoever is typing, or was offered a time",
        purpose="to keep a desk while somebody types, and to keep programs from hoarding them",
        period=Period.STORIES,
        found_by={"resident": "booking__resident"},
    ),
    Record(
        "appointments.ContactPlace",
        fields=plain("id place until")
        | _stands_for("key", Fate.DELETED)
        | _stands_for("booking", Fate.DELETED),
        whose=_RESIDENTS,
        purpose="so that nobody takes more than two appointments; a keyed hash of the contact",
        otherwise="deleted when the booking is no longer ahead",
        found_by={"resident": "booking__resident"},
    ),
    Record(
        "appointments.Wish",
        fields=plain("id")
        | _stands_for("reference private_key", Fate.FRESH)
        | _stands_for("token", because=_FORM)
        | _stands_for("resident hold booking", because=_EMPTY_RECORD)
        | _counted("hub topic language interpreter from_on to_on channel status joined_at offered_at")
        | _emptied(Kind.SPECIAL, "needs")
        | _emptied(Kind.FREE_TEXT, "words")
        | _emptied(Kind.PSEUDONYM, "caller")
        | staff("joined_by"),
        whose=_RESIDENTS,
        purpose="to offer somebody a time that becomes free",
        period=Period.STORIES,
        found_by={"resident": "resident"},
        open_while=Q(status__in=("waiting", "offered")),
        dated_by=("joined_at", "offered_at"),
    ),
    Record(
        "appointments.Message",
        fields=plain("id slot due_at")
        | _stands_for("booking wish", because=_EMPTY_RECORD)
        | _counted("kind state sent_at"),
        whose=_RESIDENTS,
        purpose="to tell residents about their appointment once; its words are not kept",
        period=Period.STORIES,
        found_by={"resident": "booking__resident"},
        dated_by=("sent_at",),
    ),
]
