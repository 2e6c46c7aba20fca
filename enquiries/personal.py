"""The classified fields of `enquiries`: residents, what they came about, and what was done."""

from __future__ import annotations

from django.db.models import Q

from enquiries.models import EnquiryEvent
from hubs.data_map import Fate, Fields, Kind, Period, Record, fields, nothing_personal, plain, staff

_RESIDENTS = "residents"
_STORY = "to deal with what somebody came about, so that nobody tells it twice, and to count it"
_ACCOUNT = "to know what was done, by whom and when"
_COUNTED = "counted in reports; it belongs to nobody once the record is emptied"
_EMPTY_RECORD = "leads to an emptied record, so that people who came again are still counted as one"

WRITTEN_BY_US = Q(kind__in=(EnquiryEvent.Kind.CORRECTED, EnquiryEvent.Kind.REFERRED, EnquiryEvent.Kind.SLIP))
"""Events whose note the program wrote: names of topics and services, and ways to give a slip."""


def _emptied(kind: Kind, names: str, unless: Q | None = None) -> Fields:
    return fields(kind, names, Fate.EMPTIED, unless=unless)


def _counted(names: str) -> Fields:
    return fields(Kind.OWN, names, Fate.KEPT, _COUNTED)


def _of_resident() -> Fields:
    return fields(Kind.PSEUDONYM, "resident", Fate.KEPT, _EMPTY_RECORD)


