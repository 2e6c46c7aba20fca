"""The tables of a report: one function a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from enquiries.models import Cause, Enquiry, Feedback, Outcome, Visit
from enquiries.models.residents import Language
from hubs.models import Hub, Service, Topic

from .figures import Counts, Figure, Table, TableRow
from .measures import MEASURES
from .rows import Scope
from .tally import CHANNEL, EVERYWHERE, HUB, TOPIC, Place
from .wording import share_words

NOT_RECORDED = "Not recorded"
NO_SERVICE = "No one service"
_SERVICES_NAMED = 2


@dataclass(frozen=True)
class Names:
    """The rows that reports name, retired ones too: history refers to them."""

    hubs: Mapping[int, Hub]
    topics: Mapping[int, Topic]
    outcomes: Mapping[int, Outcome]
    causes: Mapping[int, Cause]
    services: Mapping[int, Service]

    @classmethod
    def read(cls, using: str) -> Names:
        """Read them all, in the order in which they are shown."""
        tables: list[Iterable[Any]] = [
            Hub.objects.using(using),
            Topic.objects.using(using).select_related("service"),
            Outcome.objects.using(using),
            Cause.objects.using(using).select_related("owner"),
            Service.objects.using(using),
        ]
        return cls(*({row.pk: row for row in rows} for rows in tables))


def all_tables(counts: Counts, names: Names) -> tuple[Table, ...]:
    """Return every table, in the order of the page. Hubs and topics without anything to
    count, such as retired ones, are left out."""
    return (
        by_hub(counts, names),
        by_topic(counts, names),
        by_outcome(counts, names),
        by_channel(counts),
        by_service(counts, names),
        by_left_reason(counts),
        by_cause(counts, names),
        avoidable_by_topic(counts, names),
        by_answer(counts),
        by_language(counts),
        recording(counts),
        by_kind(counts),
        appointments(counts),
        slots(counts, names),
    )


def by_hub(counts: Counts, names: Names) -> Table:
    """Visits, enquiries, referrals, first contact, waits and people who left, at each hub and online."""
    rows = []
    for hub in _shown(names.hubs, counts.scope.hub):
        if counts.scope.no_hub:
            break
        rows.append(_hub_row(counts, hub.name_en, (HUB, hub.pk, None, ""), replace(counts.scope, hub=hub)))
    if counts.scope.hub is None:
        online = replace(counts.scope, no_hub=True)
        rows.append(_hub_row(counts, "Online, no hub", (HUB, None, None, ""), online))
    total = _hub_row(counts, "All hubs", EVERYWHERE, counts.scope)
    columns = ("Visits", "Enquiries", "Referrals", "Resolved", "Median wait", "Seen within target", "Left")
    return Table("hubs", "By hub", columns, _any(rows), total)


def _hub_row(counts: Counts, label: str, where: Place, scope: Scope) -> TableRow:
    return TableRow(
        label,
        (
            counts.count("visits", where, scope),
            *_work(counts, where, scope),
            counts.median_wait(where, scope),
            counts.share("within", where, scope),
            counts.count("left", where, scope),
        ),
    )


def by_topic(counts: Counts, names: Names) -> Table:
    """Enquiries, referrals and first contact for each topic, the commonest first."""
    rows = []
    for topic in _shown(names.topics, counts.scope.topic):
        scope = replace(counts.scope, topic=topic)
        place: Place = (TOPIC, None, topic.pk, "")
        rows.append(TableRow(topic.name_en, (*_work(counts, place, scope), _rate(counts, place, scope))))
    rows.sort(key=lambda row: -row.figures[0].count)
    total = TableRow("All topics", (*_work(counts), _rate(counts)))
    return Table("topics", "By topic", _WORK_AND_RATE, _any(rows), total)


def by_channel(counts: Counts) -> Table:
    """Enquiries, referrals and first contact for each channel: the same quality is promised on each."""
    rows = []
    for channel, label in Enquiry.Channel.choices:
        if counts.scope.channel in ("", channel):
            scope = replace(counts.scope, channel=channel)
            place: Place = (CHANNEL, None, None, channel)
            rows.append(TableRow(label, (*_work(counts, place, scope), _rate(counts, place, scope))))
    total = TableRow("All channels", (*_work(counts), _rate(counts)))
    return Table("channels", "By channel", _WORK_AND_RATE, tuple(rows), total)


def by_outcome(counts: Counts, names: Names) -> Table:
    """Enquiries by how they ended, or where they are."""
    spread = counts.tally.spread(MEASURES["enquiries"], "outcome")
    rows = [
        _counted(counts, outcome.name_en, "enquiries", outcome=pk)
        for pk, outcome in names.outcomes.items()
        if spread[pk] or outcome.retired_on is None
    ]
    rows.append(_counted(counts, "With a service, not finished", "enquiries", status="referred"))
    rows.append(_counted(counts, NOT_RECORDED, "enquiries", status="open"))
    return Table("outcomes", "By outcome", _NUMBER_AND_SHARE, tuple(rows), _total(counts, "enquiries"))


def by_service(counts: Counts, names: Names) -> Table:
    """Referrals by service: what became of them, and how long they took."""
    spread = counts.tally.spread(MEASURES["referrals"], "service")
    rows = [
        TableRow(service.name_en, _referred(counts, pk))
        for pk, service in names.services.items()
        if spread[pk]
    ]
    rows.sort(key=lambda row: -row.figures[0].count)
    columns = ("Referrals", "Accepted", "Told once", "Returned", "Finished", "Days, on average")
    return Table("services", "Services referred to", columns, tuple(rows), TableRow("All", _referred(counts)))


def _referred(counts: Counts, service: int | None = None) -> tuple[Figure, ...]:
    part: dict[str, Any] = {} if service is None else {"service": service}
    told = counts.count("told_once", **part)
    accepted = counts.count("accepted", **part)
    rate = told.count / accepted.count if accepted.count else None
    return (
        counts.count("referrals", **part),
        accepted,
        Figure("share", rate, told.count, told.rows, accepted),
        counts.count("returned", **part),
        counts.count("finished", **part),
        counts.mean_days(service),
    )


def by_left_reason(counts: Counts) -> Table:
    """People who left before being seen, by the reason that was noted."""
    rows = [
        _counted(counts, reason.label, "left", left_reason=reason.value)
        for reason in Visit.LeftReason
        if reason != Visit.LeftReason.MISTAKE
    ]
    return Table("left", "Left before being seen", _NUMBER_AND_SHARE, tuple(rows), _total(counts, "left"))


def by_cause(counts: Counts, names: Names) -> Table:
    """Avoidable contact by why somebody had to come, with the service that can change it.

    A cause that belongs to no one service says whose topics it was noted for most.
    """
    spread = counts.tally.spread(MEASURES["avoidable"], "cause")
    rows = []
    for pk, cause in names.causes.items():
        if spread[pk] or cause.retired_on is None:
            row = _counted(counts, cause.name_en, "avoidable", cause=pk)
            owner = cause.owner.name_en if cause.owner else _services_behind(counts, names, pk)
            rows.append(replace(row, note=owner or NO_SERVICE))
    rows.sort(key=lambda row: -row.figures[0].count)
    return Table("causes", "Avoidable contact", _NUMBER_AND_SHARE, tuple(rows), _total(counts, "avoidable"))


def _services_behind(counts: Counts, names: Names, cause: int) -> str:
    """Say whose topics a cause was noted for most: "Housing options 41%, Council tax 22%"."""
    measure, found = MEASURES["avoidable"], Counter[str]()
    for pk, topic in names.topics.items():
        if topic.service:
            found[topic.service.name_en] += counts.tally.count(measure, (TOPIC, None, pk, ""), cause=cause)
    whole = counts.tally.count(measure, cause=cause)
    most = sorted((name for name in found if found[name]), key=lambda name: (-found[name], name))
    return ", ".join(f"{name} {share_words(found[name] / whole)}" for name in most[:_SERVICES_NAMED])


def avoidable_by_topic(counts: Counts, names: Names) -> Table:
    """Avoidable contact by topic, with the service whose letters and answers it is about."""
    rows = []
    for topic in _shown(names.topics, counts.scope.topic):
        scope = replace(counts.scope, topic=topic)
        where: Place = (TOPIC, None, topic.pk, "")
        figures = (counts.count("avoidable", where, scope), counts.share("avoidable", where, scope))
        owner = topic.service.name_en if topic.service else NO_SERVICE
        rows.append(TableRow(topic.name_en, figures, owner))
    rows.sort(key=lambda row: -row.figures[0].count)
    whole = TableRow("All topics", (counts.count("avoidable"), counts.share("avoidable")))
    columns = ("Number", "Share of the topic's enquiries")
    return Table("avoidable_topics", "Avoidable contact by topic and service", columns, _any(rows), whole)


def by_answer(counts: Counts) -> Table:
    """What people answered to “Did we sort it out?”."""
    rows = [_counted(counts, label, "feedback", answer=answer) for answer, label in Feedback.Answer.choices]
    return Table(
        "satisfaction", "Did we sort it out?", _NUMBER_AND_SHARE, tuple(rows), _total(counts, "feedback")
    )


def by_language(counts: Counts) -> Table:
    """Enquiries by the language that people asked to be spoken to in, the commonest first."""
    labels = {code: str(label) for code, label in Language.choices}
    spread = counts.tally.spread(MEASURES["spoken"], "language")
    found = [code for code, _ in sorted(spread.items(), key=lambda item: (-item[1], item[0])) if code]
    rows = [_counted(counts, labels.get(code, code), "spoken", language=code) for code in found]
    rows.append(_counted(counts, NOT_RECORDED, "spoken", language=""))
    return Table("languages", "Languages", _NUMBER_AND_SHARE, tuple(rows), _total(counts, "spoken"))


def recording(counts: Counts) -> Table:
    """How much was not written down: the figures above are only as good."""
    rows = [
        TableRow(MEASURES[key].name, (counts.count(key), counts.share(key)))
        for key in ("unrecorded", "unexplained", "language_unrecorded")
    ]
    return Table("recording", "Not recorded", _NUMBER_AND_SHARE, tuple(rows))


def by_kind(counts: Counts) -> Table:
    """Visits by how people came: walk-ins, appointments, urgent cases, those sent on."""
    rows = [_counted(counts, label, "visits", kind=kind) for kind, label in Visit.Kind.choices]
    return Table("kinds", "How people came", _NUMBER_AND_SHARE, tuple(rows), _total(counts, "visits"))


def appointments(counts: Counts) -> Table:
    """Appointments by what became of them."""
    named = {
        "Came": "came",
        "Missed": "missed",
        "Cancelled": "cancelled",
        "Still to come, or nothing noted": "expected",
    }
    rows = [TableRow(label, (counts.count(key), counts.share(key))) for label, key in named.items()]
    return Table("appointments", "Appointments", _NUMBER_AND_SHARE, tuple(rows), _total(counts, "booked"))


def slots(counts: Counts, names: Names) -> Table:
    """How well the times for appointments are used at each hub, and how long people wait for one."""
    rows = [
        TableRow(hub.name_en, _slots(counts, (HUB, hub.pk, None, ""), replace(counts.scope, hub=hub)))
        for hub in _shown(names.hubs, counts.scope.hub)
        if not counts.scope.no_hub
    ]
    total = TableRow("All hubs", _slots(counts, EVERYWHERE, counts.scope))
    columns = ("Slots", "Used", "Full", "Appointments", "Days ahead, median")
    return Table("slots", "Slots for appointments", columns, _any(rows), total)


def _slots(counts: Counts, where: Place, scope: Scope) -> tuple[Figure, ...]:
    return (
        counts.count("slots", where, scope),
        counts.share("slots_used", where, scope),
        counts.share("slots_full", where, scope),
        counts.count("booked", where, scope),
        counts.median_days_ahead(where, scope),
    )


_WORK_AND_RATE = ("Enquiries", "Referrals", "Resolved", "Share resolved")
_NUMBER_AND_SHARE = ("Number", "Share")


def _work(counts: Counts, where: Place = EVERYWHERE, scope: Scope | None = None) -> tuple[Figure, ...]:
    return tuple(counts.count(key, where, scope) for key in ("enquiries", "referrals", "resolved"))


def _rate(counts: Counts, where: Place = EVERYWHERE, scope: Scope | None = None) -> Figure:
    return counts.share("resolved", where, scope)


def _counted(counts: Counts, label: str, key: str, **part: Any) -> TableRow:
    return TableRow(label, (counts.count(key, **part), counts.share(key, **part)))


def _total(counts: Counts, key: str) -> TableRow:
    whole = counts.count(key)
    share = Figure("share", 1.0 if whole.count else None, whole.count, whole.rows, whole)
    return TableRow("All", (whole, share))


def _shown(rows: Mapping[int, Any], only: Any) -> Iterable[Any]:
    for row in rows.values():
        if only is None or row == only:
            yield row


def _any(rows: Iterable[TableRow]) -> tuple[TableRow, ...]:
    """Leave out rows with nothing in them: retired, not open yet, or not offered."""
    return tuple(row for row in rows if any(figure.count for figure in row.figures))
