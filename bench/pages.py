"""`python -m bench`: our pages against a bare Django view (H0), round by round."""

from __future__ import annotations

import csv
import gzip
import re
import urllib.request
from collections.abc import Mapping, Sequence

from bench.ratios import LARGEST_DIFFERENCE, Aim, Spread, difference, ratio_by_round
from bench.rounds import Client, Figures, Subject, load_client, visit_in_turn
from bench.site import HELLO, PORTAL, Planned, Server, prepared_site, running, status_of
from bench.tables import print_table
from script.steps import ROOT

TWINS = ("H0", "H0 again")
HOME, HOME_304, HOME_BN = "/ (warm)", "/ (304)", "/bn/ (warm)"
FIND_ONE, FIND_MANY = "/find/ one postcode", "/find/ many postcodes"
HUB, MISS, FEED, STATIC = (
    "/hubs/bow/ (warm)",
    "/ (memo missed)",
    "/openreferral/services",
    "static style sheet",
)
ONE_POSTCODE = "/find/?postcode=E14+3HG"
MANY = 600
"""Different postcodes in turn: more than the memo keeps pages, if it ever came to keep these."""


def twins() -> list[Planned]:
    """The two identical H0 servers that every comparison begins with."""
    return [Planned(name, HELLO) for name in TWINS]


def twin_difference(figures: Mapping[str, Figures]) -> float:
    """How far the identical servers differ, as a share: in CPU time or in requests a second, the larger."""
    first, second = (figures[name] for name in TWINS)
    return max(difference(first.costs, second.costs), difference(first.rates, second.rates))


def quiet_enough(servers: Sequence[Server], client: Client, *, rounds: int) -> float:
    """Visit the two identical servers alone; returns how far they differ, as a share."""
    subjects = [Subject(server.name, server, ["/"]) for server in servers]
    return twin_difference(visit_in_turn(subjects, client, rounds=rounds, seconds=1.0))


def against_h0(figures: Mapping[str, Figures], name: str) -> tuple[Spread, Spread]:
    """Requests a second and CPU time of a subject as multiples of H0, the mean of both twins each round."""
    first, second = (figures[twin] for twin in TWINS)
    rates = [sum(pair) / 2 for pair in zip(first.rates, second.rates, strict=True)]
    costs = [sum(pair) / 2 for pair in zip(first.costs, second.costs, strict=True)]
    return ratio_by_round(figures[name].rates, rates), ratio_by_round(figures[name].costs, costs)


def print_figures(figures: Mapping[str, Figures]) -> None:
    """Print the table of a run; ratios are the median of the rounds with the lowest and highest."""
    rows = []
    for name, each in figures.items():
        rates, costs = against_h0(figures, name)
        rows.append(
            [
                name,
                f"{sorted(each.costs)[len(each.costs) // 2]:,.0f}",
                f"{costs:.2f}",
                f"{sorted(each.rates)[len(each.rates) // 2]:,.0f}",
                f"{rates:.2f}",
                f"{each.milliseconds(0.5):.2f}",
                f"{each.milliseconds(0.99):.2f}",
                f"{each.size:,}",
            ]
        )
    print()
    print_table(
        [
            "Subject",
            "CPU µs/request",
            "x H0 (low-high)",
            "requests/s",
            "x H0 (low-high)",
            "p50 ms",
            "p99 ms",
            "bytes",
        ],
        rows,
    )


def subjects_of(site: Server) -> list[Subject]:
    """Everything we ask of the portal; what does not answer as expected is named and left out."""
    planned = [
        Subject(HOME, site, ["/"]),
        Subject(HOME_304, site, ["/"], status="304", revalidate=True),
        Subject(HOME_BN, site, ["/bn/"]),
        Subject(HUB, site, ["/hubs/bow/"]),
        Subject(FIND_ONE, site, [ONE_POSTCODE]),
        Subject(FIND_MANY, site, [f"/find/?postcode={code}" for code in borough_postcodes(MANY)]),
        Subject(MISS, site, ["/?not-kept=1"]),
        Subject(FEED, site, ["/openreferral/services"]),
    ]
    if sheet := style_sheet(site):
        planned.append(Subject(STATIC, site, [sheet]))
    there = []
    for subject in planned:
        status = status_of(site, subject.paths[0])
        if status == 200:
            there.append(subject)
        else:
            print(f"left out: {subject.name} answers {status}", flush=True)
    return there


def borough_postcodes(count: int) -> list[str]:
    """Live Tower Hamlets postcodes from the file we ship, spread over all of it, as a query has them."""
    with gzip.open(ROOT / "hubs" / "data" / "postcodes.csv.gz", "rt", encoding="utf-8") as file:
        codes = [
            row["postcode"].replace(" ", "+")
            for row in csv.DictReader(file)
            if row["local_authority"] == "E09000030" and row["in_use"] == "1"
        ]
    return codes[:: max(1, len(codes) // count)][:count]


def style_sheet(site: Server) -> str | None:
    """The path of the home page's first style sheet, None while there is no home page or no sheet."""
    if status_of(site, "/") != 200:
        return None
    with urllib.request.urlopen(f"{site.address}/", timeout=10) as response:
        found = re.search(r'href="(/static/[^"]+\.css)"', response.read().decode())
    return found and found[1]


def aims_of(figures: Mapping[str, Figures]) -> list[Aim]:
    """The aims of issue 2 that this run can judge."""

    def speed(name: str) -> float | None:
        return against_h0(figures, name)[0].median if name in figures else None

    def cost(name: str) -> float | None:
        return against_h0(figures, name)[1].median if name in figures else None

    return [
        *(Aim(f"{name}: requests/s", speed(name), 1.5, True, " x H0") for name in (HOME, HOME_BN, HUB)),
        Aim(f"{HOME_304}: requests/s", speed(HOME_304), 1.8, True, " x H0"),
        *(Aim(f"{name}: CPU", cost(name), 12, unit=" x H0") for name in (FIND_ONE, FIND_MANY)),
    ]


def measure_pages(
    *, rounds: int, seconds: float, postgres: bool, server: str, anyway: bool
) -> tuple[float, list[Aim]]:
    """Run the whole comparison and print its table; returns the twins' difference and the aims.

    When the twins differ too much at the start there are no aims, unless `anyway` asks for the figures.
    """
    plans = [*(Planned(name, HELLO, server) for name in TWINS), Planned("portal", PORTAL, server)]
    with prepared_site(postgres=postgres) as site, running(site, plans) as servers, load_client() as client:
        *hellos, portal = servers
        apart = quiet_enough(hellos, client, rounds=rounds)
        print(f"Two identical servers on {server} at the start: {apart:.1%} apart", flush=True)
        if apart > LARGEST_DIFFERENCE and not anyway:
            return apart, []
        subjects = [*(Subject(hello.name, hello, ["/"]) for hello in hellos), *subjects_of(portal)]
        figures = visit_in_turn(subjects, client, rounds=rounds, seconds=seconds)
    print_figures(figures)
    during = twin_difference(figures)
    print(f"\nTwo identical servers during the run: {during:.1%} apart", flush=True)
    return max(apart, during), aims_of(figures)
