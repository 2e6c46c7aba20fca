"""A disk without room: reading goes on, writing is 503, and it recovers without anybody's help."""

from __future__ import annotations

import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg2

from prove import portal
from prove.findings import Finding, control, exactly, none_of, skipped
from prove.site import Node, Site
from prove.tiers import Tier
from prove.visitors import Census, Visitor

_DISK_MEGABYTES = {"sqlite": 24, "postgresql": 96}
_MOST_QUESTIONS = 300
_ENOUGH_REFUSALS = 5


class Room(Protocol):
    """Space for the database that can be taken away and given back."""

    folder: Path

    def take(self, node: Node) -> None: ...

    def give_back(self, node: Node) -> None: ...


class SmallDisk:
    """A disk in memory, filled to its last byte by another file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, node: Node) -> None:
        """Leave no byte free."""
        free = shutil.disk_usage(self.folder).free
        with (self.folder / "filler").open("wb") as filler:
            filler.write(b"x" * max(0, free - 64 * 1024))

    def give_back(self, node: Node) -> None:
        """Free the disk."""
        (self.folder / "filler").unlink()


class SizeLimit:
    """A limit on how large files may grow, for those who may not mount a disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, node: Node) -> None:
        """Let no worker write beyond what the largest file has now."""
        largest = max(path.stat().st_size for path in self.folder.iterdir())
        self._limit(node, largest)

    def give_back(self, node: Node) -> None:
        """Lift the limit."""
        self._limit(node, resource.RLIM_INFINITY)

    def _limit(self, node: Node, size: int) -> None:
        for pid in node.workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def disk_full(site: Site, tier: Tier) -> Iterator[Finding]:
    """Fill the disk while questions come in, look at pages meanwhile, and free it again."""
    with _on_a_small_disk(site) as small_and_room:
        if small_and_room is None:
            yield skipped("disk full", "root, who may mount a small disk")
            return
        small, room = small_and_room
        before, census, pages, refused = _kept(small), Census(), [], 0
        with small.node(2) as node:
            for _ in range(tier.disk_rounds):
                room.take(node)
                refused += _ask_until_refused(node, census)
                pages += [node.answers(path) for path in ("/hubs/", "/find/", "/ask/", "/readyz")]
                room.give_back(node)
                _ask(node, census, 10, retry=True)
        kept = _kept(small) - before
        kind = type(room).__name__
        yield Finding(
            f"writes refused with 503, disk full ({kind})",
            str(refused),
            f"at least {_ENOUGH_REFUSALS}",
            refused >= _ENOUGH_REFUSALS,
        )
        yield none_of("500 with the disk full", census.faults())
        yield none_of(
            "pages not shown with the disk full", sum(page != 200 for page in pages), str(len(pages))
        )
        yield none_of(
            "acknowledged questions lost with the disk full",
            len(set(census.acknowledged) - kept),
            str(len(census.acknowledged)),
        )
        yield exactly("questions kept once there is room again", len(kept), len(census.acknowledged))
        yield from _unguarded(small, room)


@contextmanager
def _on_a_small_disk(site: Site) -> Iterator[tuple[Site, Room] | None]:
    """Give the site a copy of its database on a disk of its own; None where that cannot be."""
    if site.postgres is not None:
        with _small_tablespace(site) as found:
            yield found
        return
    place = site.folder / "small-disk"
    place.mkdir()
    with _mounted(place, _DISK_MEGABYTES["sqlite"]) as is_disk:
        site.manage("backup", "--to", site.folder / "for-the-disk")
        [backup] = (site.folder / "for-the-disk").glob("*.sqlite3")
        small = site.on(f"sqlite:///{place / 'hubs.sqlite3'}")
        small.manage("restore", backup)
        yield small, SmallDisk(place) if is_disk else SizeLimit(place)


@contextmanager
def _small_tablespace(site: Site) -> Iterator[tuple[Site, Room] | None]:
    """The same for PostgreSQL: its tables are on the small disk, its log is not.

    Without room for its log PostgreSQL stops altogether, which is an outage like any other.
    """
    server = site.postgres.url.rpartition("/")[0]  # type: ignore[union-attr]
    # Not in the site's folder: the account that PostgreSQL runs as may not look into it.
    with tempfile.TemporaryDirectory(prefix="hubs-prove-disk-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        with _mounted(place, _DISK_MEGABYTES["postgresql"]) as is_disk:
            if not is_disk:
                yield None
                return
            tables = place / "tables"
            tables.mkdir()
            site.postgres.give_away(tables)  # type: ignore[union-attr]
            portal.let_go()
            with closing(psycopg2.connect(f"{server}/template1")) as connection:
                connection.autocommit = True
                told = connection.cursor()
                told.execute("CREATE TABLESPACE small LOCATION %s", [str(tables)])
                told.execute("CREATE DATABASE small TEMPLATE postgres TABLESPACE small")
                try:
                    yield site.on(f"{server}/small"), SmallDisk(place)
                finally:
                    told.execute("DROP DATABASE small WITH (FORCE)")
                    told.execute("DROP TABLESPACE small")


def _kept(site: Site) -> set[str]:
    """Return the tokens of the questions in a site's database."""
    if site.file is not None:
        return portal.questions_in(site.file)
    with closing(psycopg2.connect(site.env["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT token::text FROM enquiries_enquiry WHERE token IS NOT NULL")
        return {token for [token] in cursor.fetchall()}


def _unguarded(small: Site, room: Room) -> Iterator[Finding]:
    census = Census()
    with small.node(1, settings="prove.unguarded") as node:
        room.take(node)
        _ask_until_refused(node, census)
        room.give_back(node)
    yield control("500 with the disk full and Django's own error page", census.faults())


def _ask_until_refused(node: Node, census: Census) -> int:
    """Ask until enough questions were not taken; return how many of them were refused with 503."""
    refused = 0
    for _ in range(_MOST_QUESTIONS):
        refused += _ask(node, census, 1)
        if max(refused, census.faults()) >= _ENOUGH_REFUSALS:
            break
    return refused


def _ask(node: Node, census: Census, count: int, *, retry: bool = False) -> int:
    """Ask so many questions, long ones; return how many were refused."""
    refused, visitor = 0, Visitor([node.port])
    for _ in range(count):
        token, form = portal.question()
        form["words"] += " And so on." * 300
        if retry:
            visitor.post_until_acknowledged(portal.ASK, form, census, token)
            continue
        status, _ = visitor.post(portal.ASK, form)
        census.statuses[status] += 1
        if status == "302":
            census.acknowledged[token] = status
        refused += status == "503"
    visitor.leave()
    return refused


@contextmanager
def _mounted(place: Path, megabytes: int) -> Iterator[bool]:
    """Mount a small disk in memory at a folder, if this account may; give whether it did."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "hubs-prove", str(place)]
    mounted = (
        shutil.which("mount") is not None
        and subprocess.run(words, capture_output=True, check=False).returncode == 0
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)
