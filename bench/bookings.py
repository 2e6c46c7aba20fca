"""Booking an appointment: what one costs, and whether many who want one desk at once leave it with one."""

from __future__ import annotations

import re
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from html import unescape

from django.core.signing import Signer

from bench import processes
from bench.client import Connection, posted_form
from bench.django_appointment_bookings import ASKED_AT_ONCE, Diary, begun, planned
from bench.django_appointment_bookings import NAME as PEER
from bench.django_appointment_bookings import SUBJECTS as PEER_STEPS
from bench.django_appointment_bookings import aims_of as peer_aims
from bench.pages import TWINS, against_h0, print_figures, quiet_enough, twin_difference, twins
from bench.ratios import LARGEST_DIFFERENCE, Aim, percentile
from bench.rounds import Client, Figures, Subject, ask_each, load_client, visit_in_turn
from bench.site import PORTAL, Planned, Server, Site, prepared_site, running
from bench.tables import BenchBroken, print_table
from script.serve import HOST, SERVERS

BOOKED_A_ROUND, MAILED_A_ROUND = 20, 10
SPARE_ROUNDS = 4
"""So many may be measured again, because a thread ended."""
RACED_SLOTS, RACERS = 200, 8

PEER_MILLISECONDS, H0_MICROSECONDS = 16.5, 314
"""CPU of a booking with django-appointment, and of H0, on one quiet machine."""
MOST_TIMES_H0 = PEER_MILLISECONDS * 1000 / 8 / H0_MICROSECONDS
MOST_UNEVEN = 5
"""The slowest of a hundred against the middle one, in the race."""

HELD, CHECKED, BOOKING = "time chosen: a desk held, page of details", "details: page to check", "booking sent"
MAILED = "booking sent, told by e-mail"
TOPIC = "housing"
DETAILS = "/appointments/details/"
SECRET = "a" * 32
"""The same in cookie and form is what the protection against forged requests asks for."""

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')

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
    email: str = ""


@dataclass
class Race:
    """What became of everybody who wanted the same slots at the same moments."""

    winners: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)


def measure_bookings(
    *, rounds: int, postgres: bool, server: str, anyway: bool, beside: bool
) -> tuple[float, list[Aim]]:
    """Book beside H0, then race; returns how far the identical servers differ, and the aims.

    With `beside`, django-appointment books in the same rounds.
    """
    if rounds * BOOKED_A_ROUND > RACED_SLOTS:
        raise BenchBroken(
            f"{RACED_SLOTS // BOOKED_A_ROUND} rounds at most: the demo's plan has no more slots"
        )
    if beside and (postgres or server != SERVERS[0]):
        raise BenchBroken(f"{PEER} is installed for SQLite and {SERVERS[0]}: leave out what else was chosen")
    with prepared_site(postgres=postgres) as site:
        open_site = replace(site, env=site.env | LIMITS_OFF)
        plans = [*twins(), Planned("portal", PORTAL, server)]
        if beside:
            plans.append(planned(open_site))
            diary = begun(open_site, bookings=BOOKED_A_ROUND * (rounds + SPARE_ROUNDS))
        with running(open_site, plans) as (first, second, portal, *others), load_client() as client:
            hellos = [first, second]
            peer = Diary.of(others[0], open_site, diary) if beside else None
            apart = quiet_enough(hellos, client, rounds=rounds)
            print(f"Two identical servers at the start: {apart:.1%} apart", flush=True)
            if apart > LARGEST_DIFFERENCE and not anyway:
                return apart, []
            # The furthest ahead: both desks of each are free. One is booked while measuring or held before
            # the race, so that the race is for the last one.
            free = _free_slots(portal)
            nearer, slots = free[:-RACED_SLOTS], free[-RACED_SLOTS:]
            groups = _groups(_forms(site, slots), BOOKED_A_ROUND)
            mailed = _groups(_forms(site, nearer, mailed=True), MAILED_A_ROUND) if beside else []
            figures = _in_turn(rounds, hellos, client, portal, groups, mailed, peer)
            for group in groups:
                with suppress(processes.ThreadEnded):
                    ask_each(portal, [_choice(portal, form) for form in group], "200")
            race = _race(portal, [_forms(site, slots) for _ in range(RACERS)])
            sold = peer.sold() if peer else None
    print_figures(figures)
    aims = _aims(figures, race)
    if sold is not None:
        print(f"\n{PEER} gave one time to {sold} of {ASKED_AT_ONCE} who asked for it at once")
        aims += peer_aims(figures, booking=BOOKING, mailed=MAILED, pages=(HELD, CHECKED))
    return max(apart, twin_difference(figures)), aims


