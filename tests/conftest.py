"""The cast: the same few hubs, topics, postcodes and people in every test, and the outsider."""

from __future__ import annotations

from datetime import UTC, datetime, time

import django.test.client
import hypothesis
import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.db import connection

from accounts import append_only as accounts_append_only
from accounts import roles
from accounts.models import AccountEvent, User
from appointments.models import Booking, BookingEvent, ContactPlace, Hold, Message, Wish
from enquiries import append_only, lookups
from enquiries.models import EnquiryEvent, RecordView, ResidentEvent, RightsRequest
from hubportal import page_memo, translations
from hubportal.handler import PortalRequest
from hubportal.roles import load_roles
from hubs import kept
from hubs.access import Access
from hubs.models import ContentVersion, Hub, OpeningPeriod, Postcode, Service, Topic, TopicOffer
from reports import append_only as reports_append_only
from reports.models import ExportLog, FrozenMonth
from script import prepared_database

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile(
    "portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("portal")

# As from the web server.
django.test.client.WSGIRequest = PortalRequest  # type: ignore[attr-defined]

COMMIT = {"transactional_db", "live_server"}
ASK_A_DATABASE = {"db", *COMMIT}
NEEDS_DATABASE = "--only-with-database"
LONGEST = ("tests/upgrades/", "tests/hubportal/test_demo_", "tests/appointments/test_history.py")
"""Begun last, one of these would keep one process busy while all others have ended."""


def pytest_addoption(parser):
    """For a second run on another database: what asks none would say the same again."""
    parser.addoption(NEEDS_DATABASE, action="store_true", help="leave out tests that ask no database")


def pytest_collection_modifyitems(config, items):
    """Put the longest first, and leave out what asks no database, where that is wanted.

    Those that commit stay behind all others, where pytest-django has put them: they leave an empty database.
    """
    items.sort(key=lambda each: (commits(each), not each.nodeid.startswith(LONGEST)))
    if not config.getoption(NEEDS_DATABASE):
        return
    kept = [each for each in items if asks_a_database(each)]
    config.hook.pytest_deselected(items=[each for each in items if not asks_a_database(each)])
    items[:] = kept


def asks_a_database(item: pytest.Item) -> bool:
    """Whether a test may use the database: pytest-django lets no other reach it."""
    return "django_db" in item.keywords or not ASK_A_DATABASE.isdisjoint(item.fixturenames)


def commits(item: pytest.Item) -> bool:
    """Whether a test commits what it writes, after which every row of the database is deleted."""
    marker = item.get_closest_marker("django_db")
    by_marker = marker is not None and marker.kwargs.get("transaction", False)
    return by_marker or not COMMIT.isdisjoint(item.fixturenames)


MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""A plain working day in winter, when London time is UTC."""


@pytest.fixture(scope="session", autouse=True)
def _bengali_compiled():
    """Tests of Bengali read what the .po says now, also in a copy where nothing was compiled yet."""
    for folder in settings.LOCALE_PATHS:
        translations.compile_stale(folder)


@pytest.fixture(scope="session")
def _prepared_database(django_db_modify_db_settings_parallel_suffix):
    """The migrated database of an earlier run, to begin with."""
    own = connection.settings_dict
    prepared = (
        prepared_database.InMemory(connection.creation._get_test_db_name())
        if connection.vendor == "sqlite"
        else prepared_database.OnServer(own)
    )
    prepared.fill()
    return prepared


@pytest.fixture(scope="session")
def django_db_modify_db_settings(_prepared_database):
    """What pytest-django asks for before it makes the database: here it is filled."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, _prepared_database):
    """The database as pytest-django makes it, kept for the next run before a test writes into it."""
    _prepared_database.keep()


@pytest.fixture(autouse=True)
def _forget_pages():
    """Each test starts with nothing in memory: its content goes back in time."""
    for each in caches.all(initialized_only=True):
        each.clear()
    kept.forget()
    page_memo.forget()
    lookups.forget()


@pytest.fixture
def asked_once(monkeypatch):
    """Whether contents have changed is asked once in a test, however long it takes, and not once a second."""
    monkeypatch.setattr(kept, "CHECK_EVERY_SECONDS", 3600.0)


@pytest.fixture(scope="session")
def _emptied():
    """The last test of this process that committed, if any did: the database holds nothing since."""
    return []


@pytest.fixture(autouse=True)
def _as_migrated(request, _emptied):
    """Put back what the migrations made, where a test that committed has deleted it with all else."""
    if _emptied and asks_a_database(request.node):
        request.getfixturevalue("transactional_db" if commits(request.node) else "db")
        ContentVersion.objects.get_or_create(id=1)
    if commits(request.node):
        _emptied[:] = [request.node.nodeid]


@pytest.fixture(autouse=True)
def _forget_history(request, _as_migrated):
    """A test that commits is cleaned up by deleting every row, which tables that only grow would refuse."""
    if not commits(request.node):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    with append_only.opened(), accounts_append_only.opened(), reports_append_only.opened():
        # Bookings before the rest: what refers to them, then they.
        for model in (BookingEvent, Message, ContactPlace, Wish, Hold, Booking):
            model.objects.all().delete()
        for model in (FrozenMonth, ExportLog):
            model.objects.all().delete()
        for model in (EnquiryEvent, ResidentEvent, RecordView, RightsRequest, AccountEvent, LogEntry):
            model.objects.all().delete()


def make_hub(slug: str, position: int, *, easting: int, northing: int, **facts) -> Hub:
    """Save a hub that is open Monday to Friday 09:00 to 17:00 unless `week` says otherwise."""
    week = facts.pop("week", range(5))
    values = {
        "name_en": f"{slug.title()} hub",
        "name_bn": f"{slug} হাব",
        "street": "1 Test Street",
        "postcode": "E3 5ES",
        "latitude": 51.5,
        "longitude": -0.03,
        "location_basis": "made up for tests",
        "access": Access.WALK_IN,
        "phone": "020 7364 5000",
    } | facts
    hub = Hub.objects.create(slug=slug, position=position, easting=easting, northing=northing, **values)
    OpeningPeriod.objects.bulk_create(
        OpeningPeriod(hub=hub, weekday=day, opens=time(9), closes=time(17)) for day in week
    )
    return hub


@pytest.fixture
def hubs(db) -> dict[str, Hub]:
    """Three hubs: the Town Hall by appointment, Bow and Cubitt Town for walk-ins."""
    return {
        "town-hall": make_hub(
            "town-hall", 1, easting=534884, northing=181833, postcode="E1 1BJ", access=Access.APPOINTMENT_ONLY
        ),
        "bow": make_hub("bow", 2, easting=536719, northing=183372),
        "cubitt-town": make_hub("cubitt-town", 3, easting=538113, northing=179321, postcode="E14 3HG"),
    }


@pytest.fixture
def topics(hubs) -> dict[str, Topic]:
    """Housing everywhere, benefits by appointment at Bow, domestic abuse (sensitive) at the Town Hall."""
    service = Service.objects.create(slug="housing", name_en="Housing options", name_bn="আবাসন")
    made = {
        slug: Topic.objects.create(
            slug=slug,
            position=position,
            name_en=name,
            name_bn=f"{name} বাংলা",
            summary_en=f"Help with {name.lower()}",
            summary_bn="সাহায্য",
            service=service,
            sensitive=slug == "domestic-abuse",
        )
        for position, (slug, name) in enumerate(
            {"housing": "Housing", "benefits": "Benefits", "domestic-abuse": "Domestic abuse"}.items()
        )
    }
    for hub in hubs.values():
        TopicOffer.objects.create(hub=hub, topic=made["housing"])
    TopicOffer.objects.create(hub=hubs["bow"], topic=made["benefits"], access=Access.APPOINTMENT_ONLY)
    TopicOffer.objects.create(hub=hubs["town-hall"], topic=made["domestic-abuse"])
    return made


@pytest.fixture
def postcodes(db) -> dict[str, Postcode]:
    """A live postcode by Cubitt Town, one no longer used, and one outside the borough."""
    rows = [
        Postcode("E14 3HG", 538113, 179321, 51.495967, -0.011774, "E09000030", "Blackwall", True),
        Postcode("E14 3AA", 538000, 179400, 51.4967, -0.0134, "E09000030", "", False),
        Postcode("E1 6AN", 533500, 181900, 51.5202, -0.0775, "E09000001", "", True),
    ]
    Postcode.objects.bulk_create(rows)
    return {row.code: row for row in rows}


PASSWORD_KEPT = make_password("correct horse battery")
"""What the database keeps of everybody's password, hashed once."""


@pytest.fixture
def people(hubs) -> dict[str, User]:
    """Somebody in each role, a desk officer of another hub, and an outsider: signed in, in no role."""
    load_roles()
    cast = {
        "desk": (roles.FRONT_DESK, hubs["bow"]),
        "other_desk": (roles.FRONT_DESK, hubs["cubitt-town"]),
        "officer": (roles.SERVICE_OFFICER, None),
        "manager": (roles.MANAGER, None),
        "administrator": (roles.ADMINISTRATOR, None),
    }
    made = {
        name: User(username=name, first_name=name, home_hub=hub, password=PASSWORD_KEPT)
        for name, (_, hub) in (cast | {"outsider": (None, None)}).items()
    }
    # Written all at once: hundreds of tests begin with these six.
    User.objects.bulk_create(made.values())
    groups = {group.name: group for group in Group.objects.all()}
    joined = User.groups.through
    joined.objects.bulk_create(
        joined(user=made[name], group=groups[role]) for name, (role, _) in cast.items()
    )
    assert len(groups) == 4
    return made
