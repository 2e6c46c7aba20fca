"""Files of postcodes, read row by row: ours, OS Code-Point Open, and the directories of the ONS.

Pure: nothing here touches the database. `hubs.actions.take_in_postcodes` stores what `PostcodeFiles` gives.

Code-Point Open (Ordnance Survey's user guide to it) has ten columns and no header. The ONS Postcode Directory
and the National Statistics Postcode Lookup (the ONS's user guides) have a header whose names change from year
to year (`oseast1m` became `east1m`, `oslaua` became `lad25cd`), so columns are found by pattern. Ours has a
header too: postcode, easting, northing, latitude, longitude, local_authority, ward, in_use.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TextIO

from hubs.errors import ImportRefused
from hubs.postcodes import NotAPostcode, normalise

PROBLEMS_SHOWN = 20
LINES_BETWEEN_REPORTS = 5_000

# The first pattern that some column matches wins: ONS gives each postcode in three shapes.
_COLUMNS = {
    "postcode": ("postcode", "pcds", "pcd2|pcd8", "pcd|pcd7"),
    "easting": ("eastings?", "(os)?east1m"),
    "northing": ("northings?", "(os)?n(o)?rth1m"),
    "authority": ("local_authority", "(os)?laua", r"lad\d\dcd", "admin_district_code"),
    "latitude": ("lat(itude)?",),
    "longitude": ("long(itude)?",),
    "ward": ("ward",),
    "in_use": ("in_use",),
    "ended": ("doterm",),
    "quality": ("(os)?gr(i)?d_?ind", "positional_quality_indicator"),
}
_NEEDED = ("postcode", "easting", "northing", "authority")
_CODE_POINT = {"postcode": 0, "quality": 1, "easting": 2, "northing": 3, "authority": 8}
_CODE_POINT_WIDTH = 10
# Quality "no grid reference": 9 in the ONS directories, 90 in Code-Point Open.
_NO_GRID_REFERENCE = ("9", "90")
_AUTHORITY = re.compile(r"[A-Z][0-9]{8}|")
_METRES = re.compile(r"[0-9]{1,7}", re.ASCII)
# The National Grid, in metres.
_EASTERNMOST, _NORTHERNMOST = 700_000, 1_300_000
# Great Britain, in degrees, with sea around it.
_LATITUDES, _LONGITUDES = (49.0, 61.5), (-9.5, 2.5)
_LONGEST_WARD = 60


class PostcodeRow(NamedTuple):
    """One postcode as a file gives it. None: the file does not say."""

    code: str
    easting: int
    northing: int
    latitude: float | None
    longitude: float | None
    local_authority: str
    ward: str | None
    in_use: bool


class CodeSet:
    """A set of canonical postcodes that stays small: one bit each, 3 MB for the whole country."""

    def __init__(self) -> None:
        self._by_outcode: dict[str, bytearray] = {}

    def add(self, code: str) -> bool:
        """Add a postcode; return whether it was new."""
        outward, place, bit = self._find(code)
        bits = self._by_outcode.setdefault(outward, bytearray(845))
        new = not bits[place] & bit
        bits[place] |= bit
        return new

    def __contains__(self, code: str) -> bool:
        outward, place, bit = self._find(code)
        bits = self._by_outcode.get(outward)
        return bits is not None and bool(bits[place] & bit)

    @staticmethod
    def _find(code: str) -> tuple[str, int, int]:
        outward, _, inward = code.partition(" ")
        number = (int(inward[0]) * 26 + ord(inward[1]) - 65) * 26 + ord(inward[2]) - 65
        return outward, number >> 3, 1 << (number & 7)


class _RowProblem(Exception):
    """One row that cannot be taken in; the text says why."""


@dataclass
class PostcodeFiles:
    """Files of postcodes to be read once, in order; afterwards it tells what it left out.

    `authorities` are local authority codes; if there are any, postcodes elsewhere are left out. `report` is
    called every `LINES_BETWEEN_REPORTS` lines with the lines read and the share of the bytes read, 0 to 1.
    """

    paths: Sequence[Path]
    authorities: Collection[str] = ()
    report: Callable[[int, float], None] = lambda lines, share: None

    lines: int = 0
    elsewhere: int = 0
    """Postcodes of other authorities than those asked for."""
    without_place: int = 0
    """Postcodes that the source gives no place on the National Grid: none at all, or on the Irish Grid."""
    of_old_shape: int = 0
    """Postcodes out of use whose shape no postcode has today, such as W1M 1AA."""
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0
    _seen: CodeSet = field(default_factory=CodeSet)

    def rows(self) -> Iterator[PostcodeRow]:
        """Yield each postcode with a place.

        Raises ImportRefused if a file cannot be read or is of no known kind, at the end if any row was wrong
        (the first `PROBLEMS_SHOWN` are named), and if there was no postcode at all. After the first wrong row
        nothing more is yielded, only checked.
        """
        kept = 0
        for path in self.paths:
            for row in self._rows_of(path):
                if not self.problem_count:
                    kept += 1
                    yield row
        if self.problem_count:
            more = self.problem_count - len(self.problems)
            raise ImportRefused(
                [*self.problems, *([f"… and {more:,} more rows that are wrong."] if more else [])]
            )
        if not kept:
            names = ", ".join(str(path) for path in self.paths)
            where = f" of {', '.join(sorted(self.authorities))}" if self.authorities else ""
            raise ImportRefused([f"{names} has no postcode{where}."])

    def _rows_of(self, path: Path) -> Iterator[PostcodeRow]:
        lines_before = self.lines
        with _opened(path) as (text, share):
            table = csv.reader(text, strict=True)
            try:
                first = next((row for row in table if row), None)
                if first is None:
                    raise ImportRefused([f"{path} is empty."])
                columns = _columns_of(first, path)
                if columns.has_header:
                    first = None
                for row in _with_first(first, table):
                    self.lines = lines_before + table.line_num
                    if self.lines % LINES_BETWEEN_REPORTS == 0:
                        self.report(self.lines, share())
                    if row and (found := self._checked(row, columns, path, table.line_num)):
                        yield found
            except csv.Error as error:
                raise ImportRefused([f"{path}, line {table.line_num}: is not CSV ({error})."]) from error
            except UnicodeDecodeError as error:
                raise ImportRefused(
                    [f"{path}, near line {table.line_num + 1}: is not UTF-8. Save it as “CSV UTF-8”."]
                ) from error

    def _checked(self, row: list[str], columns: _Columns, path: Path, line: int) -> PostcodeRow | None:
        try:
            return self._row(row, columns)
        except _RowProblem as problem:
            self.problem_count += 1
            if len(self.problems) < PROBLEMS_SHOWN:
                self.problems.append(f"{path}, line {line}: {problem}.")
            return None

    def _row(self, row: list[str], columns: _Columns) -> PostcodeRow | None:
        if len(row) != columns.width:
            raise _RowProblem(f"has {len(row)} columns instead of {columns.width}")
        authority = row[columns.authority].strip()
        if self.authorities and authority not in self.authorities:
            self.elsewhere += 1
            return None
        if not _AUTHORITY.fullmatch(authority):
            raise _RowProblem(f"“{authority}” is not a local authority code such as E09000030")
        place = columns.metres(row)
        # Northern Ireland's places are on the Irish Grid, from which metres to London cannot be told.
        if place is None or authority.startswith("N"):
            self.without_place += 1
            return None
        in_use = columns.is_in_use(row)
        code = _code(row[columns.postcode])
        if code is None and not in_use:
            self.of_old_shape += 1
            return None
        if code is None:
            raise _RowProblem(f"“{row[columns.postcode]}” is not a postcode")
        if not self._seen.add(code):
            raise _RowProblem(f"{code} comes a second time")
        latitude, longitude = columns.degrees(row)
        ward = columns.ward_name(row)
        return PostcodeRow(code, *place, latitude, longitude, authority, ward, in_use)


@dataclass(frozen=True)
class _Columns:
    """Which column of a file holds what."""

    width: int
    has_header: bool
    postcode: int
    easting: int
    northing: int
    authority: int
    latitude: int | None = None
    longitude: int | None = None
    ward: int | None = None
    in_use: int | None = None
    ended: int | None = None
    quality: int | None = None

    def metres(self, row: list[str]) -> tuple[int, int] | None:
        """Return easting and northing, None where the source says that it has none."""
        easting, northing = row[self.easting].strip(), row[self.northing].strip()
        if self.quality is not None and row[self.quality].strip() in _NO_GRID_REFERENCE:
            return None
        if not easting and not northing:
            return None
        if not (_METRES.fullmatch(easting) and _METRES.fullmatch(northing)):
            raise _RowProblem(f"“{easting}”, “{northing}” are not an easting and a northing in whole metres")
        place = int(easting), int(northing)
        if place == (0, 0):
            return None
        if place[0] > _EASTERNMOST or place[1] > _NORTHERNMOST:
            raise _RowProblem(f"{place[0]}, {place[1]} is not in Great Britain")
        return place

    def degrees(self, row: list[str]) -> tuple[float, float] | tuple[None, None]:
        """Return latitude and longitude, or two times None."""
        if self.latitude is None or self.longitude is None:
            return None, None
        latitude, longitude = row[self.latitude].strip(), row[self.longitude].strip()
        if not latitude and not longitude:
            return None, None
        try:
            place = float(latitude), float(longitude)
        except ValueError:
            place = 0.0, 0.0
        if not (_LATITUDES[0] <= place[0] <= _LATITUDES[1] and _LONGITUDES[0] <= place[1] <= _LONGITUDES[1]):
            raise _RowProblem(f"“{latitude}”, “{longitude}” are not degrees of a place in Great Britain")
        return place

    def is_in_use(self, row: list[str]) -> bool:
        """Return whether the postcode is in use today; a file without such a column has only those."""
        if self.in_use is not None:
            value = row[self.in_use].strip()
            if value not in ("0", "1"):
                raise _RowProblem(f"in_use is “{value}” instead of 1 or 0")
            return value == "1"
        return self.ended is None or not row[self.ended].strip()

    def ward_name(self, row: list[str]) -> str | None:
        """Return the ward's name, None where the file has only codes."""
        if self.ward is None:
            return None
        name = row[self.ward].strip()
        if len(name) > _LONGEST_WARD or not name.isprintable():
            raise _RowProblem(f"“{name[:_LONGEST_WARD]}” is not the name of a ward")
        return name


