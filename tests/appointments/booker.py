"""Somebody at a browser without script who books an appointment, step by step."""

from __future__ import annotations

from typing import Any

from django.test import Client

from appointments.models import Booking
from tests.enquiries.asking import READING_TIME
from tests.reading import Reading

ANSWERS = {"name": "Rahima Begum", "phone": "07700 900123", "postcode": "e143hg", "language": "en"}
DAY = "2026-11-24"


class Booker:
    """A browser; `prefix` "/bn" for the Bengali pages, `address` where it stands."""

    def __init__(self, clock: Any, *, prefix: str = "", address: str = "192.0.2.1") -> None:
        self.clock, self.prefix = clock, prefix
        self.client = Client(REMOTE_ADDR=address)

    def get(self, path: str) -> Any:
        """Open a page below /appointments/."""
        return self.client.get(f"{self.prefix}/appointments/{path}")

    def post(self, path: str, fields: dict[str, Any]) -> Any:
        """Send a form to a page below /appointments/."""
        return self.client.post(f"{self.prefix}/appointments/{path}", fields)

    def choose(self, number: int = 0, *, topic: str = "housing", day: str = DAY) -> Any:
        """Choose a time of a day by its place in the list; return the page of details."""
        page = Reading(self.get(f"{topic}/{day}/"))
        slot = page.all("hub-time")[number].get("value")
        return self.post("details/", hidden(page) | {"slot": slot})

    def check(self, details: Any, **answers: Any) -> Any:
        """Fill in the page of details and continue."""
        self.clock.shift(READING_TIME)
        return self.post("check/", hidden(Reading(details)) | ANSWERS | answers | {"step": "check"})

    def send(self, checked: Any) -> Any:
        """Press "Book this appointment"."""
        return self.post("check/", hidden(Reading(checked)) | {"step": "send"})

    def book(self, number: int = 0, *, topic: str = "housing", **answers: Any) -> Booking:
        """Go all the way; return the booking."""
        response = self.send(self.check(self.choose(number, topic=topic), **answers))
        assert response.status_code == 302, response.content.decode()
        return Booking.objects.for_page().get(private_key=response.headers["Location"].split("/")[-2])


def hidden(page: Reading) -> dict[str, Any]:
    """Return the hidden fields of the page's form; those given several times as a list."""
    found: dict[str, list[str]] = {}
    for field in page.one("#booking").iter("input"):
        if field.get("type") == "hidden" and field.get("name") != "csrfmiddlewaretoken":
            found.setdefault(str(field.get("name")), []).append(str(field.get("value")))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}
