"""From the reviewed file of facts to rows: what is missing, what differs, what is set back.

Only `hubs.actions.load_facts` calls this: it holds the transaction and publishes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import F, Model

from hubs.after_change import Hits
from hubs.errors import ImportRefused
from hubs.facts import WEEKDAYS, Columns, Fact, Facts, HubFact, OpeningKey, TopicFact
from hubs.models import Facility, Hub, HubFacility, OpeningPeriod, Service, Topic, TopicCode, TopicOffer

ASIDE = 10_000
"""Added to the map numbers of hubs that change places, while they do: no two may have the same."""
EXCERPT = 60
"""Characters of a long text that are printed where it differs."""


@dataclass
class FactsLoaded:
    """What loading did, in rows by kind ("hub", "topic offer"), and a sentence for each difference found."""

    made: Counter[str] = field(default_factory=Counter)
    set_back: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    hits: list[Hits] = field(default_factory=list)
    """What was promised and cannot be kept by the hours that were loaded."""

    @property
    def changed(self) -> bool:
        """Whether anything in the database is now different."""
        return bool(self.made or self.set_back or self.removed)


def bring_in(facts: Facts, *, overwrite: bool) -> FactsLoaded:
    """Make the rows that are missing and, with `overwrite`, set the others back to the file.

    Raises ImportRefused where a value breaks a rule of the models; the caller's transaction undoes the rest.
    """
    loading = _Loading(overwrite)
    services = loading.rows(Service, facts.services)
    facilities = loading.rows(Facility, facts.facilities)
    hubs = loading.rows(Hub, facts.hubs)
    loading.refuse_if_wrong()
    topics = loading.rows(Topic, [_with_service(topic, services) for topic in facts.topics])
    loading.refuse_if_wrong()
    for hub in facts.hubs:
        loading.opening(hub, hubs[hub.slug])
        loading.hub_facilities(hub, hubs[hub.slug], facilities)
    for topic in facts.topics:
        loading.codes(topic, topics[topic.slug])
        loading.offers(topic, topics[topic.slug], hubs)
    loading.refuse_if_wrong()
    return loading.loaded


def _with_service(topic: TopicFact, services: Mapping[str, Any]) -> Fact:
    if topic.service is None:
        return topic
    return Fact(topic.place, topic.slug, {**topic.columns, "service": services[topic.service]})


class _Loading:
    """One run: what it has done and found wrong so far."""

    def __init__(self, overwrite: bool) -> None:
        self.overwrite = overwrite
        self.loaded = FactsLoaded()
        self.problems: list[str] = []
        self.new: set[tuple[type[Model], str]] = set()

    def refuse_if_wrong(self) -> None:
        """Raise ImportRefused with every problem found so far, if there is any."""
        if self.problems:
            raise ImportRefused(self.problems)

    def rows(self, model: type[Model], facts: Sequence[Fact]) -> dict[str, Any]:
        """Return the row of each fact by its slug; those that were not there are made."""
        rows: dict[str, Any] = model._default_manager.in_bulk([f.slug for f in facts], field_name="slug")
        if self.overwrite and model is Hub:
            _set_numbers_aside(rows, facts)
        for fact in facts:
            from_file = model(slug=fact.slug, **fact.columns)
            if fact.slug in rows:
                if self._is_valid(from_file, fact.place, alone=True):
                    self._compare(rows[fact.slug], fact.columns, fact.place)
            else:
                self._make(from_file, fact.place)
                rows[fact.slug] = from_file
                self.new.add((model, fact.slug))
        return rows

    def opening(self, fact: HubFact, hub: Hub) -> None:
        """Bring in the usual week; where it is set back, the day it was checked was said of other hours."""
        if not fact.opening:
            return
        checked_on = fact.columns.get("hours_checked_on")
        touched = self._parts(
            {(row.weekday, row.opens, row.closes): row for row in hub.opening_periods.all()},
            {key: {} for key in sorted(fact.opening)},
            make=lambda key: OpeningPeriod(hub=hub, weekday=key[0], opens=key[1], closes=key[2]),
            is_new=lambda key: (Hub, fact.slug) in self.new,
            place=lambda key: f"[hubs.{fact.slug}.opening] {_period_in_words(key)}",
        )
        if touched and (Hub, fact.slug) not in self.new and hub.hours_checked_on != checked_on:
            hub.hours_checked_on = checked_on
            hub.save(update_fields=["hours_checked_on"])
            self.loaded.set_back["hub"] += 1

    def hub_facilities(self, fact: HubFact, hub: Hub, facilities: Mapping[str, Facility]) -> None:
        """Bring in what is known of the facilities; one that the file does not name is not known."""
        known = hub.facilities.filter(facility__slug__in=facilities).select_related("facility")
        self._parts(
            {row.facility.slug: row for row in known},
            {slug: fact.facilities.get(slug, {}) for slug in facilities},
            make=lambda slug: HubFacility(hub=hub, facility=facilities[slug]),
            is_new=lambda slug: (Hub, fact.slug) in self.new or (Facility, slug) in self.new,
            place=lambda slug: f"[hubs.{fact.slug}.facilities.{slug}]",
        )

    def codes(self, fact: TopicFact, topic: Topic) -> None:
        """Bring in the LGSL codes."""
        if not fact.lgsl:
            return
        self._parts(
            {row.lgsl: row for row in topic.codes.all()},
            {code: {} for code in fact.lgsl},
            make=lambda code: TopicCode(topic=topic, lgsl=code),
            is_new=lambda code: (Topic, fact.slug) in self.new,
            place=lambda code: f"{fact.place} lgsl {code}",
        )

    def offers(self, fact: TopicFact, topic: Topic, hubs: Mapping[str, Hub]) -> None:
        """Bring in at which of the file's hubs the topic is offered, and how one may come in for it."""
        if not fact.offers:
            return
        known = topic.offers.filter(hub__slug__in=hubs).select_related("hub")
        self._parts(
            {row.hub.slug: row for row in known},
            {slug: {"access": access} for slug, access in fact.offers.items()},
            make=lambda slug: TopicOffer(hub=hubs[slug], topic=topic),
            is_new=lambda slug: (Hub, slug) in self.new or (Topic, fact.slug) in self.new,
            place=lambda slug: f"{fact.place} at {slug}",
        )

    def _parts(
        self,
        here: Mapping[Any, Any],
        in_file: Mapping[Any, Columns],
        *,
        make: Callable[[Any], Model],
        is_new: Callable[[Any], bool],
        place: Callable[[Any], str],
    ) -> bool:
        """Bring in the rows that belong to another one, by key; return whether any was made or removed.

        They are made together with what they belong to. Later a missing one was taken away on purpose.
        """
        touched = False
        for key in sorted(here.keys() - in_file.keys()):
            self.loaded.differences.append(f"{place(key)}: is here, not in the file")
            if self.overwrite:
                here[key].delete()
                self.loaded.removed[_kind(here[key])] += 1
                touched = True
        for key, columns in in_file.items():
            if key in here:
                self._compare(here[key], columns, place(key))
                continue
            if not is_new(key):
                self.loaded.differences.append(f"{place(key)}: is in the file, not here")
            if is_new(key) or self.overwrite:
                row = make(key)
                _set(row, columns)
                self._make(row, place(key))
                touched = True
        return touched

    def _compare(self, row: Model, columns: Columns, place: str) -> None:
        differing = {name: value for name, value in columns.items() if getattr(row, name) != value}
        for name, value in differing.items():
            here, in_file = _excerpts(getattr(row, name), value)
            self.loaded.differences.append(f"{place} {name}: here {here}, in the file {in_file}")
        if differing and self.overwrite:
            _set(row, differing)
            if self._is_valid(row, place):
                row.save(update_fields=list(differing))
                self.loaded.set_back[_kind(row)] += 1

    def _make(self, row: Model, place: str) -> None:
        if self._is_valid(row, place):
            row.save(force_insert=True)
            self.loaded.made[_kind(row)] += 1

    def _is_valid(self, row: Model, place: str, *, alone: bool = False) -> bool:
        """Return whether the models' rules hold, those about other rows left out if `alone`."""
        try:
            row.full_clean(validate_unique=not alone, validate_constraints=not alone)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                at = place if name == NON_FIELD_ERRORS else f"{place} {name}"
                self.problems += [f"{at}: {message}" for message in messages]
            return False
        return True


