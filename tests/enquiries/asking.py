"""Somebody at a browser who asks a question, step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.conftest import MONDAY_NOON
from tests.reading import Reading

ANSWERS = {
    "topic": "housing",
    "words": "The ceiling leaks.",
    "name": "Rahima Begum",
    "reply_by": "phone",
    "phone": "07700 900123",
    "postcode": "e143hg",
    "language": "en",
}
READING_TIME = timedelta(seconds=20)


class Asker:
    """A browser without script; `prefix` "/bn" for the Bengali pages, `address` where it stands."""

    def __init__(self, clock: Any, *, prefix: str = "", address: str = "192.0.2.1") -> None:
        self.clock = clock
        self.path = f"{prefix}/ask/"
        self.client = Client(REMOTE_ADDR=address)

    def open(self, query: str = "") -> dict[str, str]:
        """Open the empty form, take time to read it, and return its hidden fields."""
        page = Reading(self.client.get(self.path + query))
        self.clock.shift(READING_TIME)
        return hidden(page)

    def send(self, step: str, fields: dict[str, Any]) -> Any:
        """Press a button of the form."""
        return self.client.post(self.path, fields | {"step": step})

    def ask(self, **answers: Any) -> Any:
        """Fill in the form, check the answers, send them; return what comes back."""
        checked = self.send("check", self.open() | ANSWERS | answers)
        assert checked.status_code == 200, checked.context["form"].errors
        return self.send("send", hidden(Reading(checked)))


def hidden(page: Reading) -> dict[str, Any]:
    """Return the hidden fields of a page's form; those given several times as a list."""
    found: dict[str, list[str]] = {}
    for field in page.one("#ask").iter("input"):
        if field.get("type") == "hidden" and field.get("name") != "csrfmiddlewaretoken":
            found.setdefault(field.get("name"), []).append(field.get("value"))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


@pytest.fixture
def clock():
    """A Monday at noon in winter, moved by hand."""
    with time_machine.travel(MONDAY_NOON, tick=False) as moved:
        yield moved


@pytest.fixture
def asker(topics, clock) -> Asker:
    return Asker(clock)
