"""Rows that a desk needs: outcomes, a cause, a service's terms and questions, and stories to work on."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from enquiries import actions, form_tokens
from enquiries.actions.desk import Raised
from enquiries.models import Cause, Enquiry, Outcome, ServiceQuestion, ServiceTerms
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import asker, clock
from tests.enquiries.racing import desk_server, shared_database

__all__ = ["asker", "clock", "desk_server", "shared_database"]
"""Fixtures that stand in modules of their own."""


@pytest.fixture
def outcomes(db) -> dict[str, Outcome]:
    """One outcome of each group, by group."""
    rows = [
        Outcome(slug=group, group=group, name_en=label, key=label[0], position=position)
        for position, (group, label) in enumerate(Outcome.Group.choices)
    ]
    Outcome.objects.bulk_create(rows)
    return {row.group: row for row in Outcome.objects.all()}


@pytest.fixture
def cause(topics) -> Cause:
    return Cause.objects.create(slug="chasing", name_en="Chasing progress", owner=topics["housing"].service)


@pytest.fixture
def housing(topics, people):
    """The housing service: three working days, one must-have for every topic, one optional, an officer."""
    service = topics["housing"].service
    ServiceTerms.objects.create(service=service, working_days=3, lead=people["manager"])
    ServiceQuestion.objects.create(service=service, text_en="How many people live with you?")
    ServiceQuestion.objects.create(service=service, text_en="Anything else?", required=False, position=1)
    people["officer"].services.add(service)
    return service


@pytest.fixture
def log(hubs, topics, people):
    """Log a visit at Bow about housing with whatever a test wants otherwise; returns its first enquiry."""

    def logged(
        *, outcome: Outcome | None = None, topic: str = "housing", words: str = "", **facts
    ) -> Enquiry:
        raised = [Raised(topics[topic], outcome=outcome, words=words)]
        values = {"token": uuid.uuid4(), "hub": hubs["bow"], "by": people["desk"], "at": MONDAY_NOON} | facts
        return actions.log_visit(raised=raised, **values).enquiries[0]

    return logged


@pytest.fixture
def refer(log, housing, people):
    """Refer a fresh enquiry to housing; returns the referral."""

    def referred(**facts):
        enquiry = facts.pop("enquiry", None) or log(words="The ceiling leaks.")
        question = housing.questions.get(required=True)
        values = {
            "enquiry": enquiry,
            "service": housing,
            "answers": {question.pk: "Four"},
            "consent_wording": "I agree that you share this with Housing.",
            "by": people["desk"],
            "at": MONDAY_NOON + timedelta(minutes=5),
        } | facts
        return actions.refer(**values)

    return referred


@pytest.fixture
def town_hall_desk(client, people, hubs):
    people["desk"].home_hub = hubs["town-hall"]
    people["desk"].save()
    client.force_login(people["desk"])
    return client


@pytest.fixture
def typed(people, topics, outcomes):
    """What a walk-in about housing, resolved here, posts; with whatever a test wants otherwise."""

    def fields(who: str = "desk", **other) -> dict[str, object]:
        values = {
            "token": form_tokens.mint(f"visit:{people[who].pk}"),
            "topic": topics["housing"].pk,
            "outcome": outcomes["resolved"].pk,
            "then": "save",
        }
        return {name: value for name, value in (values | other).items() if value is not None}

    return fields


@pytest.fixture
def signed_in(people):
    """Return a client signed in as somebody of the cast."""

    def client_of(who: str = "desk") -> Client:
        client = Client()
        client.force_login(people[who])
        return client

    return client_of


@pytest.fixture
def at_desk(signed_in) -> Client:
    """The officer at Bow's desk, signed in."""
    return signed_in("desk")


@pytest.fixture
def asked_online(topics):
    """Take an online question about a topic; returns its enquiry."""

    def asked(topic: str = "housing", **about) -> Enquiry:
        return actions.ask(
            token=uuid.uuid4(),
            caller="somebody",
            topic=topics[topic],
            words="Asked online",
            reply_by="email",
            language="en",
            at=MONDAY_NOON,
            **about,
        )[0]

    return asked
