"""Backup and restore under load: what was acknowledged before comes back, and people sign in."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from hubportal.backups import making, notes
from prove import portal
from prove.crashes import ask
from prove.findings import Finding, control, none_of
from prove.site import PASSWORD, Node, Site
from prove.tiers import Tier
from prove.visitors import Visitor


def backups_restored(site: Site, tier: Tier) -> Iterator[Finding]:
    """Back up while questions come in, restore each backup to a scratch database, and look what is there."""
    missing = different = refused = 0
    with site.node(2) as node:
        for number in range(tier.backups):
            early = ask([node.port], 30, 4).acknowledged
            backup = _backed_up_under_load(site, node, tier, site.folder / f"drill-{number}")
            scratch = site.on(_scratch_url(site, number))
            scratch.manage("restore", backup)
            kept, counts = _found(scratch)
            missing += len(set(early) - kept)
            different += len(notes.differences(notes.read(backup).tables, counts))
            refused += _sign_in(scratch) != "302"
    yield none_of("questions acknowledged before a backup and not in it", missing, f"{30 * tier.backups:,}")
    yield none_of("tables with other counts after the restore", different, f"{tier.backups} restores")
    yield none_of("sign-ins refused after the restore", refused, f"{tier.backups}")
    yield from _bad_copies(site)


def _backed_up_under_load(site: Site, node: Node, tier: Tier, folder: Path) -> Path:
    load = threading.Thread(target=ask, args=([node.port], 60, 4))
    load.start()
    site.manage("backup", "--to", folder)
    load.join()
    [note] = folder.glob("*.json")
    return note.with_suffix("")


def _bad_copies(site: Site) -> Iterator[Finding]:
    """The control: a plain copy of the running database, or half a dump, must be flagged."""
    database = making.database_of(settings.DATABASES["default"])
    folder = site.folder / "bad-copies"
    folder.mkdir()
    copy, expected = folder / f"copy{database.suffix}", database.counts() or {}
    if site.file is not None:
        with site.node(1) as node:
            # Some questions stand in the write-ahead log at any moment, but for the one after it is emptied.
            portal.empty_the_log()
            before = set(ask([node.port], 5, 2).acknowledged)
            expected = database.counts() or {}
            shutil.copy(site.file, copy)
            absent = len(before - portal.questions_in(copy))
        flagged = database.faults(copy, expected)
        yield control("acknowledged questions missing from a plain copy of the file", absent)
    else:
        whole = next((site.folder / "drill-0").glob("*.dump"))
        copy.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        flagged = database.faults(copy, expected)
    yield control("faults that the checker finds in a bad copy", len(flagged))


def _scratch_url(site: Site, number: int) -> str:
    if site.postgres is None:
        return f"sqlite:///{site.folder / f'scratch-{number}.sqlite3'}"
    return site.postgres.url.rpartition("/")[0] + f"/scratch_{number}"


def _found(scratch: Site) -> tuple[set[str], notes.Counts]:
    """Return the tokens of the questions in a scratch database, and the rows of each table."""
    printed = scratch.manage(
        "shell",
        "--no-imports",
        "-c",
        "from enquiries.models import Enquiry; from hubportal.backups import making;"
        "from django.conf import settings; import json;"
        "tokens = [str(t) for t in Enquiry.objects.exclude(token=None).values_list('token', flat=True)];"
        "print(json.dumps([tokens, making.database_of(settings.DATABASES['default']).counts()]))",
    )

    tokens, counts = json.loads(printed.splitlines()[-1])
    return set(tokens), counts


def _sign_in(scratch: Site) -> str:
    with scratch.node(1) as node:
        form = {"username": "manager", "password": PASSWORD}
        return Visitor([node.port]).post("/staff/sign-in/", form)[0]
