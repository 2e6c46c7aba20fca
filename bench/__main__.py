"""`python -m bench`: run the measurement named on the command line; README.md explains each."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from types import FrameType

from bench.ratios import FEWEST_ROUNDS, LARGEST_DIFFERENCE, Aim
from bench.tables import BenchBroken, judge, print_machine, refuse
from script.serve import SERVERS
from script.steps import VENV, StepFailed, explain

COULD_NOT_RUN = 2
LONGEST_RUN_SECONDS = 3600


def main(words: list[str]) -> int:
    """Run one measurement; returns its exit code: 0 aims met, 1 not met, 2 could not run, 3 no verdict."""
    asked = _parser().parse_args(words)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(LONGEST_RUN_SECONDS)
    try:
        _refuse_another_python()
        print_machine()
        return asked.measurement(asked)
    except BenchBroken as broken:
        print(f"\nThe bench could not run: {broken}", file=sys.stderr)
        return COULD_NOT_RUN
    except StepFailed as failure:
        explain(failure)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _pages(asked: argparse.Namespace) -> int:
    from bench.lookup import measure_lookup
    from bench.pages import measure_pages

    apart, aims = measure_pages(
        rounds=asked.rounds,
        seconds=asked.seconds,
        postgres=asked.postgres,
        server=asked.server,
        anyway=asked.anyway,
    )
    if not aims:
        return refuse("servers", apart)
    print()
    tables_apart, more = measure_lookup(rounds=asked.rounds, postgres=asked.postgres)
    return _verdict({"servers": apart, "tables": tables_apart}, [*aims, *more])


def _desk(asked: argparse.Namespace) -> int:
    from bench.desk import measure_desk

    apart, aims = measure_desk(
        rounds=asked.rounds,
        seconds=asked.seconds,
        postgres=asked.postgres,
        anyway=asked.anyway,
        helpdesk=asked.helpdesk,
    )
    return _verdict({"servers": apart}, aims) if aims else refuse("servers", apart)


def _search(asked: argparse.Namespace) -> int:
    from bench.search import measure_search

    return judge(measure_search(rows=asked.rows, postgres=asked.postgres))


def _lookup(asked: argparse.Namespace) -> int:
    from bench.lookup import measure_lookup

    apart, aims = measure_lookup(rounds=asked.rounds, postgres=asked.postgres)
    return _verdict({"tables": apart}, aims)


def _servers(asked: argparse.Namespace) -> int:
    from bench.servers import measure_servers

    apart, aims = measure_servers(rounds=asked.rounds, seconds=asked.seconds, anyway=asked.anyway)
    return _verdict({"servers": apart}, aims) if aims else refuse("servers", apart)


def _bookings(asked: argparse.Namespace) -> int:
    from bench.bookings import measure_bookings

    apart, aims = measure_bookings(
        rounds=asked.rounds,
        postgres=asked.postgres,
        server=asked.server,
        anyway=asked.anyway,
        beside=asked.beside,
    )
    return _verdict({"servers": apart}, aims) if aims else refuse("servers", apart)


def _weight(asked: argparse.Namespace) -> int:
    from bench.weight import measure_weight

    return judge(measure_weight())


def _lighthouse(asked: argparse.Namespace) -> int:
    from bench.audits import measure_lighthouse

    return judge(measure_lighthouse(runs=asked.runs))


def _reports(asked: argparse.Namespace) -> int:
    from bench.reports import measure_reports

    return judge(measure_reports(sizes=sorted(asked.sizes), rounds=asked.rounds, postgres=asked.postgres))


def _start(asked: argparse.Namespace) -> int:
    from bench.start import measure_start

    return judge(measure_start(cold=asked.cold))


def _verdict(apart: dict[str, float], aims: list[Aim]) -> int:
    for what, share in apart.items():
        if share > LARGEST_DIFFERENCE:
            return refuse(what, share)
    return judge(aims)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure the portal against its aims."
    )
    rounds = argparse.ArgumentParser(add_help=False)
    rounds.add_argument("--rounds", type=_rounds, default=9, help=f"{FEWEST_ROUNDS} or more (9)")
    slices = argparse.ArgumentParser(add_help=False, parents=[rounds])
    slices.add_argument("--seconds", type=_seconds, default=1.5, help="a slice, 1 to 2 (1.5)")
    slices.add_argument("--anyway", action="store_true", help="print figures of a noisy machine, no verdict")
    engine = argparse.ArgumentParser(add_help=False)
    engine.add_argument("--postgres", action="store_true", help="on a throw-away PostgreSQL, not on SQLite")
    chosen = argparse.ArgumentParser(add_help=False)
    chosen.add_argument("--server", choices=SERVERS, default=SERVERS[0])

    kinds = parser.add_subparsers(metavar="measurement")
    kinds.add_parser(
        "pages", parents=[slices, engine, chosen], help="pages and look-up against H0 (when none is named)"
    ).set_defaults(measurement=_pages)
    kinds.add_parser("lookup", parents=[rounds, engine], help="only the postcode look-up").set_defaults(
        measurement=_lookup
    )
    desk = kinds.add_parser(
        "desk", parents=[slices, engine], help="walk-in, waiting list, poll and log page against H0"
    )
    desk.add_argument("--helpdesk", action="store_true", help="django-helpdesk in the same rounds")
    desk.set_defaults(measurement=_desk)
    search = kinds.add_parser("search", parents=[engine], help="finding enquiries among millions")
    search.add_argument("--rows", type=int, default=5_000_000)
    search.set_defaults(measurement=_search)
    kinds.add_parser(
        "servers", parents=[slices], help="the web servers against each other, and their memory"
    ).set_defaults(measurement=_servers)
    bookings = kinds.add_parser(
        "bookings", parents=[slices, engine, chosen], help="what a booking costs, and races for slots"
    )
    bookings.add_argument("--beside", action="store_true", help="django-appointment in the same rounds")
    bookings.set_defaults(measurement=_bookings)
    kinds.add_parser("weight", help="bytes and requests of every public page in Chromium").set_defaults(
        measurement=_weight
    )
    lighthouse = kinds.add_parser("lighthouse", help="Lighthouse on a simulated phone")
    lighthouse.add_argument("--runs", type=int, default=3)
    lighthouse.set_defaults(measurement=_lighthouse)
    reports = kinds.add_parser(
        "reports", parents=[rounds, engine], help="monthly reports with few and with many enquiries"
    )
    reports.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[100_000, 1_000_000, 5_000_000],
        help="enquiries over 60 months",
    )
    reports.set_defaults(measurement=_reports)
    start = kinds.add_parser("start", help="seconds from a bare clone to the first page")
    start.add_argument("--cold", action="store_true", help="without the caches of pip and npm")
    start.set_defaults(measurement=_start)
    return parser


def _rounds(text: str) -> int:
    if int(text) < FEWEST_ROUNDS:
        raise argparse.ArgumentTypeError(f"{FEWEST_ROUNDS} rounds at least")
    return int(text)


def _seconds(text: str) -> float:
    if not 1 <= float(text) <= 2:
        raise argparse.ArgumentTypeError("between 1 and 2")
    return float(text)


def _refuse_another_python() -> None:
    if os.path.realpath(sys.prefix) != str(VENV.resolve()):
        raise BenchBroken("this is not the clone's own Python: run script/bench, which sets the clone up.")


def _stop(signal_number: int, frame: FrameType | None) -> None:
    # An exception, so that every server and client is ended on the way out.
    raise KeyboardInterrupt


if __name__ == "__main__":
    words = sys.argv[1:]
    named = words and (words[0] in ("-h", "--help") or not words[0].startswith("-"))
    sys.exit(main(words if named else ["pages", *words]))
