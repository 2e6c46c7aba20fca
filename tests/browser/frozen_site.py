"""The site that the browser visits: real facts, some hundreds of real postcodes, on a Monday at noon.

The web server imports `application`; run as a module it fills the database of DATABASE_URL.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import tempfile
import uuid
from datetime import timedelta
from pathlib import Path

import time_machine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.browser.settings")

import django

django.setup()

from script.prepared_database import copy_to  # noqa: E402
from tests.browser.frozen_appointments import fill_appointments  # noqa: E402
from tests.conftest import MONDAY_NOON  # noqa: E402

EVERY = 60
"""Of the postcodes we ship, one in so many is loaded: the map is drawn quickly and keeps its outline."""
ALWAYS = {"E14 3HG", "E1 6AN", "E1 1BJ", "E3 5ES", "E2 6AB", "E14 6BT"}
PRIVATE_KEY = "browser-test"
"""Opens the pages of one online question."""
REFERENCE = "K7M3PQX9T"
"""Of an enquiry that is with the hub, and of a complaint."""
PASSWORD = "only for this site"
"""Of the account "manager"."""
COMPLAINT_TOKEN = "00000000-0000-4000-8000-000000000001"
"""Opens the page that says that a complaint arrived."""

# The clock starts here when the server does, and runs on.
if "FROZEN_SITE" in os.environ:
    time_machine.travel(MONDAY_NOON, tick=True).start()
    if __name__ != "__main__":
        # The web server's own module makes no database file, which filling one has to.
        from hubportal.wsgi import application  # noqa: F401


def fill() -> None:
    """Load facts and postcodes, then what only some days have: a closure, notices, words without Bengali."""
    from django.conf import settings
    from django.core.management import call_command

    from hubs.models import DatedHours, Facility, Hub, HubFacility, Notice

    copy_to(Path(settings.DATABASES["default"]["NAME"]))
    call_command("migrate", verbosity=0)
    call_command("load_hubs", verbosity=0)
    call_command("load_desk", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        call_command("import_postcodes", _some_postcodes(Path(folder)), verbosity=0)
    cubitt_town = Hub.objects.get(slug="cubitt-town")
    DatedHours.objects.create(
        hub=cubitt_town,
        on=MONDAY_NOON.date(),
        reason_en="Staff training",
        reason_bn="কর্মীদের প্রশিক্ষণ",
    )
    shows = {"shows_from": MONDAY_NOON, "shows_until": MONDAY_NOON + timedelta(days=1)}
    Notice.objects.create(text_en="All hubs close at noon on Christmas Eve.", text_bn="", **shows)
    Notice.objects.create(hub=cubitt_town, text_en="The lift is out of order.", text_bn="লিফট নষ্ট।", **shows)
    HubFacility.objects.update_or_create(
        hub=cubitt_town,
        facility=Facility.objects.first(),
        defaults={"available": "no", "note_en": "There are three steps at the door"},
    )
    _ask_a_question()
    _complain()
    _staff_at_work()
    fill_appointments()


def _ask_a_question() -> None:
    from enquiries import actions
    from enquiries.models import Enquiry
    from hubs.models import Topic

    enquiry, _ = actions.ask(
        token=uuid.uuid4(),
        caller="browser-test",
        topic=Topic.objects.get(slug="housing"),
        words="The ceiling leaks.\nছাদ থেকে পানি পড়ে।",
        reply_by=Enquiry.ReplyBy.PHONE,
        phone="07700 900123",
        language="en",
        at=MONDAY_NOON,
    )
    Enquiry.objects.filter(pk=enquiry.pk).update(private_key=PRIVATE_KEY)


def _complain() -> None:
    from enquiries import actions

    actions.receive_complaint(
        token=uuid.UUID(COMPLAINT_TOKEN),
        caller="browser-test",
        words="You told my landlord.",
        name="Amber Example",
        reply_by="post",
        address="1 Test Street",
        postcode="E14 3HG",
        language="en",
        at=MONDAY_NOON,
    )


def _staff_at_work() -> None:
    """Make a manager who can sign in, and a row for each staff page: all are the first of their kind."""
    from django.core.management import call_command

    from accounts.models import User
    from enquiries import actions
    from enquiries.actions.desk import Raised
    from enquiries.models import DataProtectionComplaint, Enquiry
    from hubs.models import Hub, Topic

    call_command("load_demo", no_history=True, stdout=io.StringIO())
    manager = User.objects.get(username="manager")
    manager.home_hub = Hub.objects.get(slug="bow")
    manager.set_password(PASSWORD)
    manager.save()
    by_at = {"by": manager, "at": MONDAY_NOON - timedelta(hours=1)}
    amber = actions.add_resident(name="Amber Example", phone="07700 900123", postcode="E14 3HG", **by_at)
    ali = actions.add_resident(name="Ali Example", phone="07700 900456", **by_at)
    # Nothing is open for her, so that her record could be erased.
    actions.add_resident(name="Rahima Example", postcode="E14 3HG", **by_at)
    raised = [Raised(Topic.objects.get(slug="housing"), words="The ceiling leaks. " * 30)]
    for resident, waits in ((amber, False), (ali, True)):
        logged = actions.log_visit(
            token=uuid.uuid4(), hub=manager.home_hub, raised=raised, resident=resident, waiting=waits, **by_at
        )
    enquiry = logged.enquiries[0]
    Enquiry.objects.filter(pk=enquiry.pk).update(reference=REFERENCE)
    open_one = Enquiry.objects.exclude(pk=enquiry.pk).get(channel="in_person")
    service = open_one.topic.service
    answers = {each.pk: "Four" for each in actions.questions_for(service, open_one)}
    actions.refer(
        enquiry=open_one,
        service=service,
        answers=answers,
        consent_wording="I agree that you share this.",
        **by_at,
    )
    DataProtectionComplaint.objects.update(reference=REFERENCE)
    # Last month there was one visit, or there would be nothing to sign off.
    in_october = {"by": manager, "at": MONDAY_NOON - timedelta(days=30)}
    actions.log_visit(token=uuid.uuid4(), hub=manager.home_hub, raised=raised, **in_october)


def _some_postcodes(folder: Path) -> Path:
    from hubs import actions

    chosen = folder / "postcodes.csv"
    shipped = Path(actions.__file__).parent / "data" / "postcodes.csv.gz"
    with gzip.open(shipped, "rt", encoding="utf-8", newline="") as whole, chosen.open("w") as part:
        rows = csv.reader(whole)
        writer = csv.writer(part)
        writer.writerow(next(rows))
        writer.writerows(row for n, row in enumerate(rows) if n % EVERY == 0 or row[0] in ALWAYS)
    return chosen


if __name__ == "__main__":
    fill()