def _code(text: str) -> str | None:
    """Return the canonical postcode, None if `text` is none as it stands: no file is mended by guessing."""
    try:
        code = normalise(text)
    except NotAPostcode:
        return None
    return code if code.replace(" ", "") == "".join(text.split()).upper() else None


def _columns_of(first: list[str], path: Path) -> _Columns:
    width = len(first)
    if width == _CODE_POINT_WIDTH and _code(first[0]) and first[1].strip().isdigit():
        return _Columns(width, has_header=False, **_CODE_POINT)
    names = [name.strip().lower() for name in first]
    found = {what: _matching(names, patterns) for what, patterns in _COLUMNS.items()}
    missing = [what for what in _NEEDED if found[what] is None]
    if missing:
        raise ImportRefused(
            [
                f"{path} is neither Code-Point Open (ten columns, no header) nor a file whose first line "
                f"names its columns: none is for {', '.join(missing)}. See docs/facts.md for the names."
            ]
        )
    return _Columns(width, has_header=True, **found)  # type: ignore[arg-type]


def _matching(names: list[str], patterns: Iterable[str]) -> int | None:
    for pattern in patterns:
        for place, name in enumerate(names):
            if re.fullmatch(pattern, name):
                return place
    return None


def _with_first(first: list[str] | None, rest: Iterator[list[str]]) -> Iterator[list[str]]:
    if first is not None:
        yield first
    yield from rest


@contextmanager
def _opened(path: Path) -> Iterator[tuple[TextIO, Callable[[], float]]]:
    """Open a file, compressed or not, as text; with a function that tells the share of it read so far."""
    try:
        with path.open("rb") as raw:
            size = path.stat().st_size
            start = raw.peek(4)[:4]  # type: ignore[attr-defined]
            if start.startswith(b"PK"):
                raise ImportRefused([f"{path} is a zip archive or a spreadsheet: name the CSV file in it."])
            compressed = start.startswith(b"\x1f\x8b")
            with gzip.GzipFile(fileobj=raw) if compressed else nullcontext(raw) as unpacked:
                text = io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="")
                yield text, lambda: raw.tell() / size if size else 0.0
    except IsADirectoryError as error:
        raise ImportRefused([f"{path} is a folder: name the CSV file in it."]) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ImportRefused([f"{path} is damaged or cut off: fetch it again."]) from error
    except OSError as error:
        raise ImportRefused([f"{path} cannot be read: {error.strerror}."]) from error