def _in_turn(
    rounds: int,
    hellos: Sequence[Server],
    client: Client,
    portal: Server,
    groups: list[list[Form]],
    mailed: list[list[Form]],
    peer: Diary | None,
) -> dict[str, Figures]:
    """Visit H0, book here and, where it is there, with the peer, round after round; takes off the groups."""
    names = (*TWINS, HELD, CHECKED, BOOKING, *((MAILED, *PEER_STEPS) if peer else ()))
    figures = {name: Figures() for name in names}
    subjects = [Subject(each.name, each, ["/"]) for each in hellos]
    for _ in range(rounds):
        found = visit_in_turn(subjects, client, rounds=1, seconds=1.0)
        found |= _whole_round(lambda: _book(portal, groups.pop(0)))
        if peer:
            found[MAILED] = _whole_round(lambda: _book(portal, mailed.pop()))[BOOKING]
            found |= _whole_round(lambda: peer.book_a_round(BOOKED_A_ROUND))
        for name, each in found.items():
            figures[name].take(each)
    return figures


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


def _forms(site: Site, slots: Iterable[str], *, mailed: bool = False) -> list[Form]:
    """Return a form for each slot, as if a page had been opened a minute ago: signed with the site's key."""
    signer = Signer(key=site.env["SECRET_KEY"], fallback_keys=[], salt="enquiries.online-form")
    opened = int(time.time()) - 60
    forms = []
    for slot in slots:
        token, name = uuid.uuid4().hex, f"Resident {uuid.uuid4()}"
        email = f"{token}@example.org" if mailed else ""
        forms.append(Form(slot, signer.sign_object([token, opened]), name, email))
    return forms


def _whole_round(book: Callable[[], dict[str, Figures]]) -> dict[str, Figures]:
    """Book until no thread ends meanwhile, and with it its count. Raises BenchBroken."""
    for _ in range(1 + SPARE_ROUNDS):
        with suppress(processes.ThreadEnded):
            return book()
    raise BenchBroken("threads ended while they were measured, again and again")


def _groups(forms: list[Form], size: int) -> list[list[Form]]:
    return [forms[start:][:size] for start in range(0, len(forms) - size + 1, size)]


def _book(portal: Server, forms: Sequence[Form]) -> dict[str, Figures]:
    held, _ = ask_each(portal, [_choice(portal, form) for form in forms], "200")
    checked, pages = ask_each(portal, [_filled_in(portal, form) for form in forms], "200")
    to_send = [_as_shown(portal, page.body) for page in pages]
    booked, _ = ask_each(portal, to_send, "302", "/appointments/booked/")
    return {HELD: held, CHECKED: checked, BOOKING: booked}


def _as_shown(portal: Server, page: bytes) -> bytes:
    """Return what the button on a page to check sends: all of the page's hidden fields."""
    fields = {name: unescape(value) for name, value in _HIDDEN.findall(page.decode())}
    return _posted(portal, fields | {"step": "send"})


def _race(portal: Server, lanes: Sequence[Sequence[Form]]) -> Race:
    race, together = Race(), threading.Barrier(RACERS)

    def run(lane: Sequence[Form]) -> list[tuple[str, str, float]]:
        connection, found = Connection(HOST, portal.port), []
        for form in lane:
            together.wait()
            sent_at = time.perf_counter()
            answer = connection.ask(_choice(portal, form))
            found.append((form.slot, answer.status, time.perf_counter() - sent_at))
        connection.socket.close()
        return found

    with ThreadPoolExecutor(RACERS) as pool:
        for slot, status, seconds in (each for found in pool.map(run, lanes) for each in found):
            race.winners[slot] += status == "200"
            race.statuses[status] += 1
            race.latencies.append(seconds)
    return race


def _choice(portal: Server, form: Form) -> bytes:
    """Return what the button of a time sends: nothing is typed yet."""
    return _posted(portal, {"stamp": form.stamp, "topic": TOPIC, "slot": form.slot})


def _filled_in(portal: Server, form: Form) -> bytes:
    """Return what the page of details sends."""
    fields = {
        "stamp": form.stamp,
        "topic": TOPIC,
        "slot": form.slot,
        "name": form.name,
        "postcode": "E1 1BJ",
        "language": "en",
        "step": "check",
    } | ({"email": form.email} if form.email else {})
    return _posted(portal, fields)


def _posted(portal: Server, fields: dict[str, str]) -> bytes:
    both = fields | {"csrfmiddlewaretoken": SECRET}
    return posted_form(portal.port, DETAILS, both, cookies=f"csrftoken={SECRET}")


def _found(portal: Server, path: str, pattern: str) -> list[str]:
    """Ask for a page and return what a pattern finds in it, each once and in order. Raises BenchBroken."""
    with urllib.request.urlopen(portal.address + path, timeout=30) as page:
        found = list(dict.fromkeys(re.findall(pattern, page.read().decode())))
    if not found:
        raise BenchBroken(f"{path} shows nothing like {pattern}")
    return found
