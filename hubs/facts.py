"""The reviewed file of facts, `hubs/data/borough.toml`: what it says, checked, before it meets a database.

Pure: nothing here touches a row. `hubs.actions.load_facts` takes what `read_facts` gives.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any

from hubs.access import Access
from hubs.errors import ImportRefused
from hubs.opening import Period, overlaps
from hubs.postcodes import NotAPostcode, normalise

SHIPPED = Path(__file__).parent / "data" / "borough.toml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_HUB = "all"
LGSL_ABOVE = 10_000
"""The Local Government Services List numbers its services below this."""
_PAIR_EXPECTED = 'a pair: ["English", "বাংলা"]'

OpeningKey = tuple[int, time, time]
"""Weekday (Monday is 0), opening time, closing time; London wall time."""
Columns = Mapping[str, Any]
"""Values by the name of the model's field. What the file leaves out is not there."""


@dataclass(frozen=True)
class Fact:
    """One table of the file, such as `[hubs.bow]`: where it stands, its slug and its columns."""

    place: str
    slug: str
    columns: Columns


@dataclass(frozen=True)
class TopicFact(Fact):
    """A topic, with the slug of the service that takes its referrals, LGSL codes and where it is offered."""

    service: str | None
    lgsl: tuple[int, ...]
    offers: Mapping[str, Access]


@dataclass(frozen=True)
class HubFact(Fact):
    """A hub, with its usual week and what is known of its facilities, by the facility's slug."""

    opening: frozenset[OpeningKey]
    facilities: Mapping[str, Columns]


@dataclass(frozen=True)
class Facts:
    """Everything one file says."""

    services: tuple[Fact, ...]
    facilities: tuple[Fact, ...]
    hubs: tuple[HubFact, ...]
    topics: tuple[TopicFact, ...]


@dataclass
class _Table:
    """One table being read: what is taken is removed, so that what is left at the end was misspelled."""

    place: str
    values: dict[str, Any]
    problems: list[str]
    columns: dict[str, Any] = field(default_factory=dict)

    def problem(self, key: str, words: str) -> None:
        self.problems.append(f"{self.place} {key}: {words}")

    def take(self, key: str, kinds: type | tuple[type, ...], expected: str, default: Any = ...) -> Any:
        """Return the value of `key`, or `default` where it is missing or wrong (which is then a problem)."""
        value = self.values.pop(key, ...)
        if value is ... and default is ...:
            self.problem(key, "is missing")
        elif value is not ... and (
            not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool)
        ):
            self.problem(key, f"should be {expected}")
        elif value is not ...:
            return value
        return None if default is ... else default

    def column(
        self, key: str, kinds: type | tuple[type, ...], expected: str, *, needed: bool = False
    ) -> None:
        """Take `key` as the column of the same name; where the file leaves it out there is no column."""
        if needed or key in self.values:
            value = self.take(key, kinds, expected)
            self.columns[key] = unicodedata.normalize("NFC", value) if isinstance(value, str) else value

    def pair(self, key: str, *, needed: bool = False) -> None:
        """Take an English and a Bengali text as the columns `key_en` and `key_bn`."""
        if needed or key in self.values:
            self._store_pair(key, self.take(key, list, _PAIR_EXPECTED))

    def line_pairs(self, key: str) -> None:
        """Take a list of pairs as two columns with a line for each."""
        if key not in self.values:
            return
        pairs = self.take(key, list, "a list of pairs, a pair a line")
        if pairs is None:
            return
        if not all(_is_pair(pair) for pair in pairs):
            self.problem(key, f"each line should be {_PAIR_EXPECTED}")
        elif any("\n" in text for pair in pairs for text in pair):
            self.problem(key, "each line should be one line")
        elif not all(english.strip() for english, _ in pairs):
            self.problem(key, "a line has no English")
        elif len({bool(bengali.strip()) for _, bengali in pairs}) > 1:
            self.problem(key, "some lines have Bengali and some have none: give all or none")
        else:
            self._store_pair(key, ["\n".join(texts) for texts in zip(*pairs, strict=True)] or ["", ""])

    def _store_pair(self, key: str, pair: Any) -> None:
        if pair is None:
            return
        if not _is_pair(pair):
            self.problem(key, f"should be {_PAIR_EXPECTED}")
            return
        english, bengali = (unicodedata.normalize("NFC", text.strip()) for text in pair)
        self.columns |= {f"{key}_en": english, f"{key}_bn": bengali}

    def finish(self) -> dict[str, Any]:
        """Return the columns; keys that nobody asked for are problems."""
        for key in self.values:
            self.problem(key, "is not a name that this file knows")
        return self.columns


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(text, str) for text in value)


