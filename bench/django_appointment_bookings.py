"""django-appointment beside the portal's bookings: installed for the bench alone, and booked over HTTP."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path

from bench.client import Answer, Connection, asked_page, header, posted_form
from bench.peers import Peer
from bench.ratios import Aim, ratio_by_round
from bench.rounds import Figures, ask_each
from bench.site import Planned, Server, Site
from bench.tables import BenchBroken, print_table
from script.serve import HOST

NAME = "django-appointment"
CHOSEN = f"{NAME}: time chosen"
KNOWN = f"{NAME}: details of somebody signed in: booked"
PAGE, DETAILS = f"{NAME}: page of details", f"{NAME}: details of somebody new"
CODE_PAGE, CODE = f"{NAME}: page for their code", f"{NAME}: their code: booked"
SUBJECTS = (CHOSEN, PAGE, KNOWN, DETAILS, CODE_PAGE, CODE)
LEAST = 8
"""So many times our CPU time of a booking theirs must be, at least."""
ASKED_AT_ONCE = 5

_PEER = Peer(NAME, "django_appointment")
_AT = "/appointment"
_MINUTES, _A_DAY = 30, 16
_SECRET = "a" * 32
"""The same in cookie and form is what the protection against forged requests asks for."""
_CODE_OF = (
    "SELECT code FROM appointment_emailverificationcode AS code"
    " JOIN auth_user AS client ON client.id = code.user_id WHERE client.email = ?"
)


def planned(site: Site) -> Planned:
    """Install django-appointment, the first time by pip, and say how it is served. Raises BenchBroken."""
    # Ours may write its messages too, and no more than that: the same that becomes of theirs.
    site.env.update(DJANGO_APPOINTMENT_DATABASE=str(_database(site)), EMAIL_URL="dummymail://")
    return _PEER.planned()


def begun(site: Site, *, bookings: int) -> dict:
    """Make its database, with so many clients who are signed in. Raises BenchBroken."""
    return _PEER.told_by("diary", str(bookings + ASKED_AT_ONCE), site=site)


@dataclass
class Diary:
    """An officer's diary there, and who comes to book. Everybody comes once, for a time of their own."""

    server: Server
    database: Path
    service: int
    officer: int
    clients: Iterator[str]
    """Cookies of those who are signed in."""
    times: Iterator[datetime] = field(default_factory=lambda: _times())

    @classmethod
    def of(cls, server: Server, site: Site, told: Mapping) -> Diary:
        """Return the diary that `begun` has opened, as it is served."""
        return cls(server, _database(site), told["service"], told["officer"], iter(told["clients"]))

    def book_a_round(self, bookings: int) -> dict[str, Figures]:
        """Book for so many who are signed in, and for as many new ones; return the figures of each step.

        Raises BenchBroken, and `processes.ThreadEnded`.
        """
        signed_in = [f"csrftoken={_SECRET}; {next(self.clients)}" for _ in range(bookings)]
        requests = [self._time_chosen(cookies, next(self.times)) for cookies in signed_in]
        _, answers = ask_each(self.server, requests, "302", f"{_AT}/client-info/")
        requests = [self._details(*each) for each in zip(signed_in, map(_location, answers), strict=True)]
        known, _ = ask_each(self.server, requests, "302", f"{_AT}/thank-you/")
        return {KNOWN: known} | self._booked_for_new_ones(bookings)

    def sold(self) -> int:
        """Return how many clients were given one time, all of whom asked for it at the same moment."""
        at, together = next(self.times), threading.Barrier(ASKED_AT_ONCE)

        def ask(cookies: str) -> bool:
            connection = Connection(HOST, self.server.port)
            chosen = connection.ask(self._time_chosen(cookies, at))
            together.wait()
            answer = connection.ask(self._details(cookies, _location(chosen)))
            connection.socket.close()
            return _location(answer).startswith(f"{_AT}/thank-you/")

        with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
            all_cookies = [f"csrftoken={_SECRET}; {next(self.clients)}" for _ in range(ASKED_AT_ONCE)]
            return sum(pool.map(ask, all_cookies))

    def _booked_for_new_ones(self, bookings: int) -> dict[str, Figures]:
        times = [next(self.times) for _ in range(bookings)]
        mails = [f"{at:%Y%m%d%H%M}@example.org" for at in times]
        requests = [self._time_chosen(f"csrftoken={_SECRET}", at) for at in times]
        chosen, answers = ask_each(self.server, requests, "302", f"{_AT}/client-info/")
        cookies = [f"csrftoken={_SECRET}; {_session(answer)}" for answer in answers]
        paths = [_location(answer) for answer in answers]
        page, _ = ask_each(self.server, self._pages(paths, cookies), "200")
        requests = [self._details(*each) for each in zip(cookies, paths, mails, strict=True)]
        details, answers = ask_each(self.server, requests, "302", f"{_AT}/verification-code/")
        paths = [_location(answer) for answer in answers]
        code_page, _ = ask_each(self.server, self._pages(paths, cookies), "200")
        requests = [
            self._posted(path, each, code=self._code(mail))
            for path, each, mail in zip(paths, cookies, mails, strict=True)
        ]
        code, _ = ask_each(self.server, requests, "302", f"{_AT}/thank-you/")
        return {CHOSEN: chosen, PAGE: page, DETAILS: details, CODE_PAGE: code_page, CODE: code}

    def _time_chosen(self, cookies: str, at: datetime) -> bytes:
        until = at + timedelta(minutes=_MINUTES)
        return self._posted(
            f"{_AT}/request-submit/",
            cookies,
            date=f"{at:%Y-%m-%d}",
            start_time=f"{at:%H:%M}",
            end_time=f"{until:%H:%M}",
            service=self.service,
            staff_member=self.officer,
        )

    def _details(self, cookies: str, path: str, mail: str = "nobody@example.org") -> bytes:
        # The number is one of those that the regulator keeps for plays and films.
        about = {"name": f"Resident {mail}", "email": mail, "phone_0": "GB", "phone_1": "020 7946 0123"}
        return self._posted(path, cookies, **about, address="E1 1BJ", payment_type="full")

    def _pages(self, paths: Sequence[str], cookies: Sequence[str]) -> list[bytes]:
        both = zip(paths, cookies, strict=True)
        return [asked_page(self.server.port, path, cookies=each) for path, each in both]

    def _posted(self, path: str, cookies: str, **fields: object) -> bytes:
        sent = {"csrfmiddlewaretoken": _SECRET} | fields
        return posted_form(self.server.port, path, sent, cookies=cookies)

    def _code(self, mail: str) -> str:
        """Return the code that was sent to an address."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(_CODE_OF, [mail]).fetchone()[0]


def aims_of(figures: Mapping[str, Figures], *, booking: str, mailed: str, pages: Sequence[str]) -> list[Aim]:
    """Print what a booking costs there and here; return the aims that are measured in its CPU time.

    `booking`, `mailed` and `pages` name the figures of our own steps, the last those on the way to a booking.
    """
    by_a_new_one = _sum(figures, DETAILS, CODE)
    beside = [
        ("what is sent last, by somebody signed in", figures[KNOWN].costs, figures[booking].costs),
        ("from the details to the booking, by somebody new", by_a_new_one, figures[booking].costs),
        ("the same, ours told by e-mail", by_a_new_one, figures[mailed].costs),
        (
            "the whole way from a chosen time, pages too, by somebody new",
            _sum(figures, CHOSEN, PAGE, DETAILS, CODE_PAGE, CODE),
            _sum(figures, *pages, booking),
        ),
    ]
    shares = [(name, ratio_by_round(own, theirs).median) for name, theirs, own in beside]
    print()
    print_table(
        [f"CPU of {NAME}, divided by ours", "x"], [[name, f"{1 / each:.2f}"] for name, each in shares]
    )
    return [
        Aim(f"{NAME}, {name}: CPU, divided by ours", 1 / each, LEAST, at_least=True, unit=" x")
        for name, each in shares[:2]
    ]


def _sum(figures: Mapping[str, Figures], *names: str) -> list[float]:
    return [sum(costs) for costs in zip(*(figures[name].costs for name in names), strict=True)]


def _times() -> Iterator[datetime]:
    """Yield the officer's times from next week on."""
    monday = datetime.combine(datetime.now(UTC).date() + timedelta(days=7), time(9))
    for number in count():
        day, place = divmod(number, _A_DAY)
        yield monday + timedelta(days=day, minutes=place * _MINUTES)


def _location(answer: Answer) -> str:
    return header(answer.head, "location") or ""


def _session(answer: Answer) -> str:
    found = re.search(rb"(?i)set-cookie: *(sessionid=[^;]+)", answer.head)
    if found is None:
        raise BenchBroken(f"{NAME} began no session")
    return found[1].decode("ascii")


def _database(site: Site) -> Path:
    return site.folder / "django-appointment.sqlite3"
