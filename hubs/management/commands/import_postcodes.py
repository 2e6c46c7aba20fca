"""Import unit postcodes and their places from a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hubs.actions import PostcodesTaken, take_in_postcodes
from hubs.errors import ImportRefused
from hubs.postcode_files import PostcodeFiles


class Command(BaseCommand):
    """All or nothing: a file with one wrong row changes nothing."""

    help = (
        "Import postcodes from our CSV, OS Code-Point Open, or the ONS's ONSPD or NSPL, plain or gzipped. "
        "Postcodes that are not in the file stay, unless --replace is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--authority",
            action="append",
            default=[],
            metavar="CODE",
            help="take in only postcodes of this local authority, such as E09000030; may be repeated",
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="remove every postcode that is not taken in from these files",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        files = PostcodeFiles(options["files"], frozenset(options["authority"]))
        if options["verbosity"] and self.stderr.isatty():
            files.report = self._show_progress
        try:
            taken = take_in_postcodes(files.rows(), replace=options["replace"], dry_run=options["dry_run"])
        except ImportRefused as refused:
            raise CommandError("Nothing was changed.\n" + "\n".join(refused.problems)) from refused
        finally:
            if files.report == self._show_progress:
                self.stderr.write("\r\033[K", ending="")
        if options["verbosity"]:
            self._report(taken, files, dry_run=options["dry_run"])

    def _show_progress(self, lines: int, share: float) -> None:
        self.stderr.write(f"\r{lines:,} lines, {share:.0%} of this file", ending="")
        sys.stderr.flush()

    def _report(self, taken: PostcodesTaken, files: PostcodeFiles, *, dry_run: bool) -> None:
        self.stdout.write(
            f"Postcodes: {taken.added:,} added, {taken.changed:,} changed, {taken.unchanged:,} as before, "
            f"{taken.removed:,} removed."
        )
        for count, words in (
            (files.elsewhere, "of other local authorities"),
            (files.without_place, "without a place on the National Grid"),
            (files.of_old_shape, "out of use and of a shape that no postcode has today"),
        ):
            if count:
                self.stdout.write(f"Left out: {count:,} {words}.")
        if dry_run:
            self.stdout.write("This was a dry run: nothing was changed.")
