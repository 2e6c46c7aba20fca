"""Backups under the eyes of a clock: what is written, what is refused, what a restore brings back."""

import json
import re
import shutil
import sqlite3
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection, connections

from enquiries.models import Enquiry
from hubportal.backups import making, notes
from tests.conftest import MONDAY_NOON
from tests.enquiries.asking import asker, clock
from tests.enquiries.racing import shared_database
from tests.programs import needs

__all__ = ["asker", "clock", "shared_database"]

pytestmark = pytest.mark.django_db(transaction=True)
only_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL's databases")
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's file")


@pytest.fixture
def folder(settings, tmp_path, asker, shared_database) -> Path:
    settings.BACKUP_DIR = str(tmp_path / "backups")
    return tmp_path / "backups"


@pytest.fixture
def backup(folder, capsys):
    """Makes a backup and returns its file."""

    def made() -> Path:
        call_command("backup")
        return Path(capsys.readouterr().out.split(": ")[0])

    return made


@pytest.fixture
def gpg_home(tmp_path_factory, monkeypatch):
    """Makes an empty key ring, in which gpg's agent ends with the test."""
    homes = []

    def made() -> None:
        homes.append(str(tmp_path_factory.mktemp("gpg")))
        monkeypatch.setenv("GNUPGHOME", homes[-1])

    yield made
    for home in homes:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("restore", *words)
    return str(caught.value)


def test_a_backup_is_private_checked_and_says_what_is_in_it(backup, folder, asker, clock):
    asker.ask()
    file = backup()
    note = notes.read(file)

    assert sorted(path.name for path in folder.iterdir()) == [file.name, f"{file.name}.json"]
    assert [path.stat().st_mode & 0o777 for path in (folder, file)] == [0o700, 0o600]
    assert (note.tables["enquiries_enquiry"], note.tables["hubs_hub"]) == (1, 3)


def test_a_restore_brings_back_what_was_there(backup, asker, capsys):
    asker.ask()
    file = backup()
    asker.ask()
    call_command("restore", file, "--yes")
    close_old_connections()

    assert Enquiry.objects.count() == 1
    assert "Restored. The old database is kept as " in capsys.readouterr().out
    assert asker.ask().status_code == 302
    assert Enquiry.objects.count() == 2


def test_a_restore_without_yes_says_what_would_change_and_changes_nothing(backup, asker, folder):
    file = backup()
    asker.ask()
    said = refusal(str(file))

    assert "nothing was changed" in said
    assert "enquiries_enquiry: 1 rows, 0 expected" in said
    assert Enquiry.objects.count() == 1
    assert list(folder.parent.rglob("*restoring*")) == []


@only_postgres
def test_a_restore_that_cannot_put_the_old_database_away_leaves_it_open(backup, asker, clock):
    """Twice in one second, so that the name for the old one is taken."""
    clock.move_to(MONDAY_NOON + timedelta(hours=2))
    asker.ask()
    file = backup()
    call_command("restore", file, "--yes")
    assert "already exists" in refusal(str(file), "--yes")
    close_old_connections()

    assert Enquiry.objects.count() == 1


@only_sqlite
def test_a_restore_where_there_is_no_database_needs_no_yes(backup, asker):
    asker.ask()
    file = backup()
    connection.close()
    for part in Path(connection.settings_dict["NAME"]).parent.glob("shared.sqlite3*"):
        part.unlink()
    call_command("restore", file)

    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_damaged_backup_is_refused(place, backup):
    file = backup()
    content = bytearray(file.read_bytes())
    start = int(len(content) * place)
    content[start : start + 5000] = b"\xff" * 5000
    file.write_bytes(content)
    assert "check sum differs" in refusal(str(file), "--yes")
    # A note made of the damaged file: now the content itself must be looked at.
    true = json.loads(notes.path_of(file).read_text())
    notes.Note(**true | {"sha256": notes.check_sum(file)}).write(file)
    assert "is bad" in refusal(str(file), "--yes")


def test_a_backup_with_a_row_too_few_is_refused(backup, asker):
    asker.ask()
    file = backup()
    true = notes.read(file)
    more = true.tables | {"enquiries_enquiry": 2}
    notes.Note(true.made_at, true.engine, more, true.sha256).write(file)

    assert "enquiries_enquiry: 1 rows, 2 expected" in refusal(str(file), "--yes")