def _set_numbers_aside(hubs: Mapping[str, Hub], facts: Sequence[Fact]) -> None:
    moving = [f.slug for f in facts if f.slug in hubs and hubs[f.slug].position != f.columns["position"]]
    Hub.objects.filter(slug__in=moving).update(position=F("position") + ASIDE)


def _set(row: Model, columns: Columns) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _kind(row: Model) -> str:
    return str(row._meta.verbose_name)


def _period_in_words(key: OpeningKey) -> str:
    weekday, opens, closes = key
    return f"{WEEKDAYS[weekday]} {opens:%H:%M}-{closes:%H:%M}"


def _excerpts(here: Any, in_file: Any) -> tuple[str, str]:
    """Return both values as short text; of long ones, the part where they begin to differ."""
    both = [
        str(value).replace("\n", " / ") if value not in ("", None) else "nothing" for value in (here, in_file)
    ]
    alike = next((at for at, (a, b) in enumerate(zip(*both, strict=False)) if a != b), min(map(len, both)))
    start = max(0, alike - EXCERPT // 3)

    def excerpt(text: str) -> str:
        if len(text) <= EXCERPT:
            return f"“{text}”"
        part = text[start : start + EXCERPT]
        return f"“{'…' * (start > 0)}{part}{'…' * (start + EXCERPT < len(text))}”"

    return excerpt(both[0]), excerpt(both[1])
