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

_SETTLING_SECONDS = 2.0
_GOOD = {"200", "302"}


def rolling_reload(site: Site, tier: Tier) -> Iterator[Finding]:
    """Reload the workers under load without a single retry; the control stops and starts the server."""
    with site.node(2, loaded_once=False) as node:
        seen = _visited(node.port, tier, [node.reload] * tier.reloads)
    failed = sum(count for status, count in seen.items() if status not in _GOOD)
    yield none_of(f"requests failed, {tier.reloads} × rolling reload", failed, f"{sum(seen.values()):,}")

    with site.node(1) as node:
        seen = _visited(node.port, tier, [node.kill])
    failed = sum(count for status, count in seen.items() if status not in _GOOD)
    yield control("requests failed when the server is stopped instead", failed)


def _visited(port: int, tier: Tier, changes: list[Callable[[], None]]) -> Counter[str]:
    """Read and ask without pause while changes are made; return how often each status came."""
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
    for change in changes:
        time.sleep(_SETTLING_SECONDS / 2)
        change()
        time.sleep(_SETTLING_SECONDS)
    over.set()
    for each in visitors:
        each.join()
    return seen
