"""A disk without room: reading goes on, writing is 503, and it recovers without anybody's help. SQLite."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from prove import portal
from prove.findings import Finding, control, exactly, none_of
from prove.site import Node, Site
from prove.tiers import Tier
from prove.visitors import Census, Visitor

_DISK_MEGABYTES = 24
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
    if site.file is None:
        return
    with _room(site.folder) as room:
        file = room.folder / "hubs.sqlite3"
        site.manage("backup", "--to", site.folder / "for-the-disk")
        [backup] = (site.folder / "for-the-disk").glob("*.sqlite3")
        small = site.on(f"sqlite:///{file}")
        small.manage("restore", backup)
        start, census, pages, refused = len(portal.questions_in(file)), Census(), [], 0
        with small.node(2) as node:
            for _ in range(tier.disk_rounds):
                room.take(node)
                refused += _ask_until_refused(node, census)
                pages += [node.answers(path) for path in ("/hubs/", "/find/", "/ask/", "/readyz")]
                room.give_back(node)
                _ask(node, census, 10, retry=True)
        kept = portal.questions_in(file)
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
        yield exactly("questions kept once there is room again", len(kept) - start, len(census.acknowledged))
        yield from _unguarded(small, room)


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
def _room(folder: Path) -> Iterator[Room]:
    place = folder / "small-disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MEGABYTES}m", "hubs-prove", str(place)]
    mounted = (
        shutil.which("mount") and subprocess.run(words, capture_output=True, check=False).returncode == 0
    )
    try:
        yield SmallDisk(place) if mounted else SizeLimit(place)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)
