from datetime import UTC, datetime, timedelta

import pytest

from hubportal.backups.notes import (
    BackupFault,
    Note,
    check_sum,
    differences,
    name_for,
    path_of,
    read,
    to_rotate,
)

AT = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
MONTH = timedelta(days=35)


def named(days_ago: float, suffix: str = ".sqlite3") -> str:
    return name_for(AT - timedelta(days=days_ago), suffix)


def test_the_name_tells_the_moment_in_utc():
    assert named(0) == "hubs-20261122T143000Z.sqlite3"


def test_what_is_older_than_the_time_kept_is_rotated_away():
    names = [named(days) for days in (0, 1, 2, 34, 35, 35.1, 36, 400)]

    assert to_rotate(reversed(names), AT, MONTH) == [named(400), named(36), named(35.1)]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_newest_three_stay_however_old(count):
    assert to_rotate([named(900 + days) for days in range(count)], AT, MONTH) == []


def test_each_kind_of_backup_is_rotated_and_nothing_else():
    new = [named(days) for days in range(3)]
    old = [named(50 + days, suffix) for days, suffix in enumerate((".dump", ".dump.gpg", ".sqlite3.age"))]
    others = ["hubs.sqlite3", "notes.txt", named(90) + ".json", named(90) + ".partial", "x" + named(90)]

    assert to_rotate(new + old + others, AT, MONTH) == old[::-1]


def test_a_note_is_read_back_for_the_same_content(tmp_path):
    backup = tmp_path / "hubs.sqlite3"
    backup.write_bytes(b"content")
    note = Note("2026-11-22T14:30:00+0000", ".sqlite3", {"hubs_hub": 5, "hubs_topic": 2}, check_sum(backup))
    note.write(backup)

    assert (read(backup), note.rows, path_of(backup).stat().st_mode & 0o777) == (note, 7, 0o600)


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"made_at": 1}'])
def test_a_backup_without_its_note_is_not_trusted(text, tmp_path):
    backup = tmp_path / "hubs.sqlite3"
    backup.write_bytes(b"content")
    if text is not None:
        path_of(backup).write_text(text)

    with pytest.raises(BackupFault, match="has no note"):
        read(backup)


def test_a_backup_that_was_changed_since_is_not_trusted(tmp_path):
    backup = tmp_path / "hubs.sqlite3"
    backup.write_bytes(b"content")
    Note("2026-11-22T14:30:00+0000", ".sqlite3", {}, check_sum(backup)).write(backup)
    backup.write_bytes(b"Content")

    with pytest.raises(BackupFault, match="check sum differs"):
        read(backup)


def test_differences_name_the_tables():
    assert differences({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 1, "d": 0}) == [
        "b: 1 rows, 2 expected",
        "c: no table rows, 3 expected",
        "d: 0 rows, no table expected",
    ]
