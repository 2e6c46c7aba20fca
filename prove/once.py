"""The same thing asked for many times at the same moment: one question a form, one ticket a number."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

from prove import portal
from prove.findings import Finding, control, exactly, none_of
from prove.site import Site
from prove.tiers import Tier
from prove.visitors import Census, Visitor, crowd


def the_same_form(site: Site, tier: Tier) -> Iterator[Finding]:
    """Send every copy of a form at once, and the control: copies that are forms of their own."""
    with site.node(tier.workers) as node:
        before, answers = portal.questions(), []
        for _ in range(tier.forms):
            answers.append(_copies(node.port, [portal.question()] * tier.copies))
        kept = portal.questions() - before
        different = [portal.question() for _ in range(tier.copies)]
        before = portal.questions()
        _copies(node.port, different)
        several = portal.questions() - before - 1
    yield exactly(f"questions kept of {tier.forms:,} forms, {tier.copies} × at once", kept, tier.forms)
    yield none_of("residents shown two references", sum(len(each) != 1 for each in answers))
    yield control("more than one question where every copy has a token of its own", several)


def ticket_numbers(site: Site, tier: Tier) -> Iterator[Finding]:
    """Draw tickets at once, and the control: numbers as `count() + 1` would give them."""
    officer = portal.desk_officer()
    cookies, census = portal.signed_in(officer), Census()
    guessed, lock = [], threading.Lock()
    before = portal.tickets(officer)

    def draw(port: int) -> None:
        guess = portal.tickets_drawn(officer) + 1
        with lock:
            guessed.append(guess)
        token, form = portal.visit(officer)
        Visitor([port], cookies=cookies).post_until_acknowledged(portal.LOG, form, census, token, json=True)
        portal.let_go()

    with site.node(tier.workers) as node:
        crowd(tier.visitors, [partial(draw, node.port)] * tier.tickets)
    numbers = portal.tickets(officer)
    yield exactly(
        f"different ticket numbers of {tier.tickets:,}", len(set(numbers) - set(before)), tier.tickets
    )
    yield none_of(
        "ticket numbers left out or given twice",
        len(set(range(1, len(numbers) + 1)) ^ set(numbers)) + len(numbers) - len(set(numbers)),
    )
    yield control("ticket numbers given twice by count() + 1", len(guessed) - len(set(guessed)))


def _copies(port: int, questions: list[tuple[str, dict[str, str]]]) -> set[str]:
    """Send questions at the same moment; return the different answers."""
    together, census = threading.Barrier(len(questions)), Census()
    answers: list[str] = []

    def send(form: dict[str, str]) -> None:
        visitor = Visitor([port])
        together.wait()
        mine = Census()
        visitor.post_until_acknowledged(portal.ASK, form, mine, "form")
        with census.lock:
            answers.append(mine.acknowledged.get("form", "nothing"))
        visitor.leave()

    crowd(len(questions), [partial(send, form) for _, form in questions])
    return set(answers)
