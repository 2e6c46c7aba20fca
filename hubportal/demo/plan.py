"""A month of visits and enquiries, made up. The same seed and borough give the same plan."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate

from django.conf import settings

from enquiries.models import Enquiry, Visit
from hubs.access import Access

from .borough import Borough, OpenDay, Subject, in_office
from .lives import Plan, PlannedEnquiry, PlannedReferral, PlannedVisit
from .people import Person
from .seats import give_seats
from .volumes import Totals, apportion

MESSAGES_FROM = 202401
"""Questions by phone and online are counted apart from the published visits, and so begin after them."""

_TOPICS = {
    # How often it comes up, how likely it is referred, how likely it is resolved.
    "housing": (30.0, 1.5, 0.8),
    "council-tax": (19.5, 0.9, 1.2),
    "parking": (13.0, 0.7, 1.4),
    "benefits": (10.5, 1.3, 0.8),
    "employment": (6.0, 1.2, 0.7),
    "travel-passes": (6.5, 1.0, 1.1),
    "schools": (3.5, 1.1, 0.8),
    "debt-and-welfare": (3.5, 1.0, 0.8),
    "health-and-wellbeing": (2.0, 1.2, 0.6),
    "domestic-abuse": (0.6, 2.0, 0.3),
    "digital-help": (4.0, 0.0, 3.0),
    "something-else": (5.0, 0.5, 1.2),
}
_UNKNOWN_TOPIC = (1.0, 1.0, 1.0)
_SEASONS = {("council-tax", 3): 1.25, ("council-tax", 4): 1.15, ("schools", 9): 1.6, ("schools", 3): 1.3}
_OTHER_ENDINGS = {
    "signposted": 54,
    "appointment": 19,
    "promised": 9,
    "papers-missing": 8,
    "could-not-help": 6,
    "not-the-council": 4,
}
_BY_APPOINTMENT_KINDS: dict[str, int] = {
    Visit.Kind.APPOINTMENT: 56,
    Visit.Kind.SIGNPOSTED: 19,
    Visit.Kind.BOOKED: 15,
    Visit.Kind.URGENT: 10,
}
_FIXED_ENDINGS = {Visit.Kind.SIGNPOSTED: "signposted", Visit.Kind.BOOKED: "appointment"}
_LEFT_REASONS = {"wait": 45, "come_back": 25, "no_answer": 20, "sorted": 5, "unknown": 5}
_LANGUAGES = {"en": 58, "bn": 17, "syl": 9, "so": 4, "it": 2, "ar": 2, "zh": 1, "pl": 1, "bfi": 1, "": 5}

_TICKET_SHARE = 0.72
_MORE_TOPICS = 0.065
_KNOWN = {"referred": 0.10, "promised": 0.6}
_KNOWN_OTHERWISE = 0.025
_WORDS = {"referred": 1.0, "promised": 1.0}
_WORDS_OTHERWISE = 0.3


def plan_month(
    borough: Borough, month: int, days: list[OpenDay], totals: Totals, seed: int, *, seats: bool = False
) -> Plan:
    """Make up a month with exactly the given totals; with `seats`, whoever came by appointment had booked."""
    made = _Month(borough, month, random.Random(f"{seed} {month}"))  # noqa: S311
    return made.plan(days, totals, seats=seats)


class _Month:
    """One month being made up."""

    def __init__(self, borough: Borough, month: int, rng: random.Random) -> None:
        self.borough = borough
        self.month = month
        self.rng = rng
        self.seen: dict[int, list[int]] = {}
        self.offered: dict[int | None, tuple[list[Subject], list[float]]] = {}
        # Residents become known one after another as the months go by.
        months_on = (month // 100 - 2023) * 12 + month % 100 - 3
        self.known = max(1, min(len(borough.people), 60 + 8 * months_on))

    def plan(self, days: list[OpenDay], totals: Totals, *, seats: bool) -> Plan:
        """Make visits, then what they were about, then how it ended, then the rest."""
        days = [day for day in days if day.quarters[0]]
        visits = [
            visit
            for day, count in zip(days, apportion(totals.visits, [day.weight for day in days]), strict=True)
            for visit in self._visits(day, count, days)
        ]
        visits.sort(key=lambda visit: (visit.arrived_at, visit.hub.position))
        for number, visit in enumerate(visits, start=1):
            visit.number = number
            self._raise_topics(visit)
        self._end([each for visit in visits for each in visit.enquiries if not each.ending], totals)
        if seats:
            give_seats(self.month, visits, days, self.known)
        messages = self._messages(days) if self.month >= MESSAGES_FROM else []
        plan = Plan(self.month, visits, messages)
        for visit in visits:
            self._tell(visit)
        for number, enquiry in enumerate(plan.enquiries, start=1):
            enquiry.number = number
            self._finish(enquiry)
        return plan

    # Visits ---------------------------------------------------------------------------------------------

    def _visits(self, day: OpenDay, count: int, days: list[OpenDay]) -> Iterator[PlannedVisit]:
        rng, desk = self.rng, self.borough.desks[day.hub.pk]
        starts = rng.choices(day.quarters[0], day.quarters[1], k=count)
        for start in starts:
            arrived_at = day.moment(start + rng.randrange(900))
            ends_at = arrived_at + timedelta(seconds=rng.randrange(150, 600))
            visit = PlannedVisit(day.hub, day.on, Visit.Kind.WALK_IN, arrived_at, ends_at, desk)
            if day.hub.access == Access.APPOINTMENT_ONLY:
                self._by_appointment(visit, days)
            elif rng.random() < _TICKET_SHARE:
                self._waited(visit, start)
            if not visit.has_ticket and rng.random() < 0.02:
                visit.logged_late_at = visit.ends_at + timedelta(minutes=rng.randrange(20, 90))
            if rng.random() < 0.03:
                visit.on_behalf_of = rng.choice(self.borough.words.facts["on_behalf_of"])
            if rng.random() < 0.02:
                visit.needs = rng.choice(self.borough.words.facts["needs"])
            yield visit

    def _by_appointment(self, visit: PlannedVisit, days: list[OpenDay]) -> None:
        visit.kind = _drawn(self.rng, _BY_APPOINTMENT_KINDS)
        if visit.kind == Visit.Kind.URGENT:
            visit.urgent_reason = self.rng.choice(self.borough.words.facts["urgent_reasons"])
        elif visit.kind == Visit.Kind.SIGNPOSTED:
            open_hubs = frozenset(day.hub.pk for day in days if day.on == visit.on)
            visit.signposted_to = self.borough.nearest_walk_in(visit.hub, open_hubs)
            if visit.signposted_to is None:
                visit.kind = Visit.Kind.BOOKED
        if visit.kind in (Visit.Kind.APPOINTMENT, Visit.Kind.URGENT):
            visit.ends_at = visit.arrived_at + timedelta(seconds=self.rng.randrange(600, 1500))

    def _waited(self, visit: PlannedVisit, start: int) -> None:
        busy = 1.5 if 10 * 3600 <= start < 12 * 3600 else 1.0
        wait = timedelta(seconds=60 + self.rng.gammavariate(2.0, 210 * busy))
        visit.has_ticket = True
        if self.rng.random() < 0.008 + wait.total_seconds() / 60_000:
            visit.left_because = _drawn(self.rng, _LEFT_REASONS)
            visit.ends_at = visit.arrived_at + wait
            return
        visit.called_at = visit.arrived_at + wait
        visit.ends_at = visit.called_at + timedelta(seconds=self.rng.randrange(240, 1300))

    def _raise_topics(self, visit: PlannedVisit) -> None:
        offered = self._offered(visit.hub.pk if visit.kind == Visit.Kind.WALK_IN else None)
        wanted = 1
        if not visit.left_because and visit.kind not in _FIXED_ENDINGS:
            while wanted < 3 and self.rng.random() < _MORE_TOPICS:
                wanted += 1
        ending = "left" if visit.left_because else _FIXED_ENDINGS.get(Visit.Kind(visit.kind), "")
        for subject in self._topics(*offered, wanted):
            visit.enquiries.append(
                PlannedEnquiry(
                    number=0,
                    subject=subject,
                    channel=Enquiry.Channel.IN_PERSON,
                    hub=visit.hub.pk,
                    opened_at=visit.arrived_at,
                    # Without a ticket somebody is seen at once: the desk saves when it has ended.
                    answered_at=visit.ends_at if visit.has_ticket else visit.arrived_at,
                    by=visit.by,
                    ending=ending,
                )
            )

    def _offered(self, walk_in_at: int | None) -> tuple[list[Subject], list[float]]:
        """Return what people come about, to walk in at a hub or anyhow, and how likely, added up."""
        if walk_in_at in self.offered:
            return self.offered[walk_in_at]
        offered = [
            subject
            for subject in self.borough.subjects
            if walk_in_at is None or (walk_in_at, subject.pk) not in self.borough.by_appointment
        ]
        weights = [
            _TOPICS.get(each.slug, _UNKNOWN_TOPIC)[0] * _SEASONS.get((each.slug, self.month % 100), 1.0)
            for each in offered
        ]
        self.offered[walk_in_at] = offered, list(accumulate(weights))
        return self.offered[walk_in_at]

    def _topics(self, offered: list[Subject], likely: list[float], wanted: int) -> list[Subject]:
        drawn: list[Subject] = []
        while len(drawn) < min(wanted, len(offered)):
            each = self.rng.choices(offered, cum_weights=likely)[0]
            if each not in drawn:
                drawn.append(each)
        return drawn

    # How it ended ---------------------------------------------------------------------------------------

    def _end(self, undecided: list[PlannedEnquiry], totals: Totals) -> None:
        """Choose exactly as many to refer and to resolve as wanted, likelier where the topic makes it so."""
        referable = [each for each in undecided if each.subject.service in self.borough.officers]
        for each in self._likeliest(referable, 1, totals.referrals):
            each.ending = "referred"
        rest = [each for each in undecided if not each.ending]
        for each in self._likeliest(rest, 2, totals.resolved):
            each.ending = "resolved"
        others = [each for each in rest if not each.ending]
        for each in others:
            each.ending = _drawn(self.rng, _OTHER_ENDINGS)

    def _likeliest(
        self, enquiries: list[PlannedEnquiry], likelihood: int, wanted: int
    ) -> Iterable[PlannedEnquiry]:
        if wanted > len(enquiries):
            raise ValueError(f"{self.month}: {wanted} wanted of {len(enquiries)}")

        def turn(each: PlannedEnquiry) -> float:
            rate = _TOPICS.get(each.subject.slug, _UNKNOWN_TOPIC)[likelihood]
            return self.rng.expovariate(rate) if rate else math.inf

        # Exponential waits: who comes first is drawn without replacement in proportion to the rates.
        return sorted(enquiries, key=turn)[:wanted]

    # Who they were and what they said -------------------------------------------------------------------

    def _tell(self, visit: PlannedVisit) -> None:
        rng = self.rng
        first = visit.enquiries[0]
        person = None
        if not visit.left_because and rng.random() < _KNOWN.get(first.ending, _KNOWN_OTHERWISE):
            person = self._somebody(first.subject)
        if visit.booked_by is not None:
            person = visit.booked_by
        language = self._person(person).language if person is not None else _drawn(rng, _LANGUAGES)
        for each in visit.enquiries:
            each.person, each.language = person, language
            if rng.random() < _WORDS.get(each.ending, _WORDS_OTHERWISE):
                each.words = self.borough.words.story(each.subject.slug, each.written, each.ending, rng)
            if rng.random() < 0.13:
                each.cause = rng.choice(self.borough.causes)

    def _somebody(self, subject: Subject) -> int:
        before = self.seen.setdefault(subject.pk, [])
        if before and self.rng.random() < 0.25:
            return self.rng.choice(before)
        person = self.rng.randrange(self.known)
        before.append(person)
        return person

    def _person(self, number: int) -> Person:
        return self.borough.people[number]

    def _messages(self, days: list[OpenDay]) -> list[PlannedEnquiry]:
        """Questions by phone, answered at once, and online, answered within days."""
        made = []
        for _ in range(46 if days else 0):
            day, online = self.rng.choice(days), self.rng.random() < 0.55
            seconds = self.rng.randrange(6 * 3600, 23 * 3600) if online else self.rng.choice(day.quarters[0])
            at = day.moment(seconds + self.rng.randrange(900))
            subject = self._topics(*self._offered(None), 1)[0]
            enquiry = PlannedEnquiry(
                number=0,
                subject=subject,
                channel=Enquiry.Channel.ONLINE if online else Enquiry.Channel.PHONE,
                hub=None if online else day.hub.pk,
                opened_at=at,
                answered_at=self._in_days(day.on, self.rng.randrange(1, 5)) if online else at,
                by=self.borough.desks[day.hub.pk],
                ending="resolved" if self.rng.random() < 0.85 else "signposted",
            )
            if online:
                enquiry.person = self._somebody(subject)
                enquiry.language = self._person(enquiry.person).language
                enquiry.due_on = self.borough.office_day(day.on, settings.ONLINE_WORKING_DAYS)
                enquiry.agreed = self.borough.words.sentence("answered", enquiry.written, self.rng)
            else:
                enquiry.language = _drawn(self.rng, _LANGUAGES)
            enquiry.words = self.borough.words.story(subject.slug, enquiry.written, "resolved", self.rng)
            made.append(enquiry)
        return sorted(made, key=lambda each: each.opened_at)

    # What happened afterwards ---------------------------------------------------------------------------

    def _finish(self, enquiry: PlannedEnquiry) -> None:
        on = enquiry.opened_at.date()
        if enquiry.ending == "promised":
            enquiry.agreed = self.borough.words.sentence("promised", enquiry.written, self.rng)
            enquiry.due_on = self.borough.office_day(on, 5)
            enquiry.closed_at = self._in_days(on, self.rng.choice((1, 2, 2, 3, 3, 4, 5, 8)))
        elif enquiry.ending == "referred":
            self._hand_over(enquiry, on, enquiry.answered_at, may_come_back=True)
        if enquiry.ending in ("resolved", "referred", "signposted") and self.rng.random() < 0.03:
            answer = _drawn(self.rng, {"yes": 74, "partly": 17, "no": 9})
            said = self.rng.choice(self.borough.words.facts["comments"][answer])
            enquiry.feedback = (answer, said if self.rng.random() < 0.6 else "")

    def _hand_over(
        self, enquiry: PlannedEnquiry, on: date, sent_at: datetime, *, may_come_back: bool
    ) -> None:
        rng, service = self.rng, enquiry.subject.service
        if service is None:
            raise ValueError(f"{enquiry.subject.slug} has no service")
        promised = self.borough.working_days.get(service, 10)
        late = rng.random() < 0.06
        days = promised + rng.randrange(1, 13) if late else rng.randrange(1, promised + 1)
        accepted_after = min(rng.randrange(1, days + 1), rng.randrange(1, days + 1))
        referral = PlannedReferral(
            service=service,
            story=enquiry.words or enquiry.subject.slug,
            sent_at=sent_at,
            sent_by=enquiry.by,
            due_on=self.borough.due_on(on, service),
            accepted_at=self._in_days(on, accepted_after, morning=True),
            had_all=rng.random() < 0.87,
            ended_at=self._in_days(on, days),
        )
        enquiry.referrals.append(referral)
        enquiry.due_on = referral.due_on
        if may_come_back and rng.random() < 0.05:
            self._send_back(enquiry, referral, self.borough.office_day(on, days))
        else:
            declined = rng.random() < 0.08
            referral.outcome = "service-could-not" if declined else "service-done"
            kind = "declined" if declined else "done"
            referral.sentence = self.borough.words.sentence(kind, enquiry.written, rng)

    def _send_back(self, enquiry: PlannedEnquiry, referral: PlannedReferral, on: date) -> None:
        referral.returned_because = self.rng.choice(self.borough.words.facts["return_reasons"]["texts"])
        if self.rng.random() < 0.5:
            referral.accepted_at = None
        # A second referral would make 2023 count more than the council published.
        if self.month >= MESSAGES_FROM and self.rng.random() < 0.4:
            again_on = self.borough.office_day(on, 1)
            self._hand_over(enquiry, again_on, in_office(again_on, 36_000), may_come_back=False)
        else:
            enquiry.closed_at = self._in_days(on, self.rng.randrange(1, 4))

    def _in_days(self, after: date, working_days: int, *, morning: bool = False) -> datetime:
        """Return a moment of a later working day; mornings come before afternoons of the same day."""
        on = self.borough.office_day(after, working_days)
        start, end = (33_300, 45_000) if morning else (46_800, 60_300)
        return in_office(on, self.rng.randrange(start, end))


def _drawn(rng: random.Random, shares: dict[str, int]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]
