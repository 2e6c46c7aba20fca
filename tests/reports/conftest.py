"""A borough to count, and the managers who read what comes out."""

from __future__ import annotations

import pytest

from enquiries.models import Cause, Outcome
from hubs.models import Service
from tests.reports.borough import Borough
from tests.reports.october import full_of_stories


@pytest.fixture
def borough(hubs, topics, people) -> Borough:
    """Two hubs for walk-ins, three topics, an outcome of each group, two causes and two services."""
    Outcome.objects.bulk_create(
        Outcome(slug=group, group=group, name_en=label, position=position)
        for position, (group, label) in enumerate(Outcome.Group.choices)
    )
    services = [
        topics["housing"].service,
        Service.objects.create(slug="benefits", name_en="Benefits service"),
    ]
    causes = [
        Cause.objects.create(slug="letter", name_en="Letter unclear", owner=services[1]),
        Cause.objects.create(slug="chasing", name_en="Chasing progress", position=1),
    ]
    return Borough(
        hubs=[hubs["bow"], hubs["cubitt-town"]],
        topics=list(topics.values()),
        outcomes={row.group: row for row in Outcome.objects.all()},
        causes=causes,
        services=services,
        by=people["desk"],
    )


@pytest.fixture
def october(borough) -> Borough:
    """Something of everything in October 2026, a little in September, and in October 2025."""
    return full_of_stories(borough)


@pytest.fixture
def manager(client, people):
    """A browser in which a manager is signed in."""
    client.force_login(people["manager"])
    return client