@only_sqlite
def test_a_plain_copy_of_the_running_database_is_flagged_bad(folder, asker):
    """The control: even with a true note beside it, `cp` is no backup."""
    asker.ask()
    live = Path(connection.settings_dict["NAME"])
    folder.mkdir()
    copy = folder / notes.name_for(MONDAY_NOON, ".sqlite3")
    shutil.copy(live, copy)
    counts = making.database_of(connection.settings_dict).counts() or {}
    notes.Note("2026-11-23T12:00:00+0000", ".sqlite3", counts, notes.check_sum(copy)).write(copy)

    assert counts["enquiries_enquiry"] == 1
    assert "copy of a file that was in use" in refusal(str(copy), "--yes")


@only_sqlite
def test_damage_is_found_even_where_the_check_sum_fits(backup):
    file = backup()
    with sqlite3.connect(file) as broken:
        broken.execute("PRAGMA foreign_keys = OFF")
        broken.execute("DELETE FROM hubs_hub WHERE slug = 'bow'")
    broken.close()
    notes.Note("2026-11-23T12:00:00+0000", ".sqlite3", {}, notes.check_sum(file)).write(file)

    assert "a row without its hubs_hub" in refusal(str(file), "--yes")


def test_a_backup_of_the_other_database_is_refused(backup):
    file = backup()
    note = notes.read(file)
    notes.Note(note.made_at, ".other", note.tables, note.sha256).write(file)

    assert "another kind of database" in refusal(str(file), "--yes")


def test_old_backups_go_when_a_new_one_is_good(backup, folder, clock, settings):
    first = backup()
    for days in (1, 2, 40):
        clock.move_to(MONDAY_NOON + timedelta(days=days))
        last = backup()

    assert not first.exists()
    assert not notes.path_of(first).exists()
    assert last.exists()
    assert len(list(folder.glob("*.json"))) == 3


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(folder, settings):
    folder.parent.joinpath("file").write_text("in the way")
    settings.BACKUP_DIR = str(folder.parent / "file" / "backups")

    with pytest.raises(CommandError):
        call_command("backup")


@needs("gpg")
def test_an_encrypted_backup_opens_with_its_key_alone(backup, folder, settings, asker, gpg_home):
    gpg_home()
    key = (
        "--batch",
        "--passphrase",
        "",
        "--quick-generate-key",
        "backup@hubs.example",
        "future-default",
        "default",
        "never",
    )
    subprocess.run(["gpg", *key], check=True, capture_output=True)
    settings.BACKUP_RECIPIENT = "backup@hubs.example"
    asker.ask()
    file = backup()
    sealed = file.read_bytes()
    call_command("restore", file, "--yes")

    assert file.suffix == ".gpg"
    assert (b"SQLite format" in sealed, b"PGDMP" in sealed) == (False, False)
    assert sorted(path.name for path in folder.iterdir()) == [file.name, f"{file.name}.json"]
    connections.close_all()
    assert Enquiry.objects.count() == 1
    gpg_home()
    assert "gpg: " in refusal(str(file), "--yes")


@pytest.fixture
def age_key(tmp_path):
    """Makes a key of age's and returns the file with it, and who backups are for."""

    def made(name: str) -> tuple[str, str]:
        file = tmp_path / name
        said = subprocess.run(["age-keygen", "-o", file], check=True, capture_output=True, text=True)
        return str(file), re.search(r"age1\w+", said.stderr)[0]

    return made


@needs("age")
def test_a_backup_for_age_opens_with_its_key_alone(backup, folder, settings, asker, age_key, clock):
    clock.move_to(MONDAY_NOON + timedelta(hours=1))
    ours, settings.BACKUP_RECIPIENT = age_key("ours")
    asker.ask()
    file = backup()
    sealed = file.read_bytes()
    asker.ask()
    call_command("restore", file, "--yes", "--identity", ours)

    assert (file.suffix, file.stat().st_mode & 0o777) == (".age", 0o600)
    assert sealed.startswith(b"age-encryption.org/v1")
    assert (b"SQLite format" in sealed, b"PGDMP" in sealed) == (False, False)
    assert sorted(path.name for path in folder.iterdir()) == [file.name, f"{file.name}.json"]
    connections.close_all()
    assert Enquiry.objects.count() == 1
    assert "needs the file with its key" in refusal(str(file), "--yes")
    assert "age: " in refusal(str(file), "--yes", "--identity", age_key("somebody else's")[0])


@needs("age")
def test_a_recipient_that_age_does_not_take_makes_no_backup(folder, settings):
    settings.BACKUP_RECIPIENT = "age1nobody"
    with pytest.raises(CommandError, match="age: "):
        call_command("backup")

    assert list(folder.iterdir()) == []


def test_an_unknown_recipient_makes_no_backup(folder, settings, gpg_home):
    gpg_home()
    settings.BACKUP_RECIPIENT = "nobody@hubs.example"
    with pytest.raises(CommandError):
        call_command("backup")

    assert list(folder.iterdir()) == []
