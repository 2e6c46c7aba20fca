"""The site that the browser visits: real facts, some hundreds of real postcodes, on a Monday at noon.

The web server imports `application`; run as a module it fills the database of DATABASE_URL.
"""

from __future__ import annotations

import csv
import gzip
import os
import tempfile
from datetime import timedelta
from pathlib import Path

import time_machine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.browser.settings")

from hubportal.wsgi import application as portal
from tests.browser.frozen_appointments import fill_appointments
from tests.conftest import MONDAY_NOON

EVERY = 60
"""Of the postcodes we ship, one in so many is loaded: the map is drawn quickly and keeps its outline."""
ALWAYS = {"E14 3HG", "E1 6AN", "E1 1BJ", "E3 5ES", "E2 6AB", "E14 6BT"}

# The clock starts here when the server does, and runs on.
if "FROZEN_SITE" in os.environ:
    time_machine.travel(MONDAY_NOON, tick=True).start()
application = portal


def fill() -> None:
    """Load facts and postcodes, then what only some days have: a closure, notices, words without Bengali."""
    from django.core.management import call_command

    from hubs.models import DatedHours, Facility, Hub, HubFacility, Notice

    call_command("migrate", verbosity=0)
    call_command("load_hubs", verbosity=0)
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
    fill_appointments()


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
