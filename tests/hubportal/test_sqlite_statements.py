"""Statements in SQLite's words: put there once, and the same as Django's own."""

import sqlite3
from threading import Thread

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from hubportal.sqlite.base import CursorInTransaction
from hubs.models import Hub

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite's cursor"),
]


@pytest.mark.parametrize("times", [1, 2])
def test_a_per_cent_sign_stays_where_parameters_are_given(times):
    with connection.cursor() as cursor:
        for number in range(times):
            cursor.execute("SELECT %s || '%%s' || '%%', 7 %% 4", [f"a%s{number}"])
            assert cursor.fetchone() == (f"a%s{number}%s%", 3)


def test_parameters_may_have_names():
    with connection.cursor() as cursor:
        for word in ("one", "two"):
            cursor.execute("SELECT %(word)s || %(word)s", {"word": word})
            assert cursor.fetchone() == (word * 2,)


def test_a_statement_of_any_length_is_sent():
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " " * 9_000 + "+".join(["%s"] * 500), [1] * 500)
        assert cursor.fetchone() == (500,)


def test_the_shorter_cursor_is_for_transactions_that_nobody_watches(monkeypatch):
    assert isinstance(connection.cursor(), CursorInTransaction)
    with CaptureQueriesContext(connection) as seen, connection.cursor() as logged:
        logged.execute("SELECT 1")
    told = []

    def watch(execute, sql, params, many, context):
        told.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch), connection.cursor() as watched:
        watched.execute("SELECT 2")
    monkeypatch.setattr(connections["default"], "in_atomic_block", False)

    assert type(connection.cursor()) is CursorWrapper
    assert ([each["sql"] for each in seen], told) == (["SELECT 1"], ["SELECT 2"])


def test_rows_come_as_from_any_cursor():
    rows = "SELECT value FROM json_each(%s)"
    with connection.cursor() as cursor:
        cursor.execute(rows, ["[1, 2, 3, 4, 5]"])
        assert (cursor.fetchone(), cursor.fetchmany(2), list(cursor)) == ((1,), [(2,), (3,)], [(4,), (5,)])
        cursor.execute(rows, ["[6, 7]"])
        assert (cursor.fetchall(), cursor.fetchone()) == ([(6,), (7,)], None)
    with pytest.raises(DatabaseError):
        cursor.execute("SELECT 1")


def test_errors_are_those_of_django(hubs):
    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(OperationalError) as unknown:
            cursor.execute("SELECT nothing")
        with pytest.raises(IntegrityError):
            cursor.executemany("UPDATE hubs_hub SET slug = %s", [["same"], ["again"]])

    assert isinstance(unknown.value.__cause__, sqlite3.OperationalError)
    assert connection.errors_occurred


def test_nothing_is_sent_in_a_transaction_that_is_to_be_rolled_back(hubs):
    with transaction.atomic():
        cursor = connection.cursor()
        transaction.set_rollback(True)
        for send in (lambda: cursor.execute("SELECT 1"), lambda: cursor.executemany("SELECT %s", [[1]])):
            with pytest.raises(TransactionManagementError):
                send()

    assert Hub.objects.count() == 3


def test_another_thread_is_refused_the_connection():
    own, refused = connections["default"], []

    def use():
        try:
            own.cursor()
        except DatabaseError as refusal:
            refused.append(refusal)

    thread = Thread(target=use)
    thread.start()
    thread.join()

    assert len(refused) == 1


def test_what_went_wrong_is_told_and_not_that_the_cursor_could_not_be_closed():
    cursor = CursorInTransaction(sqlite3.connect(":memory:"))
    cursor.db = connections["default"]

    def fail():
        with cursor:
            cursor.connection.close()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
