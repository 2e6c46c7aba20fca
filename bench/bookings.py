"""Booking an appointment: what one costs, and whether many who want one desk at once leave it with one."""

from __future__ import annotations

import re
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.core.signing import Signer

from bench import processes
from bench.client import Answer, Connection
from bench.pages import TWINS, against_h0, print_figures, quiet_enough, twin_difference, twins
from bench.ratios import LARGEST_DIFFERENCE, Aim, percentile
from bench.rounds import Figures, Subject, load_client, visit_in_turn
from bench.site import PORTAL, Planned, Server, Site, prepared_site, running
from bench.tables import BenchBroken, print_table
from script.serve import HOST

BOOKED_A_ROUND = 20
RACED_SLOTS, RACERS = 200, 8

PEER_MILLISECONDS, H0_MICROSECONDS = 16.5, 314
"""CPU of a booking with django-appointment, and of H0, on one quiet machine."""
MOST_TIMES_H0 = PEER_MILLISECONDS * 1000 / 8 / H0_MICROSECONDS
MOST_UNEVEN = 5
"""The slowest of a hundred against the middle one, in the race."""

BOOKING = "booking sent"
TOPIC = "housing"
DETAILS = "/appointments/details/"
SECRET = "a" * 32
"""The same in cookie and form is what the protection against forged requests asks for."""

LIMITS_OFF = {
    "HOLDS_PER_ADDRESS_AT_ONCE": "1000000",
    "HOLDS_PER_ADDRESS_AN_HOUR": "1000000",
    "HOLD_MINUTES": "600",
}
"""Everybody comes from one address here, and holds until the end."""


@dataclass
class Form:
    """One resident's form: its slot, and the stamp that the page of times gave it."""

    slot: str
    stamp: str
    name: str


@dataclass
class Race:
    """What became of everybody who wanted the same slots at the same moments."""

    winners: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)


def measure_bookings(*, rounds: int, postgres: bool, server: str, anyway: bool) -> tuple[float, list[Aim]]:
    """Book beside H0, then race; returns how far the identical servers differ, and the aims."""
    if rounds * BOOKED_A_ROUND > RACED_SLOTS:
        raise BenchBroken(
            f"{RACED_SLOTS // BOOKED_A_ROUND} rounds at most: the demo's plan has no more slots"
        )
    with prepared_site(postgres=postgres) as site:
        open_site = replace(site, env=site.env | LIMITS_OFF)
        plans = [*twins(), Planned("portal", PORTAL, server)]
        with running(open_site, plans) as (*hellos, portal), load_client() as client:
            apart = quiet_enough(hellos, client, rounds=rounds)
            print(f"Two identical servers at the start: {apart:.1%} apart", flush=True)
            if apart > LARGEST_DIFFERENCE and not anyway:
                return apart, []
            # The furthest ahead: both desks of each are free. One is booked while measuring or held before
            # the race, so that the race is for the last one.
            slots = _free_slots(portal)[-RACED_SLOTS:]
            forms = _forms(site, slots)
            groups = [forms[start:][:BOOKED_A_ROUND] for start in range(0, len(forms), BOOKED_A_ROUND)]
            figures = {name: Figures() for name in (*TWINS, BOOKING)}
            subjects = [Subject(each.name, each, ["/"]) for each in hellos]
            for _ in range(rounds):
                for name, found in visit_in_turn(subjects, client, rounds=1, seconds=1.0).items():
                    figures[name].rates += found.rates
                    figures[name].costs += found.costs
                    figures[name].latencies += found.latencies
                _book_a_round(portal, groups, figures[BOOKING])
            for group in groups:
                _hold(portal, group)
            race = _race(portal, [_forms(site, slots) for _ in range(RACERS)])
    print_figures(figures)
    return max(apart, twin_difference(figures)), _aims(figures, race)


def _aims(figures: dict[str, Figures], race: Race) -> list[Aim]:
    middle, slow = (percentile(race.latencies, share) * 1000 for share in (0.5, 0.99))
    print()
    print_table(
        [f"{RACERS} at once for each of {len(race.winners)} slots", "answers", "p50 ms", "p99 ms"],
        [[f"{status}", f"{count:,}", "", ""] for status, count in sorted(race.statuses.items())]
        + [["all", f"{len(race.latencies):,}", f"{middle:.1f}", f"{slow:.1f}"]],
    )
    wrong = sum(1 for won in race.winners.values() if won != 1)
    _, costs = against_h0(figures, BOOKING)
    return [
        Aim("a booking, CPU", costs.median, MOST_TIMES_H0, unit=" x H0"),
        Aim("last desks given to nobody or to several", wrong, 0),
        Aim("race, p99 against p50", slow / middle, MOST_UNEVEN, unit=" x"),
    ]


