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
    reloads: int
    backups: int
    disk_rounds: int
    odd_requests: int
    """Each on a connection of its own, to each web server."""


BRIEF = Tier("brief", 2, 6, 200, 3, 2, 120, 10, 5, 60, 1, 1, 1, 150)
"""Part of `script/test`, with those proofs alone that tests inside one process cannot give."""
BRIEF_PROOFS = {"sqlite": ("kills", "disk"), "postgresql": ("restarts",)}
QUICK = Tier("quick", 8, 16, 5_000, 50, 4, 2_000, 100, 5, 600, 3, 2, 2, 900)
FULL = Tier("full", 16, 32, 100_000, 1_000, 50, 100_000, 5_000, 10, 20_000, 100, 100, 20, 5_000)

TIERS = {tier.name: tier for tier in (BRIEF, QUICK, FULL)}
