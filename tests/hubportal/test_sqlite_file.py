"""The database file replaced, missing or read-only while the portal runs: no acknowledged write is lost."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import OperationalError, close_old_connections, connections, transaction

from hubportal.sqlite import base
from tests.enquiries.asking import ANSWERS, hidden
from tests.reading import Reading

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connections["default"].vendor != "sqlite", reason="about SQLite's file"),
]


@pytest.fixture
def file(topics, asker, shared_database, settings) -> Path:
    """The portal's database in a file, and a browser that is shown errors as anybody would be."""
    settings.OUTAGE_WAIT_SECONDS = 1
    asker.client.raise_request_exception = False
    return Path(connections["default"].settings_dict["NAME"])


def beside(file: Path, name: str) -> Path:
    return file.with_name(file.name + name)


def replace(file: Path) -> None:
    """Put a copy where the database stands, as `manage.py restore` does: the old file goes first."""
    with sqlite3.connect(file) as old, sqlite3.connect(beside(file, ".copy")) as copy:
        old.backup(copy)
    old.close()
    copy.close()
    for part in ("", "-wal", "-shm"):
        if beside(file, part).exists():
            beside(file, part).rename(beside(file, f".replaced{part}"))
    beside(file, ".copy").rename(file)
    # What the web server does before each request, and the test's client does not.
    close_old_connections()


def empty_the_hubs_and_replace(file: Path) -> None:
    with transaction.atomic():
        connections["default"].cursor().execute("DELETE FROM hubs_topicoffer")
        shutil.copy(file, beside(file, ".copy"))
        beside(file, ".copy").rename(file)


def count(file: Path) -> int:
    """How many questions another process would find in the file."""
    with sqlite3.connect(file) as reader:
        [[found]] = reader.execute("SELECT count(*) FROM enquiries_enquiry")
    reader.close()
    return found


def test_questions_asked_after_the_file_was_replaced_are_in_the_new_file(asker, file):
    asker.ask()
    replace(file)
    answer = asker.ask()

    assert (answer.status_code, count(file), count(beside(file, ".replaced"))) == (302, 2, 1)


def test_without_looking_at_the_file_the_question_would_be_lost(asker, file, monkeypatch):
    """The negative control: Django's own engine acknowledges what nobody will find again."""
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: True)
    asker.ask()
    replace(file)
    answer = asker.ask()

    assert (answer.status_code, count(file)) == (302, 1)


def test_a_file_replaced_during_the_transaction_makes_the_commit_fail(file):
    with pytest.raises(OperationalError, match="replaced during the transaction"):
        empty_the_hubs_and_replace(file)


def test_a_web_server_makes_no_empty_database_where_the_file_is_missing(asker, file, monkeypatch):
    monkeypatch.setattr(base, "_may_make_files", False)
    form = hidden(Reading(asker.client.get(asker.path))) | ANSWERS | {"step": "check"}
    file.rename(beside(file, ".away"))
    close_old_connections()
    missing = asker.client.post(asker.path, form)
    is_made = file.exists()
    beside(file, ".away").rename(file)
    back = asker.client.get(asker.path)

    assert (missing.status_code, is_made, back.status_code) == (503, False, 200)
    assert ANSWERS["words"] in missing.content.decode()


def test_a_connection_that_has_become_read_only_is_made_anew(asker, file):
    connections["default"].cursor().execute("PRAGMA query_only = ON")
    answer = asker.ask()

    assert (answer.status_code, count(file)) == (302, 1)


def test_with_a_full_disk_pages_go_on_and_it_recovers_unaided(asker, file):
    asker.ask()
    # Pages that an earlier test has left free would take the stories.
    connections["default"].cursor().execute("VACUUM")
    # The smallest that SQLite takes is the size the file has: no page more fits.
    connections["default"].cursor().execute("PRAGMA max_page_count = 1")
    stories = [asker.ask(words="A long story. " * 300) for _ in range(4)]
    statuses = {each.status_code for each in stories}
    reading = asker.client.get("/hubs/bow/").status_code
    connections["default"].cursor().execute("PRAGMA max_page_count = 1000000")
    after = asker.ask()

    assert (503 in statuses, statuses <= {302, 503}, reading, after.status_code) == (True, True, 200, 302)
    assert count(file) == 2 + [each.status_code for each in stories].count(302)
