"""What the demo's history is made for: hubs and their hours, topics, services, staff. Read once."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import translation

from accounts.models import User
from enquiries.consent import consent_wording
from enquiries.models import Cause, Outcome, ServiceQuestion, ServiceTerms
from enquiries.search import indexed
from enquiries.working_days import due_date, is_working_day
from hubs import bank_holidays
from hubs.access import Access
from hubs.directory import listed_hubs
from hubs.models import Hub, Service, Topic, TopicOffer
from hubs.opening import LONDON, Period

from . import volumes
from .people import Person, Words

_QUARTER = 900
_LAST_WORKING_DAY = timedelta(days=200)
_HOURS = {9: 1.05, 10: 1.5, 11: 1.45, 12: 1.05, 13: 0.8, 14: 1.15, 15: 1.0, 16: 0.6}
"""How busy the hours of a day are."""


@dataclass(frozen=True)
class Subject:
    """A topic as the history needs it."""

    pk: int
    slug: str
    service: int | None
    names: tuple[str, str]
    """In English and Bengali: an enquiry is found by either."""


@dataclass(frozen=True)
class OpenDay:
    """A hub on a London date it opens."""

    hub: Hub
    on: date
    quarters: tuple[tuple[int, ...], tuple[float, ...]]
    """Quarters of an hour in which people arrive, as seconds after midnight, and how busy they are."""
    weight: float

    def moment(self, seconds: int) -> datetime:
        """Return the moment (UTC) at which London clocks show `seconds` after midnight. From 03:00 on."""
        return _three_o_clock(self.on) + timedelta(seconds=seconds - 3 * 3600)


class NotReady(Exception):
    """The rows that the history refers to are not there yet."""


class Borough:
    """Everything that rows of the history point to. Raises `NotReady` where something is missing."""

    def __init__(self, today: date) -> None:
        self.hubs = list(Hub.objects.all())
        self.outcomes = {row.slug: row.pk for row in Outcome.objects.all()}
        if not self.hubs or not self.outcomes:
            raise NotReady("The history needs hubs and the desk's rows: run load_hubs and load_desk first.")
        self.words = Words()
        self.people: list[Person] = self.words.everybody(self.hubs)
        self.subjects = [
            Subject(row.pk, row.slug, row.service_id, (row.name_en, row.name_bn))
            for row in Topic.objects.all()
        ]
        self.causes: list[int | None] = [row.pk for row in Cause.objects.all()] or [None]
        self.by_appointment = frozenset(
            TopicOffer.objects.filter(access=Access.APPOINTMENT_ONLY).values_list("hub_id", "topic_id")
        )
        users = {user.username: user.pk for user in User.objects.all()}
        self.desks = {hub.pk: users[f"desk.{hub.slug}"] for hub in self.hubs}
        self.services: dict[int, str] = {}
        self.officers: dict[int, int] = {}
        self.consents: dict[int, str] = {}
        with translation.override("en"):
            for service in Service.objects.all():
                self.services[service.pk] = service.name_en
                self.officers[service.pk] = users[f"officer.{service.slug}"]
                self.consents[service.pk] = consent_wording(service)
        self.working_days = dict(ServiceTerms.objects.values_list("service_id", "working_days"))
        self.answers = self._answers()
        last = today + _LAST_WORKING_DAY
        days = (volumes.FIRST_DAY + timedelta(days=n) for n in range((last - volumes.FIRST_DAY).days))
        self.office_days = [day for day in days if is_working_day(day, bank_holidays.name_on)]
        self._due: dict[tuple[date, int], date] = {}
        self._indexed: dict[tuple[int, str, str], str] = {}

    def _answers(self) -> dict[int, list[dict[str, str]]]:
        found: dict[int, list[dict[str, str]]] = {}
        for row in ServiceQuestion.objects.filter(retired_on__isnull=True).select_related("service"):
            said = self.words.facts["answers"].get(row.service.slug, [])
            answers = found.setdefault(row.service_id, [])
            answer = said[len(answers)] if len(answers) < len(said) else "Not at hand"
            answers.append({"question": row.text_en, "answer": answer})
        return found

    def open_days(self, month: int) -> list[OpenDay]:
        """Return every hub's days of a London month on which it opened, by date and hub."""
        first = date(month // 100, month % 100, 1)
        found = []
        for listed in listed_hubs(datetime.combine(first, time(12), LONDON)):
            for day in listed.schedule.days(first, 31):
                in_month = (day.on.year, day.on.month) == (first.year, first.month)
                if in_month and day.periods and _was_there(listed.hub, day.on):
                    weight = volumes.weight(listed.hub.slug, day.on)
                    found.append(OpenDay(listed.hub, day.on, _quarters(day.periods), weight))
        return sorted(found, key=lambda each: (each.on, each.hub.position))

    def office_day(self, after: date, working_days: int) -> date:
        """Return the working day of the council that many working days after a date."""
        return self.office_days[bisect_left(self.office_days, after + timedelta(days=1)) + working_days - 1]

    def due_on(self, sent_on: date, service: int) -> date:
        """Return by when a service promised to answer."""
        days = self.working_days.get(service, 10)
        key = (sent_on, days)
        if key not in self._due:
            self._due[key] = due_date(sent_on, days, bank_holidays.name_on)
        return self._due[key]

    def search_text(self, reference: str, subject: Subject, name: str, words: str) -> str:
        """Return what `search_text_of` in `enquiries.actions` would, with each story split only once."""
        key = (subject.pk, name, words)
        if key not in self._indexed:
            self._indexed[key] = indexed(*subject.names, name, words)
        return f"{reference.lower()} {self._indexed[key]}"

    def nearest_walk_in(self, hub: Hub, open_hubs: frozenset[int]) -> int | None:
        """Return the id of the nearest hub that takes walk-ins and opens on a day."""
        others = [each for each in self.hubs if each.walk_in and each.pk in open_hubs]
        if not others:
            return None
        nearest: Any = min(
            others,
            key=lambda each: (each.easting - hub.easting) ** 2 + (each.northing - hub.northing) ** 2,
        )
        return int(nearest.pk)


def in_office(on: date, seconds: int) -> datetime:
    """Return a moment (UTC) of a London date, `seconds` after midnight. From 03:00 on."""
    return _three_o_clock(on) + timedelta(seconds=seconds - 3 * 3600)


def _three_o_clock(on: date) -> datetime:
    # After the clocks have changed, so that the rest of the day counts in plain seconds.
    return datetime.combine(on, time(3), LONDON).astimezone(UTC)


def _was_there(hub: Hub, on: date) -> bool:
    opened_on = max(hub.opened_on or volumes.FIRST_DAY, volumes.FIRST_DAY)
    return opened_on <= on and not hub.is_retired(on)


def _quarters(periods: tuple[Period, ...]) -> tuple[tuple[int, ...], tuple[float, ...]]:
    starts: list[int] = []
    for period in periods:
        closes = 24 * 3600 if period.to_midnight else _seconds(period.closes)
        # Nobody arrives in the last quarter of an hour, and none before three, when clocks may change.
        starts += range(max(_seconds(period.opens), 3 * 3600), closes - _QUARTER, _QUARTER)
    return tuple(starts), tuple(_HOURS.get(start // 3600, 0.4) for start in starts)


def _seconds(reading: time) -> int:
    return reading.hour * 3600 + reading.minute * 60
