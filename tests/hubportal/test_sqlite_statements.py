"""Statements in SQLite's words: put there once, and the same as Django's own."""

import pytest
from django.db import connection

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
