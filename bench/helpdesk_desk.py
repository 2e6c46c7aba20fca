"""django-helpdesk beside the portal's desk: installed for the bench alone, filled, and asked for the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.peers import Peer
from bench.ratios import Aim, Spread, ratio_by_round
from bench.rounds import Figures, Subject
from bench.site import Planned, Server, Site

NAME = "django-helpdesk"
TICKET, LIST_PAGE, LIST_ROWS = f"{NAME}: ticket POST", f"{NAME}: list, the page", f"{NAME}: list, its 25 rows"
TICKETS = 1_000
IN_ONE_SLICE = 600
"""Tickets that one slice may send: more than it makes in two seconds."""

_PEER = Peer(NAME, "helpdesk")


def planned(site: Site) -> Planned:
    """Install django-helpdesk, the first time by pip, and say how it is served. Raises BenchBroken."""
    site.env["HELPDESK_DATABASE"] = str(site.folder / "helpdesk.sqlite3")
    return _PEER.planned()


def begun(site: Site) -> dict[str, str]:
    """Fill its database; returns what a browser of its staff holds. Raises BenchBroken."""
    return _PEER.told_by("shift", str(TICKETS), site=site)


def subjects_of(server: Server, shift: Mapping[str, str]) -> list[Subject]:
    """What a browser asks of it: a ticket, and the list: a page, and a second request for its rows."""
    signed_in = {"Cookie": shift["cookies"]}

    def tickets() -> list[str]:
        return [f"{shift['ticket']}&title=Walk-in+{number}" for number in range(IN_ONE_SLICE)]

    return [
        Subject(TICKET, server, [shift["submit"]], status="302", headers=signed_in, forms=tickets),
        Subject(LIST_PAGE, server, [shift["page"]], headers=signed_in),
        Subject(LIST_ROWS, server, [shift["rows"]], headers=signed_in),
    ]


def aims_of(figures: Mapping[str, Figures], *, walk_ins: Sequence[str], waiting_list: str) -> list[Aim]:
    """The aims of issue 3 that are measured in django-helpdesk's CPU time."""
    whole_list = [
        page + rows for page, rows in zip(figures[LIST_PAGE].costs, figures[LIST_ROWS].costs, strict=True)
    ]
    shares = [(name, _share(figures, name, figures[TICKET].costs), 4) for name in walk_ins]
    shares.append((waiting_list, _share(figures, waiting_list, whole_list), 20))
    return [
        Aim(f"{name}: CPU of {NAME}, divided by ours", 1 / share.median, least, at_least=True, unit=" x")
        for name, share, least in shares
    ]


def _share(figures: Mapping[str, Figures], name: str, theirs: Sequence[float]) -> Spread:
    return ratio_by_round(figures[name].costs, theirs)
