"""How much of each fault a run brings about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tier:
    """Amounts of one tier. `workers` are server processes, `visitors` clients that ask at the same time."""

    name: str
    workers: int
    visitors: int
    questions: int
    """Acknowledged while workers are killed."""
    kills: int
    restarts: int
    """Of PostgreSQL, every other one a crash."""
    questions_through_restarts: int
    forms: int
    copies: int
    """How often each form is sent at the same moment."""
    tickets: int
    slots: int
    """Of appointments, each wanted by 50 at once."""
    reloads: int
    backups: int
    disk_rounds: int
    odd_requests: int
    """Each on a connection of its own, to each web server."""


QUICK = Tier("quick", 8, 16, 5_000, 50, 4, 2_000, 100, 5, 600, 20, 3, 2, 2, 900)
FULL = Tier("full", 16, 32, 100_000, 1_000, 50, 100_000, 5_000, 10, 20_000, 1_000, 100, 100, 20, 5_000)

TIERS = {tier.name: tier for tier in (QUICK, FULL)}

IN_TESTS = {
    "sqlite": ("kills", "forms", "tickets", "disk"),
    "postgresql": ("kills", "nodes", "restarts", "reloads"),
}
"""What `script/test` proves in quick amounts: kills on both databases, each other proof on one of them.

Slots, backups and odd requests have tests beside it: tests/appointments/test_never_twice.py,
tests/hubportal/backups and tests/prove/test_probes.py.
"""
