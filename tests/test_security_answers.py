"""The answers in docs/security.md and docs/asvs.md are whole, and the tests they name exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = {"met", "partly", "council", "not ours"}
THREATS = 34

LEVELS_1_AND_2 = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
"""Sections of ASVS 5.0.0 and how many of their requirements are of level 1 or 2; these come first in each."""


def rows(name: str) -> list[list[str]]:
    """The cells of every table row of a document that begins with a number."""
    lines = (ROOT / "docs" / name).read_text("utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d", line)
    ]


def every_test() -> set[str]:
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found |= set(re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE))
    return found


def named(cells: list[str]) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", cells[-1]))


def test_every_requirement_of_levels_one_and_two_is_answered_once():
    wanted = [
        f"{section}.{number}" for section, count in LEVELS_1_AND_2.items() for number in range(1, count + 1)
    ]

    assert len(wanted) == 253
    assert [cells[0] for cells in rows("asvs.md")] == wanted


def test_every_answer_is_one_of_four_and_says_how():
    odd = [
        cells[0] for cells in rows("asvs.md") if len(cells) != 5 or cells[2] not in ANSWERS or not cells[3]
    ]

    assert odd == []


def test_every_threat_is_answered_once():
    assert [int(cells[0]) for cells in rows("security.md")] == list(range(1, THREATS + 1))


def test_every_test_that_is_named_exists():
    known = every_test()
    missing = {
        cells[0]: sorted(named(cells) - known)
        for name in ("asvs.md", "security.md")
        for cells in rows(name)
        if named(cells) - known
    }

    assert missing == {}


def test_most_answers_of_ours_are_shown_by_a_test():
    ours = [cells for cells in rows("asvs.md") if cells[2] in ("met", "partly")]

    assert len([cells for cells in ours if named(cells)]) >= 90
