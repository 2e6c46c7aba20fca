"""Web server processes killed outright under load: what was acknowledged is there, once and whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from prove import portal
from prove.findings import Finding, control, exactly, none_of
from prove.site import LYING, Node, Site
from prove.tiers import Tier
from prove.visitors import Census, Visitor

_LOOK_AGAIN_SECONDS = 0.02


def workers_killed(site: Site, tier: Tier) -> Iterator[Finding]:
    """Kill a random worker again and again while questions come in."""
    before = portal.questions()
    with site.node(tier.workers) as node:
        census = ask([node.port], tier.questions, tier.visitors, tier.kills, node.kill_a_worker)
    yield none_of(
        f"acknowledged questions lost, {tier.kills} × kill -9, {tier.workers} workers",
        portal.lost(census.acknowledged),
        f"{len(census.acknowledged):,}",
    )
    yield exactly("questions kept, each sent until acknowledged", portal.questions() - before, tier.questions)
    yield none_of("questions in part, damage in the database", portal.loose_ends() + portal.damage())
    yield none_of("500 under kill -9", census.faults())


def a_liar_is_caught(site: Site, tier: Tier) -> Iterator[Finding]:
    """The control: an application that acknowledges before it writes loses what the kills interrupt."""
    with site.node(2, application=LYING) as node:
        census = ask([node.port], max(120, tier.questions // 20), tier.visitors, 4, node.kill_a_worker)
        kills_its_last_writes(node)
    yield control(
        "questions lost when acknowledged before they are written", portal.lost(census.acknowledged)
    )


def one_node_of_two_killed(site: Site, tier: Tier) -> Iterator[Finding]:
    """Kill one of two nodes with all its workers; visitors go on with the other."""
    before, count = portal.questions(), max(100, tier.questions // 5)
    with ExitStack() as nodes:
        first, second = (nodes.enter_context(site.node(max(2, tier.workers // 2))) for _ in range(2))
        census = ask([first.port, second.port], count, tier.visitors, 1, first.kill)
    yield none_of(
        "acknowledged questions lost, one node of two killed", portal.lost(census.acknowledged), f"{count:,}"
    )
    yield exactly("questions kept by the node that is left", portal.questions() - before, count)


def ask(
    ports: Sequence[int], count: int, visitors: int, faults: int = 0, fault: Callable[[], None] = lambda: None
) -> Census:
    """Send `count` questions, each until it is acknowledged, and bring the fault about at even distances."""
    census, mine, leaving = Census(), threading.local(), ExitStack()
    due = [round(count * (number + 1) / (faults + 1)) for number in range(faults)]

    def one() -> None:
        if not hasattr(mine, "visitor"):
            mine.visitor = Visitor(ports)
            leaving.callback(mine.visitor.leave)
        token, form = portal.question()
        mine.visitor.post_until_acknowledged(portal.ASK, form, census, token)

    portal.question()
    with leaving, ThreadPoolExecutor(visitors) as crowd:
        asked = [crowd.submit(one) for _ in range(count)]
        try:
            # In this thread, not in a visitor's: a database server that is started anew ends with its thread.
            while due and not all(each.done() for each in asked):
                if len(census.acknowledged) >= due[0]:
                    due.pop(0)
                    fault()
                time.sleep(_LOOK_AGAIN_SECONDS)
        except BaseException:
            # Whoever stops the run would else wait until the whole crowd has asked.
            crowd.shutdown(cancel_futures=True)
            raise
    for each in asked:
        each.result()
    return census


def kills_its_last_writes(node: Node) -> None:
    """Kill every worker at once, with whatever they still meant to write."""
    node.kill()
