"""PostgreSQL restarted in mid-load, in order and by a crash: nothing is lost, hardly anybody notices."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle

from django.conf import settings

from prove import portal
from prove.crashes import ask
from prove.findings import Finding, control, exactly, none_of, told
from prove.site import Site
from prove.tiers import Tier

MOST_REFUSED = 0.005
_ENOUGH_FOR_A_SHARE = 1_000


def database_restarted(site: Site, tier: Tier) -> Iterator[Finding]:
    """Restart the database while questions come in; every second time it crashes."""
    if site.postgres is None:
        return
    count, before = tier.questions_through_restarts, portal.questions()
    crashes, away = cycle([False, True]), [0.0]

    def restart() -> None:
        started = time.monotonic()
        site.postgres.restart(crash=next(crashes))
        away.append(time.monotonic() - started)

    with site.node(tier.workers) as node:
        census = ask([node.port], count, tier.visitors, tier.restarts, restart)
    portal.let_go()
    yield none_of(
        f"acknowledged questions lost, {tier.restarts} restarts of the database",
        portal.lost(census.acknowledged),
        f"{count:,}",
    )
    yield exactly("questions kept through restarts", portal.questions() - before, count)
    yield none_of("500 through restarts", census.faults())
    answers = sum(census.statuses.values())
    refused = census.statuses["503"] / answers
    share = f"{refused:.2%} of {answers:,}"
    # One that a busy machine draws out is a long outage, which is answered with 503, as it should be.
    if answers < _ENOUGH_FOR_A_SHARE or max(away) > settings.OUTAGE_WAIT_SECONDS / 2:
        yield told(f"503 through restarts of up to {max(away):.1f} s", share)
    else:
        yield Finding("503 through restarts", share, f"at most {MOST_REFUSED:.1%}", refused <= MOST_REFUSED)
    yield told("longest wait for an answer through restarts", f"{census.slowest:.1f} s")


def restarts_are_seen_without_the_guard(site: Site, tier: Tier) -> Iterator[Finding]:
    """The control: without the outage middleware the same restart is met as 500."""
    if site.postgres is None:
        return
    with site.node(2, settings="prove.unguarded") as node:
        census = ask([node.port], 80, tier.visitors, 2, lambda: site.postgres.restart(crash=False))
    portal.let_go()
    yield control("500 through restarts without the outage middleware", census.faults())
