"""A new release under load: old workers finish what they have begun, and nobody is turned away."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from prove import portal
from prove.findings import Finding, control, none_of
from prove.site import Site
from prove.tiers import Tier
from prove.visitors import Visitor

_BETWEEN_CHANGES = 100
"""How many requests are made before each change and after the last: old and new workers have to be seen."""
_PATIENCE_SECONDS = 900.0
_GOOD = {"200", "302"}


def rolling_reload(site: Site, tier: Tier) -> Iterator[Finding]:
    """Reload the workers under load without a single retry; the control stops and starts the server."""
    with site.node(2, loaded_once=False) as node:
        seen = _visited(node.port, tier, [node.reload] * tier.reloads)
    failed = sum(count for status, count in seen.items() if status not in _GOOD)
    total, wanted = sum(seen.values()), _BETWEEN_CHANGES * (tier.reloads + 1)
    yield none_of(f"requests failed, {tier.reloads} × rolling reload", failed, f"{total:,}")
    yield Finding("requests made while reloading", f"{total:,}", f"at least {wanted:,}", total >= wanted)

    with site.node(1) as node:
        seen = _visited(node.port, tier, [node.kill])
    failed = sum(count for status, count in seen.items() if status not in _GOOD)
    yield control("requests failed when the server is stopped instead", failed)


def _visited(port: int, tier: Tier, changes: list[Callable[[], None]]) -> Counter[str]:
    """Read and ask without pause while changes are made; return how often each status came.

    A change is made after so many requests, not after so many seconds: how long new workers take to start,
    while requests wait for them, depends on the machine.
    """
    over, seen, lock = threading.Event(), Counter[str](), threading.Lock()

    def visit() -> None:
        while not over.is_set():
            # A connection each: one that is kept may be closed between two requests by any web server.
            visitor = Visitor([port], keep_alive=False)
            statuses = [visitor.get("/hubs/")[0], visitor.post(portal.ASK, portal.question()[1])[0]]
            with lock:
                seen.update(statuses)

    visitors = [threading.Thread(target=visit) for _ in range(min(4, tier.visitors))]
    for each in visitors:
        each.start()
    for number, change in enumerate(changes, start=1):
        _wait_for(seen, number * _BETWEEN_CHANGES)
        change()
    _wait_for(seen, (len(changes) + 1) * _BETWEEN_CHANGES)
    over.set()
    for each in visitors:
        each.join()
    return seen


def _wait_for(seen: Counter[str], requests: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while seen.total() < requests and time.monotonic() < until:
        time.sleep(0.02)