RECORDS = [
    Record(
        "enquiries.Resident",
        fields=plain("id created_at merged_at anonymised_at")
        | _emptied(Kind.OWN, "name phone email address postcode contact_note")
        | _emptied(Kind.OWN, "may_phone may_text may_email may_post")
        | _emptied(Kind.SPECIAL, "needs")
        | _emptied(Kind.COPY, "phone_key search_text")
        | _counted("language")
        | fields(Kind.PSEUDONYM, "merged_into", Fate.KEPT, _EMPTY_RECORD)
        | staff("merged_by created_by"),
        whose=_RESIDENTS,
        purpose="to answer them in a way that is safe, and so that nobody tells their story twice",
        period=Period.PEOPLE,
        found_by={"resident": "pk"},
        dated_by=("created_at", "merged_at"),
    ),
    Record(
        "enquiries.ResidentEvent",
        fields=plain("id kind detail at")
        | _of_resident()
        | fields(Kind.PSEUDONYM, "other", Fate.KEPT, _EMPTY_RECORD)
        | staff("by"),
        whose=_RESIDENTS,
        purpose=_ACCOUNT,
        period=Period.PEOPLE,
        found_by={"resident": "resident"},
        dated_by=("at",),
    ),
    Record(
        "enquiries.RecordView",
        fields=plain("id")
        | fields(Kind.PSEUDONYM, "resident", Fate.DELETED)
        | fields(Kind.STAFF, "by at page", Fate.DELETED),
        whose="residents and staff",
        purpose="to find out who looked at a record without a reason",
        period=Period.RECORD_VIEWS,
        found_by={"resident": "resident"},
        deleted_by="at",
    ),
    Record(
        "enquiries.RightsRequest",
        fields=plain("id kind at")
        | fields(Kind.PSEUDONYM, "resident", Fate.DELETED)
        | fields(Kind.FREE_TEXT, "reason", Fate.DELETED)
        | fields(Kind.STAFF, "by", Fate.DELETED),
        whose="residents and staff",
        purpose="to show that a copy was given out, or a record erased, because its person asked",
        period=Period.RIGHTS,
        found_by={"resident": "resident"},
        deleted_by="at",
    ),
    nothing_personal("enquiries.RetentionPeriod", "id period months decided_on source"),
    nothing_personal("enquiries.TicketCounter", "id hub day last"),
    nothing_personal("enquiries.WaitingRoom", "hub moves"),
    Record(
        "enquiries.Visit",
        fields=plain("id hub_access service_day month hour_of_week wait_minutes")
        | plain("logged_at back_dated anonymised_at")
        | fields(Kind.PSEUDONYM, "token", Fate.KEPT, "made with an empty form, and in no link or message")
        | _of_resident()
        | _counted(
            "hub kind signposted_to language arrived_at state ticket_number expected_at called_at left_at"
            " left_reason"
        )
        | fields(Kind.FREE_TEXT, "urgent_reason", Fate.WORD)
        | _emptied(Kind.FREE_TEXT, "on_behalf_of")
        | _emptied(Kind.SPECIAL, "needs")
        | staff("logged_by called_by"),
        whose=_RESIDENTS,
        purpose="to see people in their turn, and to count visits and waits",
        period=Period.STORIES,
        found_by={"resident": "resident", "visit": "pk"},
        dated_by=("arrived_at",),
        month_by="month",
    ),
    nothing_personal("enquiries.Outcome", "id slug group name_en name_bn key position retired_on"),
    nothing_personal("enquiries.Cause", "id slug name_en name_bn owner position retired_on"),
    Record(
        "enquiries.Enquiry",
        fields=plain("id visit month due_on anonymised_at")
        | fields(Kind.PSEUDONYM, "reference private_key", Fate.FRESH)
        | fields(Kind.PSEUDONYM, "token", Fate.KEPT, "made with an empty form, and in no link or message")
        | _of_resident()
        | _counted(
            "hub channel topic language reply_by status outcome cause first_contact opened_at closed_at"
        )
        | _emptied(Kind.FREE_TEXT, "words agreed")
        | _emptied(Kind.COPY, "search_text")
        | staff("opened_by closed_by"),
        whose=_RESIDENTS,
        purpose=_STORY,
        period=Period.STORIES,
        found_by={"resident": "resident", "enquiry": "pk", "visit": "visit"},
        open_while=Q(status__in=("open", "referred")),
        dated_by=("opened_at", "closed_at"),
        month_by="month",
    ),
    Record(
        "enquiries.EnquiryEvent",
        fields=plain("id enquiry kind at")
        | _emptied(Kind.FREE_TEXT, "note", unless=WRITTEN_BY_US)
        | staff("by"),
        whose=_RESIDENTS,
        purpose=_ACCOUNT,
        period=Period.STORIES,
        found_by={"resident": "enquiry__resident", "enquiry": "enquiry", "visit": "enquiry__visit"},
        dated_by=("at",),
    ),
    Record(
        "enquiries.Feedback",
        fields=plain("id enquiry given_at month") | _counted("answer") | _emptied(Kind.FREE_TEXT, "comment"),
        whose=_RESIDENTS,
        purpose="to learn whether people were helped",
        period=Period.STORIES,
        found_by={"resident": "enquiry__resident", "enquiry": "enquiry", "visit": "enquiry__visit"},
        dated_by=("given_at",),
        month_by="month",
    ),
    Record(
        "enquiries.Referral",
        fields=plain("id enquiry consent_wording due_on had_all lead_told_at month days_taken")
        | _counted("service status outcome consented_at sent_at accepted_at returned_at finished_at")
        | _emptied(Kind.FREE_TEXT, "answers")
        | fields(Kind.FREE_TEXT, "story return_reason sentence", Fate.WORD)
        | staff("sent_by accepted_by returned_by finished_by"),
        whose=_RESIDENTS,
        purpose="so that a service can act on the whole story, with the resident’s agreement",
        period=Period.STORIES,
        found_by={"resident": "enquiry__resident", "enquiry": "enquiry", "visit": "enquiry__visit"},
        open_while=Q(status__in=("sent", "accepted")),
        dated_by=("sent_at", "returned_at", "finished_at"),
        month_by="month",
    ),
    Record(
        "enquiries.Slip",
        fields=plain("id enquiry") | _counted("way language given_at") | staff("given_by"),
        whose=_RESIDENTS,
        purpose="to know what residents took away or were sent; its words are not kept",
        period=Period.STORIES,
        found_by={"resident": "enquiry__resident", "enquiry": "enquiry", "visit": "enquiry__visit"},
        dated_by=("given_at",),
    ),
    Record(
        "enquiries.ServiceTerms",
        fields=plain("id service working_days") | staff("lead"),
        whose="staff",
        purpose="to tell the lead of a service what is overdue",
        period=Period.ACCOUNTS,
    ),
    nothing_personal(
        "enquiries.ServiceQuestion", "id service topic text_en text_bn required position retired_on"
    ),
    Record(
        "enquiries.SubmissionCount",
        fields=plain("id what window tries") | fields(Kind.PSEUDONYM, "caller", Fate.DELETED),
        whose="whoever sends a public form",
        purpose="to keep programs from flooding us or guessing references",
        otherwise="a keyed hash and no address; deleted after a day, when the next ones are counted",
    ),
    Record(
        "enquiries.DataProtectionComplaint",
        fields=plain("id acknowledge_by")
        | fields(Kind.PSEUDONYM, "reference token", Fate.DELETED)
        | fields(Kind.OWN, "name email phone address postcode reply_by language received_at", Fate.DELETED)
        | fields(Kind.FREE_TEXT, "words answer", Fate.DELETED)
        | fields(Kind.OWN, "acknowledged_at answered_at", Fate.DELETED)
        | fields(Kind.STAFF, "acknowledged_by answered_by", Fate.DELETED),
        whose="whoever complains",
        purpose="to acknowledge within 30 days, to answer, and to put right what went wrong",
        period=Period.COMPLAINTS,
        deleted_by="answered_at",
    ),
]
