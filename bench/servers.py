"""`python -m bench servers`: the web servers the portal can run on, compared on our own pages."""

from __future__ import annotations

from bench import processes
from bench.client import Order
from bench.pages import (
    FIND_MANY,
    HOME,
    HOME_304,
    MANY,
    TWINS,
    borough_postcodes,
    print_figures,
    quiet_enough,
    style_sheet,
    twin_difference,
    twins,
)
from bench.ratios import LARGEST_DIFFERENCE, Aim, ratio_by_round
from bench.rounds import Client, Figures, Subject, load_client, visit_in_turn
from bench.site import HELLO, PORTAL, Planned, Server, prepared_site, running
from bench.tables import BenchBroken, print_table
from script.serve import SERVERS

FIRST, SECOND = SERVERS
MIXED_REQUESTS = 2_000
IN_ONE_ORDER = 250
MOST_MEGABYTES = 90
STATIC = "static style sheet"


def measure_servers(*, rounds: int, seconds: float, anyway: bool) -> tuple[float, list[Aim]]:
    """Compare the servers and their memory, and print both tables; returns as `measure_pages` does."""
    plans = [*twins(), Planned(f"H0 on {SECOND}", HELLO, SECOND)]
    plans += [Planned(f"portal on {server}", PORTAL, server) for server in SERVERS]
    with prepared_site() as site, running(site, plans) as servers, load_client() as client:
        *hellos, hello_second, on_first, on_second = servers
        apart = quiet_enough(hellos, client, rounds=rounds)
        print(f"Two identical servers at the start: {apart:.1%} apart", flush=True)
        if apart > LARGEST_DIFFERENCE and not anyway:
            return apart, []
        aims = _memory([on_first, on_second], client)
        subjects = [Subject(hello.name, hello, ["/"]) for hello in [*hellos, hello_second]]
        for server, name in ((on_first, FIRST), (on_second, SECOND)):
            subjects += _subjects(server, name)
        figures = visit_in_turn(subjects, client, rounds=rounds, seconds=seconds)
    print_figures(figures)
    _print_ratios(figures)
    return max(apart, twin_difference(figures)), aims


def _subjects(portal: Server, server: str) -> list[Subject]:
    sheet = style_sheet(portal)
    if sheet is None:
        raise BenchBroken("the home page does not answer, or has no style sheet")
    searches = [f"/find/?postcode={code}" for code in borough_postcodes(MANY)]
    return [
        Subject(f"{HOME} on {server}", portal, ["/"]),
        Subject(f"{HOME_304} on {server}", portal, ["/"], status="304", revalidate=True),
        Subject(f"{FIND_MANY} on {server}", portal, searches),
        Subject(f"{STATIC} on {server}", portal, [sheet]),
    ]


def _print_ratios(figures: dict[str, Figures]) -> None:
    pairs = [(TWINS[0], f"H0 on {SECOND}")]
    pairs += [(f"{name} on {FIRST}", f"{name} on {SECOND}") for name in (HOME, HOME_304, FIND_MANY, STATIC)]
    rows = []
    for first, second in pairs:
        costs = ratio_by_round(figures[second].costs, figures[first].costs)
        rates = ratio_by_round(figures[second].rates, figures[first].rates)
        rows.append([first.removesuffix(f" on {FIRST}"), f"{costs:.2f}", f"{rates:.2f}"])
    print()
    print_table([f"{SECOND} / {FIRST}, round by round", "CPU", "requests/s"], rows)


def _memory(portals: list[Server], client: Client) -> list[Aim]:
    searches = [f"/find/?postcode={code}" for code in borough_postcodes(IN_ONE_ORDER - 50)]
    pages = [
        f"{prefix}{path}" for prefix in ("", "/bn") for path in ("/", "/hubs/", "/topics/", "/hubs/bow/")
    ]
    rows, aims = [], []
    for portal in portals:
        for _ in range(MIXED_REQUESTS // IN_ONE_ORDER):
            outcome = client.visit(Order(portal.port, pages + searches, seconds=10, count=IN_ONE_ORDER))
            if set(outcome.get("statuses", {})) != {"200"}:
                raise BenchBroken(f"{portal.name}: {outcome.get('failure') or outcome['statuses']}")
        resident, proportional = (size / 1e6 for size in processes.memory(portal.workers()[0]))
        whole = sum(processes.memory(pid)[1] for pid in processes.tree(portal.process.pid)) / 1e6
        rows.append([portal.name, f"{resident:.1f}", f"{proportional:.1f}", f"{whole:.1f}"])
        aims.append(Aim(f"a worker, {portal.name} (RSS)", resident, MOST_MEGABYTES, unit=" MB"))
    print()
    print_table(
        [f"Memory after {MIXED_REQUESTS:,} mixed requests, MB", "worker RSS", "worker PSS", "whole tree PSS"],
        rows,
    )
    return aims