def read_facts(path: Path = SHIPPED) -> Facts:
    """Return what the file at `path` says.

    Raises ImportRefused with one sentence for each thing that is wrong, with its place in the file. Lengths,
    choices and the like are the models' business and are checked when the facts are loaded.
    """
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ImportRefused([f"{path} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise ImportRefused([f"{path} is not text in UTF-8 (byte {error.start + 1})."]) from error
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused([f"{path} is not valid TOML: {error}."]) from error
    problems: list[str] = []
    facts = Facts(
        services=tuple(_each(whole, "services", problems, _service)),
        facilities=tuple(_each(whole, "facilities", problems, _facility)),
        hubs=tuple(_each(whole, "hubs", problems, _hub)),
        topics=tuple(_each(whole, "topics", problems, _topic)),
    )
    problems += [f"[{name}] is not a table that this file knows" for name in whole]
    problems += _loose_ends(facts)
    if not problems and not facts.hubs:
        problems.append(f"{path} names no hub.")
    if problems:
        raise ImportRefused(problems)
    return _spread(facts)


def _each(
    whole: dict[str, Any], name: str, problems: list[str], read: Callable[[str, _Table], Any]
) -> Iterable[Any]:
    tables = whole.pop(name, {})
    if not isinstance(tables, dict):
        problems.append(f"[{name}] should hold tables such as [{name}.first]")
        return
    for slug, values in tables.items():
        if isinstance(values, dict):
            yield read(slug, _Table(f"[{name}.{slug}]", dict(values), problems))
        else:
            problems.append(f"[{name}] {slug}: is not a name that this file knows")


def _service(slug: str, table: _Table) -> Fact:
    table.pair("name", needed=True)
    table.column("phone", str, "a phone number in quotes")
    return Fact(table.place, slug, table.finish())


def _facility(slug: str, table: _Table) -> Fact:
    table.column("position", int, "a whole number", needed=True)
    table.pair("name", needed=True)
    return Fact(table.place, slug, table.finish())


def _hub(slug: str, table: _Table) -> HubFact:
    for key in ("position", "easting", "northing"):
        table.column(key, int, "a whole number", needed=True)
    for key in ("latitude", "longitude"):
        table.column(key, (float, int), "a number of degrees", needed=True)
    for key in ("street", "postcode", "location_basis", "access", "phone"):
        table.column(key, str, "text in quotes", needed=True)
    if (postcode := table.columns["postcode"]) is not None and not _is_canonical(postcode):
        table.problem("postcode", f'"{postcode}" should be a whole postcode such as "E14 3HG"')
    table.column("building_phone", str, "a phone number in quotes")
    table.column("address_confirmed", bool, "true or false", needed=True)
    for key in ("hours_checked_on", "opened_on"):
        table.column(key, date, "a date such as 2023-10-02")
    table.pair("name", needed=True)
    for key in ("area", "about", "getting_there", "languages"):
        table.pair(key)
    opening = _opening(_Table(f"[hubs.{slug}.opening]", _inner(table, "opening"), table.problems))
    facilities = _hub_facilities(slug, _inner(table, "facilities"), table.problems)
    return HubFact(table.place, slug, table.finish(), opening=opening, facilities=facilities)


def _is_canonical(postcode: str) -> bool:
    try:
        return normalise(postcode) == postcode
    except NotAPostcode:
        return False


def _inner(table: _Table, key: str) -> dict[str, Any]:
    return dict(table.take(key, dict, "a table", default={}))


def _hub_facilities(slug: str, tables: dict[str, Any], problems: list[str]) -> Mapping[str, Columns]:
    found: dict[str, Columns] = {}
    for facility, values in tables.items():
        table = _Table(f"[hubs.{slug}.facilities.{facility}]", {}, problems)
        if isinstance(values, dict):
            table.values = dict(values)
        table.column("available", str, '"yes", "no" or "unknown"', needed=True)
        table.pair("note")
        found[facility] = table.finish()
    return found


def _opening(table: _Table) -> frozenset[OpeningKey]:
    week: set[OpeningKey] = set()
    for weekday, name in enumerate(WEEKDAYS):
        periods = []
        for text in table.take(name, list, 'a list such as ["09:00-12:30", "13:30-17:00"]', default=[]):
            period = _period(text)
            if period is None:
                table.problem(
                    name, f'"{text}" should be a time of opening and a later one of closing: "09:00-17:00"'
                )
            else:
                periods.append(period)
        if overlaps(periods):
            table.problem(name, "two periods overlap")
        week |= {(weekday, period.opens, period.closes) for period in periods}
    table.finish()
    return frozenset(week)


def _period(text: Any) -> Period | None:
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
        return Period(opens, closes)
    except (AttributeError, ValueError):
        return None


def _topic(slug: str, table: _Table) -> TopicFact:
    table.column("position", int, "a whole number", needed=True)
    for key in ("counted", "sensitive"):
        table.column(key, bool, "true or false")
    for key in ("phone", "online_url"):
        table.column(key, str, "text in quotes")
    table.pair("name", needed=True)
    table.pair("summary", needed=True)
    for key in ("urgent", "help", "bring"):
        table.line_pairs(key)
    service = table.take("service", str, "the name of a [services.…] table", default=None)
    lgsl = table.take("lgsl", list, "a list of whole numbers", default=[])
    if not all(isinstance(code, int) and 0 < code < LGSL_ABOVE for code in lgsl) or len(set(lgsl)) != len(
        lgsl
    ):
        table.problem("lgsl", f"should be a list of codes below {LGSL_ABOVE}, each once")
        lgsl = []
    offers = dict.fromkeys(_hub_names(table, "hubs"), Access.WALK_IN)
    offers |= dict.fromkeys(_hub_names(table, "by_appointment_at"), Access.APPOINTMENT_ONLY)
    return TopicFact(table.place, slug, table.finish(), service=service, lgsl=tuple(lgsl), offers=offers)


def _hub_names(table: _Table, key: str) -> list[str]:
    names = table.take(key, (list, str), '"all" or a list of hubs', default=[])
    if names == EVERY_HUB:
        return [EVERY_HUB]
    if isinstance(names, str) or not all(isinstance(name, str) and name != EVERY_HUB for name in names):
        table.problem(key, 'should be "all" or a list of hubs')
        return []
    return names


def _loose_ends(facts: Facts) -> Iterable[str]:
    """Yield a sentence for each name that leads nowhere and each map number given twice."""
    services = {fact.slug for fact in facts.services}
    facilities = {fact.slug for fact in facts.facilities}
    hubs = {fact.slug for fact in facts.hubs}
    for topic in facts.topics:
        if topic.service is not None and topic.service not in services:
            yield f"{topic.place} service: there is no [services.{topic.service}]"
        for name in sorted(topic.offers.keys() - hubs - {EVERY_HUB}):
            yield f"{topic.place} hubs: there is no [hubs.{name}]"
    numbers: dict[Any, str] = {}
    for hub in facts.hubs:
        for name in sorted(hub.facilities.keys() - facilities):
            yield f"{hub.place} facilities: there is no [facilities.{name}]"
        number = hub.columns["position"]
        first = numbers.setdefault(number, hub.place)
        if number is not None and first != hub.place:
            yield f"{hub.place} position: {first} has the same number"


def _spread(facts: Facts) -> Facts:
    """Put every hub's name in the place of "all"."""

    def offers(topic: TopicFact) -> dict[str, Access]:
        named = dict(topic.offers)
        everywhere = named.pop(EVERY_HUB, None)
        if everywhere is None:
            return named
        return dict.fromkeys((hub.slug for hub in facts.hubs), everywhere) | named

    topics = (TopicFact(t.place, t.slug, t.columns, t.service, t.lgsl, offers(t)) for t in facts.topics)
    return Facts(facts.services, facts.facilities, facts.hubs, tuple(topics))
