"""`python -m bench desk`: what officers do all day, against H0."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from urllib.parse import quote

from bench import helpdesk_desk
from bench.pages import TWINS, against_h0, print_figures, quiet_enough, twin_difference
from bench.ratios import LARGEST_DIFFERENCE, Aim
from bench.rounds import Figures, Subject, load_client, visit_in_turn
from bench.site import HELLO, PORTAL, Planned, Server, Site, prepared_site, running
from bench.tables import BenchBroken
from script.setup import PYTHON
from script.steps import StepFailed, run

HUB, IN_THE_ROOM = "bow", 25
LOG, LIST, ROWS = "/staff/visits/log/", "/staff/visits/waiting/", "/staff/visits/waiting/rows/"
WALK_IN, PLAIN_WALK_IN = "walk-in POST, as the page's script sends it", "walk-in POST, without the script"
WAITING, POLL, LOG_PAGE = "waiting list of 25", "poll, nothing new (304)", "log page"
IN_ONE_SLICE = 1_500
"""Walk-ins that one slice may send: more than any server here logs in two seconds."""


def measure_desk(
    *, rounds: int, seconds: float, postgres: bool, anyway: bool, helpdesk: bool
) -> tuple[float, list[Aim]]:
    """Run the whole comparison and print its table; returns as `measure_pages` does.

    With `helpdesk`, django-helpdesk is visited in the same rounds.
    """
    plans = [*(Planned(name, HELLO) for name in TWINS), Planned("portal", PORTAL)]
    with ExitStack() as stack:
        site = stack.enter_context(prepared_site(postgres=postgres))
        if helpdesk:
            plans.append(helpdesk_desk.planned(site))
            their_shift = helpdesk_desk.begun(site)
        shift = _shift(site, walk_ins=2 * IN_ONE_SLICE * (rounds + 4))
        first, second, portal, *others = stack.enter_context(running(site, plans))
        hellos = [first, second]
        client = stack.enter_context(load_client())
        apart = quiet_enough(hellos, client, rounds=rounds)
        print(f"Two identical servers at the start: {apart:.1%} apart", flush=True)
        if apart > LARGEST_DIFFERENCE and not anyway:
            return apart, []
        subjects = [Subject(hello.name, hello, ["/"]) for hello in hellos]
        subjects += subjects_of(portal, shift)
        for other in others:
            subjects += helpdesk_desk.subjects_of(other, their_shift)
        figures = visit_in_turn(subjects, client, rounds=rounds, seconds=seconds)
    print_figures(figures)
    aims = aims_of(figures)
    if helpdesk:
        aims += helpdesk_desk.aims_of(figures, walk_ins=(WALK_IN, PLAIN_WALK_IN), waiting_list=WAITING)
    return max(apart, twin_difference(figures)), aims


def subjects_of(portal: Server, shift: Mapping) -> list[Subject]:
    """What an officer's browser asks of the portal."""
    signed_in = {"Cookie": shift["cookies"]}
    asks_by_itself = signed_in | {"Hub-Poll": "1"}
    by_script = signed_in | {"Accept": "application/json"}
    tokens = iter(shift["tokens"])
    return [
        Subject(WALK_IN, portal, [LOG], headers=by_script, forms=_walk_ins(shift["by_script"], tokens)),
        Subject(
            PLAIN_WALK_IN,
            portal,
            [LOG],
            status="302",
            headers=signed_in,
            forms=_walk_ins(shift["by_browser"], tokens),
        ),
        Subject(WAITING, portal, [LIST], headers=signed_in),
        Subject(POLL, portal, [ROWS], status="304", revalidate=True, headers=asks_by_itself),
        Subject(LOG_PAGE, portal, [LOG], headers=signed_in),
    ]


def aims_of(figures: Mapping[str, Figures]) -> list[Aim]:
    """The aim of issue 3 that is measured in H0."""
    return [
        Aim(f"{name}: CPU", against_h0(figures, name)[1].median, 8, unit=" x H0")
        for name in (WALK_IN, PLAIN_WALK_IN)
    ]


def _shift(site: Site, *, walk_ins: int) -> dict:
    words = ["bench.desk_shift", HUB, str(walk_ins), str(IN_THE_ROOM)]
    env = site.env | {"DJANGO_SETTINGS_MODULE": "hubportal.settings"}
    try:
        return json.loads(run(PYTHON, "-m", *words, env=env))
    except StepFailed as failure:
        raise BenchBroken(f"{failure}\n{failure.output[-2000:]}") from failure


def _walk_ins(rest: str, tokens: Iterator[str]) -> Callable[[], list[str]]:
    def some() -> list[str]:
        next_ones = list(islice(tokens, IN_ONE_SLICE))
        if not next_ones:
            raise BenchBroken("every walk-in has been logged: the slices were repeated too often")
        return [f"{rest}&token={quote(token)}" for token in next_ones]

    return some
