"""`python -m prove.run ENGINE TIER FILE [NAME …]`: every proof on one database; findings go to FILE."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from prove.findings import Finding, save
from prove.site import Site, prepared
from prove.tiers import TIERS, Tier

Proof = Callable[[Site, Tier], Iterator[Finding]]


def proofs() -> dict[str, list[Proof]]:
    """Every proof by its name, with its control behind it. Whoever adds a race adds its proof here."""
    from prove import crashes, disks, drill, once, probes, releases, restarts, slots

    return {
        "kills": [crashes.workers_killed, crashes.a_liar_is_caught],
        "nodes": [crashes.one_node_of_two_killed],
        "restarts": [restarts.database_restarted, restarts.restarts_are_seen_without_the_guard],
        "forms": [once.the_same_form],
        "tickets": [once.ticket_numbers],
        "slots": [slots.desks_given],
        "reloads": [releases.rolling_reload],
        "disk": [disks.disk_full],
        "backups": [drill.backups_restored],
        "probes": [probes.odd_bytes, probes.slow_clients],
    }


def main(engine: str, tier: str, to: str, *names: str) -> None:
    """Prepare a database, run the proofs that are named (all without a name), and save what they found."""
    with prepared(engine) as site:
        os.environ.update(site.env)
        import django

        django.setup()
        found: list[Finding] = []
        for name, parts in proofs().items():
            if names and name not in names:
                continue
            for part in parts:
                started = time.monotonic()
                found += list(part(site, TIERS[tier]))
                print(f"  {engine}: {name}, {time.monotonic() - started:.1f} s", flush=True)
                save(found, Path(to))


if __name__ == "__main__":
    main(*sys.argv[1:])
