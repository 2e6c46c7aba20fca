"""How bookings are set against django-appointment: nothing here starts a server or installs anything."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from bench.django_appointment_bookings import CODE, DETAILS, KNOWN, SUBJECTS, Diary, aims_of
from bench.rounds import Figures
from bench.site import Server, Site


@pytest.mark.parametrize(("booking", "met"), [(1_000, [True, True]), (1_250, [False, True])])
def test_a_booking_is_set_against_what_makes_one_there(booking, met):
    costs = dict.fromkeys(SUBJECTS, 5_000) | {KNOWN: 9_000, DETAILS: 4_000, CODE: 6_000}
    costs |= {"held": 900, "checked": 800, "mailed": 2_000}
    figures = {name: Figures(costs=[float(cost)] * 7) for name, cost in costs.items()}
    figures["ours"] = Figures(costs=[float(booking)] * 7)
    aims = aims_of(figures, booking="ours", mailed="mailed", pages=["held", "checked"])

    assert [aim.met for aim in aims] == met
    assert [aim.figure for aim in aims] == [pytest.approx(9_000 / booking), pytest.approx(10_000 / booking)]


def test_everybody_asks_for_a_time_of_their_own():
    told = {"service": 1, "officer": 2, "clients": []}
    diary = Diary.of(Server("django-appointment", 9, None, ()), Site(Path("/nowhere"), {}), told)
    times = list(islice(diary.times, 400))

    assert (len(set(times)), {at.hour for at in times}) == (400, set(range(9, 17)))
