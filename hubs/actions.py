"""Every change to the public facts that is more than a form's own rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from hubs.after_change import Hits, follow_hours
from hubs.busy_hours import Level
from hubs.errors import ImportRefused
from hubs.fact_rows import FactsLoaded, bring_in
from hubs.facts import Facts
from hubs.models import BusyHour, ContentVersion, Postcode
from hubs.postcode_files import CodeSet, PostcodeRow

ROWS_AT_ONCE = 900
"""Postcodes compared and stored in one go; the oldest SQLite that Django takes allows 999 values a query."""

IN_MEMORY = 10_000_000
"""Bytes of postcodes kept in memory while a file is read; more go to a temporary file."""

_POSTCODE_FIELDS = ("easting", "northing", "latitude", "longitude", "local_authority", "ward", "in_use")


def publish() -> None:
    """Make every worker show changed content within a second, in both languages.

    Effects, in order: count the content version up. Call it in the transaction of the change itself, so that
    no worker can take the new number for the old content.
    """
    if not ContentVersion.objects.update(number=F("number") + 1):
        ContentVersion.objects.create()


def publish_hours() -> list[Hits]:
    """Publish changed opening hours, or a change of which hubs there are; return whom it hits.

    Effects, in order: count the content version up; what has to follow at once (`hubs.after_change`), such as
    that nobody can book on a closed day. Call it in the transaction of the change, after all its rows.
    """
    publish()
    return follow_hours()


def load_facts(facts: Facts, *, overwrite: bool = False) -> FactsLoaded:
    """Bring the facts of the reviewed file into the database, all or nothing.

    What an administrator has edited since is kept: only hubs, topics, services and facilities that are not
    there yet are made, each with its hours, codes, offers and facilities. With `overwrite` those that the
    file names are set back to it; columns it leaves out and rows it does not name stay as they are. Where
    hours are set back, the day they were checked goes too: it was said of other hours.

    Effects, in order: rows made, set back or removed; published, hours too, if there were any.
    Raises ImportRefused, with the place in the file, where a value breaks a rule of the models.
    """
    try:
        with transaction.atomic():
            loaded = bring_in(facts, overwrite=overwrite)
            if loaded.changed:
                loaded.hits += publish_hours()
    except IntegrityError as error:
        raise ImportRefused(["Somebody changed the same facts at the same moment. Run it again."]) from error
    return loaded


@dataclass
class PostcodesTaken:
    """What `take_in_postcodes` did, in postcodes."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


def take_in_postcodes(
    rows: Iterable[PostcodeRow], *, replace: bool = False, dry_run: bool = False
) -> PostcodesTaken:
    """Store postcodes, all or nothing; with `replace` remove those that are not among `rows`.

    A postcode that is there already takes on what its row says. What the row does not say is kept: the ward,
    and the degrees as long as the place in metres is the same. Memory does not grow with the number of rows.

    Effects, in order: `rows` read to the end, postcodes added and changed, others removed (`replace` only),
    the content version counted up if there was any of it. A dry run undoes all that. What `rows` raises is
    raised before the database hears of anything.
    """
    taken, named = PostcodesTaken(), CodeSet()
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        # Read first, then write: on SQLite nobody else can write meanwhile, and PostgreSQL ends a transaction
        # that is silent for 30 seconds, as it would be while a long file has no row that is wanted.
        for row in rows:
            named.add(row.code)
            spool.write(json.dumps(row).encode() + b"\n")
        spool.seek(0)
        with transaction.atomic():
            while lines := list(islice(spool, ROWS_AT_ONCE)):
                _store([PostcodeRow(*json.loads(line)) for line in lines], taken)
            if replace:
                taken.removed = _remove_all_but(named)
            if taken.added or taken.changed or taken.removed:
                publish()
            transaction.set_rollback(dry_run)
    return taken


def _store(batch: list[PostcodeRow], taken: PostcodesTaken) -> None:
    known = {
        code: values
        for code, *values in Postcode.objects.filter(pk__in=[row.code for row in batch]).values_list(
            "code", *_POSTCODE_FIELDS
        )
    }
    differing = []
    for row in batch:
        before = known.get(row.code)
        values = _merged(row, before)
        if values == before:
            taken.unchanged += 1
            continue
        taken.added += before is None
        taken.changed += before is not None
        differing.append(Postcode(code=row.code, **dict(zip(_POSTCODE_FIELDS, values, strict=True))))
    Postcode.objects.bulk_create(
        differing, update_conflicts=True, unique_fields=["code"], update_fields=_POSTCODE_FIELDS
    )


def _merged(row: PostcodeRow, before: list[Any] | None) -> list[Any]:
    latitude, longitude, ward = row.latitude, row.longitude, row.ward
    if before is not None:
        if latitude is None and before[:2] == [row.easting, row.northing]:
            latitude, longitude = before[2:4]
        if ward is None:
            ward = before[5]
    return [row.easting, row.northing, latitude, longitude, row.local_authority, ward or "", row.in_use]


def _remove_all_but(named: CodeSet) -> int:
    gone = [code for code in Postcode.objects.values_list("code", flat=True).iterator() if code not in named]
    for start in range(0, len(gone), ROWS_AT_ONCE):
        Postcode.objects.filter(pk__in=gone[start : start + ROWS_AT_ONCE]).delete()
    return len(gone)


def say_busy_hours(levels: Mapping[int, Mapping[tuple[int, int], Level]], *, counted_on: date) -> int:
    """Store how busy each hub usually is, by its id, weekday and hour; return how many hours changed.

    Hubs that are not named, and hours that are not, have nothing said about them from then on.

    Effects, in order: all rows removed, the new ones stored, the content version counted up if what pages say
    has changed.
    """
    wanted = {(hub, *hour): level for hub, hours in levels.items() for hour, level in hours.items()}
    with transaction.atomic():
        before = {(row.hub_id, row.weekday, row.hour): row.level for row in BusyHour.objects.all()}
        changed = len(before.items() ^ wanted.items())
        if wanted or before:
            BusyHour.objects.all().delete()
            BusyHour.objects.bulk_create(
                BusyHour(hub_id=hub, weekday=weekday, hour=hour, level=level, counted_on=counted_on)
                for (hub, weekday, hour), level in wanted.items()
            )
            if changed:
                publish()
    return changed