def _free_slots(portal: Server) -> list[str]:
    """Return the ids of the slots with a free desk, in the order of time."""
    days = _found(portal, f"/appointments/{TOPIC}/", r"/(\d{4}-\d\d-\d\d)/")
    return [
        slot
        for day in days
        for slot in _found(portal, f"/appointments/{TOPIC}/{day}/", r'name="slot" value="(\d+)"')
    ]


def _forms(site: Site, slots: Iterable[str]) -> list[Form]:
    """Return a form for each slot, as if a page had been opened a minute ago: signed with the site's key."""
    signer = Signer(key=site.env["SECRET_KEY"], fallback_keys=[], salt="enquiries.online-form")
    opened = int(time.time()) - 60
    return [
        Form(slot, signer.sign_object([uuid.uuid4().hex, opened]), f"Resident {uuid.uuid4()}")
        for slot in slots
    ]


def _book_a_round(portal: Server, groups: list[list[Form]], figures: Figures) -> None:
    """Book a group of forms and take it off; another one where a thread ended and took its count along."""
    while groups:
        try:
            return _book(portal, groups.pop(0), figures)
        except processes.ThreadEnded:
            continue
    raise BenchBroken("threads ended in every round: there are no slots left to book")


def _book(portal: Server, forms: Sequence[Form], figures: Figures) -> None:
    _hold(portal, forms)
    connection = Connection(HOST, portal.port)
    before = processes.cpu_time(portal.roots)
    began = time.perf_counter()
    latencies = []
    for form in forms:
        sent_at = time.perf_counter()
        answer = _post(connection, portal, form, "send")
        latencies.append(int((time.perf_counter() - sent_at) * 1e6))
        if answer.status != "302":
            raise BenchBroken(f"a booking was answered {answer.status}")
    lasted = time.perf_counter() - began
    figures.costs.append(processes.cpu_between(before, processes.cpu_time(portal.roots)) / 1000 / len(forms))
    figures.rates.append(len(forms) / lasted)
    figures.latencies += latencies
    connection.socket.close()


def _hold(portal: Server, forms: Sequence[Form]) -> None:
    connection = Connection(HOST, portal.port)
    for form in forms:
        answer = _post(connection, portal, form, "details")
        if answer.status != "200":
            raise BenchBroken(f"to hold a desk was answered {answer.status}")
    connection.socket.close()


def _race(portal: Server, lanes: Sequence[Sequence[Form]]) -> Race:
    race, together = Race(), threading.Barrier(RACERS)

    def run(lane: Sequence[Form]) -> list[tuple[str, str, float]]:
        connection, found = Connection(HOST, portal.port), []
        for form in lane:
            together.wait()
            sent_at = time.perf_counter()
            answer = _post(connection, portal, form, "details")
            found.append((form.slot, answer.status, time.perf_counter() - sent_at))
        connection.socket.close()
        return found

    with ThreadPoolExecutor(RACERS) as pool:
        for slot, status, seconds in (each for found in pool.map(run, lanes) for each in found):
            race.winners[slot] += status == "200"
            race.statuses[status] += 1
            race.latencies.append(seconds)
    return race


def _post(connection: Connection, portal: Server, form: Form, step: str) -> Answer:
    body = urlencode(
        {
            "csrfmiddlewaretoken": SECRET,
            "stamp": form.stamp,
            "topic": TOPIC,
            "slot": form.slot,
            "name": form.name,
            "postcode": "E1 1BJ",
            "language": "en",
            "step": step,
        }
    ).encode()
    head = (
        f"POST {DETAILS} HTTP/1.1\r\nHost: {HOST}:{portal.port}\r\nCookie: csrftoken={SECRET}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return connection.ask(head.encode() + body)


def _found(portal: Server, path: str, pattern: str) -> list[str]:
    """Ask for a page and return what a pattern finds in it, each once and in order. Raises BenchBroken."""
    with urllib.request.urlopen(portal.address + path, timeout=30) as page:
        found = list(dict.fromkeys(re.findall(pattern, page.read().decode())))
    if not found:
        raise BenchBroken(f"{path} shows nothing like {pattern}")
    return found
