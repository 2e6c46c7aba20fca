"""Arrivals taken back before they stopped counting: the upgrade puts their visits and enquiries right."""

from __future__ import annotations

import json

import pytest

from tests.upgrades.old_database import OldDatabase, old_database

pytestmark = pytest.mark.django_db

NOTED_THEN = """
import django; django.setup()
from django.core.management import call_command
for words in (["migrate"], ["load_hubs"], ["load_desk"], ["migrate", "enquiries", "0008"]):
    call_command(*words, verbosity=0)
from datetime import UTC, datetime, timedelta
from accounts.models import User
from enquiries.models import Cause, EnquiryEvent, Outcome
from hubs.models import Hub, Service, Topic
from reports.models import FrozenMonth
from tests.reports.borough import Borough
by = User.objects.create(username="desk.then")
borough = Borough(
    hubs=list(Hub.objects.all()), topics=list(Topic.objects.all()), causes=list(Cause.objects.all()), by=by,
    outcomes={each.group: each for each in Outcome.objects.all()}, services=list(Service.objects.all()),
)
at = datetime(2026, 10, 14, 10, 0, tzinfo=UTC)
for number, reason in enumerate(["mistake", "mistake", "mistake", "wait"]):
    visit = borough.visit(at, left=reason)
    topics = borough.topics[: 2 if number == 0 else 1]
    asked = [borough.enquiry(at, visit=visit, topic=topic, ends="left", first=False) for topic in topics]
    for each in asked:
        EnquiryEvent.objects.create(enquiry=each, kind="closed", at=at, by=by)
    if number == 1:
        borough.feedback(asked[0], at, "no")
    if number == 2:
        asked[0].status, asked[0].outcome, asked[0].closed_at, asked[0].closed_by = "open", None, None, None
        asked[0].save()
last = EnquiryEvent.objects.latest("pk").pk
FrozenMonth.objects.create(month=202610, signed_at=at + timedelta(days=20), signed_by=by, last_event=last,
    last_visit=99)
"""
SEEN_NOW = """
import django, json; django.setup()
from enquiries.models import Enquiry, Visit
from reports.amendments import amendments
from reports.models import FrozenMonth
print(json.dumps({
    "visits": list(Visit.objects.that_happened().order_by("pk").values_list("left_reason", flat=True)),
    "enquiries": list(Enquiry.objects.order_by("pk").values_list("status", flat=True)),
    "changes": [[each.what, each.by.username] for each in amendments(FrozenMonth.objects.get())],
}))
"""


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory, django_db_setup, django_db_blocker) -> OldDatabase:
    """A database of before, in which three visits are noted by mistake, brought to this release."""
    folder = tmp_path_factory.mktemp("old")
    with django_db_blocker.unblock(), old_database(folder, migrated=True) as old:
        old.python("-c", NOTED_THEN)
        old.manage("migrate", "-v0")
        yield old


def test_what_was_noted_by_mistake_counts_no_more_and_what_was_acted_on_does(upgraded):
    now = json.loads(upgraded.python("-c", SEEN_NOW))

    assert now["visits"] == ["unknown", "unknown", "wait"]
    assert now["enquiries"] == ["mistake", "mistake", "closed", "open", "closed"]
    assert now["changes"] == [["Noted by mistake", "desk.then"]] * 2
