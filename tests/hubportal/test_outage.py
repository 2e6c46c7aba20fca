"""A database that is away, full or read-only: who waits, who is told, and that nothing typed is lost."""

import sqlite3
import time
from contextlib import contextmanager

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from hubportal import errors
from hubportal.outage import Outage, may_be_sent_twice, outage_behind, outage_of
from hubs.models import Service

FORM = {"token": "minted", "words": "The <b>ceiling</b> leaks.\nSince “Monday”.", "kept": ["one", "two"]}


@login_not_required
def read(request):
    return HttpResponse(str(Service.objects.count()))


@login_not_required
def write(request):
    _, is_new = Service.objects.get_or_create(slug=request.POST["token"], name_en=request.POST["words"])
    return HttpResponse(f"{is_new} {request.POST.getlist('kept')}", status=201)


@login_not_required
def without_database(request):
    return HttpResponse("no database")


urlpatterns = [path("read/", read), path("write/", write), path("without/", without_database)]
handler400 = "hubportal.errors.bad_request"
handler500 = "hubportal.errors.server_error"


class Away:
    """A database that fails every statement until told otherwise, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.until = 0.0
        self.times = 0

    def __call__(self, execute, sql, params, many, context):
        if time.monotonic() >= self.until and self.asked >= self.times:
            return execute(sql, params, many, context)
        self.asked += 1
        raise OperationalError("could not connect to server at 10.0.0.5")

    @contextmanager
    def for_(self, *, seconds: float = 0, statements: int = 0):
        self.until = time.monotonic() + seconds
        self.asked, self.times = 0, statements
        with connection.execute_wrapper(self):
            yield


@pytest.fixture
def away(db):
    return Away()


@pytest.fixture
def visitor(client, settings, db):
    settings.ROOT_URLCONF = __name__
    settings.OUTAGE_WAIT_SECONDS = 0.6
    client.raise_request_exception = False
    return client


def from_sqlite(work) -> BaseException:
    """What Django makes of a real error of SQLite's."""
    with pytest.raises(DatabaseError) as caught, connection.wrap_database_errors:
        work()
    return caught.value


def full(tmp_path) -> None:
    with sqlite3.connect(tmp_path / "full") as small:
        small.execute("PRAGMA max_page_count = 2")
        small.execute("CREATE TABLE t (words)")
        small.execute("INSERT INTO t VALUES (zeroblob(9000))")


def read_only(tmp_path) -> None:
    sqlite3.connect(tmp_path / "file").execute("CREATE TABLE t (words)")
    sqlite3.connect(f"file:{tmp_path / 'file'}?mode=ro", uri=True).execute("DELETE FROM t")


def missing(tmp_path) -> None:
    sqlite3.connect(f"file:{tmp_path / 'missing'}?mode=rw", uri=True)


def damaged(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"this is no database" * 100)
    sqlite3.connect(tmp_path / "file").execute("SELECT 1 FROM t")


def locked(tmp_path) -> None:
    first = sqlite3.connect(tmp_path / "file", isolation_level=None)
    first.execute("BEGIN IMMEDIATE")
    sqlite3.connect(tmp_path / "file", isolation_level=None, timeout=0).execute("BEGIN IMMEDIATE")


def no_such_table(tmp_path) -> None:
    sqlite3.connect(":memory:").execute("SELECT 1 FROM nowhere")


@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite itself")
@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (full, Outage.REFUSING),
        (read_only, Outage.READ_ONLY),
        (missing, Outage.AWAY),
        (damaged, Outage.REFUSING),
        (locked, Outage.REFUSING),
        (no_such_table, None),
    ],
)
def test_what_sqlite_says_is_understood(work, kind, tmp_path, db):
    assert outage_of(from_sqlite(lambda: work(tmp_path))) is kind


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL itself")
@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        ("SET LOCAL statement_timeout = 10; SELECT pg_sleep(1)", Outage.REFUSING),
        ("SET TRANSACTION READ ONLY; DELETE FROM hubs_service", Outage.REFUSING),
        ("SELECT 1 FROM nowhere", None),
        ("SELECT 1 / 0", None),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_what_postgresql_says_is_understood(statements, kind):
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements)
    assert outage_of(caught.value) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OperationalError("server closed the connection unexpectedly"), Outage.AWAY),
        (InterfaceError("connection already closed"), Outage.AWAY),
        (DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq"), Outage.AWAY),
        (InternalError("current transaction is aborted"), None),
        (IntegrityError("UNIQUE constraint failed"), None),
        (ValueError("OperationalError"), None),
        (None, None),
    ],
)
def test_other_errors_are_outages_only_where_the_database_is_the_cause(error, kind):
    assert outage_of(error) is kind


def test_an_outage_is_found_behind_what_it_led_to():
    error = ValueError("the session could not be saved")
    error.__context__ = OperationalError("away")

    assert (outage_behind(error), outage_behind(ValueError("bad"))) == (Outage.AWAY, None)


@pytest.mark.parametrize(
    ("method", "fields", "twice"),
    [
        ("get", {}, True),
        ("head", {}, True),
        ("post", {"token": "x"}, True),
        ("post", {"stamp": "x"}, True),
        ("post", {"token": ""}, False),
        ("post", {"words": "x"}, False),
        ("put", {"token": "x"}, False),
    ],
)
def test_reading_and_forms_with_a_token_may_be_sent_twice(method, fields, twice):
    assert may_be_sent_twice(getattr(RequestFactory(), method)("/", fields)) is twice


def test_a_page_waits_until_the_database_is_back(visitor, away):
    with away.for_(seconds=0.3):
        response = visitor.get("/read/")

    assert (response.status_code, response.content) == (200, b"0")
    assert away.asked > 0, "nothing was watched"


def test_a_form_with_its_token_is_tried_again_and_counts_once(visitor, away):
    with away.for_(statements=2):
        response = visitor.post("/write/", FORM)

    assert (response.status_code, response.content.decode()) == (201, "True ['one', 'two']")
    assert [each.name_en for each in Service.objects.all()] == [FORM["words"]]


def test_a_form_without_a_token_is_not_sent_twice(visitor, away):
    with away.for_(statements=1):
        response = visitor.post("/write/", FORM | {"token": ""})

    assert (response.status_code, Service.objects.count()) == (503, 0)


def test_when_it_stays_away_the_answer_is_503_and_later_ones_do_not_wait(visitor, away):
    taken = []
    with away.for_(seconds=60):
        for _ in range(2):
            started = time.monotonic()
            response = visitor.get("/read/")
            taken.append(time.monotonic() - started)
            assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
            assert "10.0.0.5" not in response.content.decode()
        assert visitor.get("/without/").status_code == 200

    assert 0.6 <= taken[0] < 2
    assert taken[1] < 0.3


def test_the_next_outage_is_waited_for_again(visitor, away):
    with away.for_(seconds=60):
        visitor.get("/read/")
    assert visitor.get("/read/").status_code == 200
    with away.for_(seconds=0.3):
        assert visitor.get("/read/").status_code == 200


def test_what_was_typed_comes_back_as_a_form(visitor, away):
    with away.for_(seconds=60):
        response = visitor.post("/write/?from=here", FORM)
    text = response.content.decode()

    assert response.status_code == 503
    assert '<form method="post" action="/write/?from=here">' in text
    assert [text.count(f'name="{name}"') for name in FORM] == [1, 1, 2]
    assert "&lt;b&gt;ceiling&lt;/b&gt; leaks.\nSince “Monday”.</textarea>" in text
    assert "<b>ceiling" not in text


@pytest.mark.parametrize("secret", ["password", "old_password", "otp_token", "code"])
def test_a_form_with_a_secret_does_not_come_back(secret, visitor, away):
    with away.for_(seconds=60):
        response = visitor.post("/write/", FORM | {secret: "correct horse"})
    text = response.content.decode()

    assert response.status_code == 503
    assert [word for word in ("correct horse", "ceiling", "<form") if word in text] == []


def test_a_form_is_never_sent_to_another_site():
    request = RequestFactory().post("/", FORM, PATH_INFO="//evil.example/")
    error = ValueError("the session could not be saved")
    error.__cause__ = OperationalError("away")
    response = errors.bad_request(request, error)

    assert (response.status_code, 'action="/%2Fevil.example/"' in response.content.decode()) == (503, True)


def test_a_full_disk_is_not_waited_for_and_reading_goes_on(visitor, settings):
    settings.OUTAGE_WAIT_SECONDS = 60

    def refuse(execute, sql, params, many, context):
        if not sql.startswith("INSERT"):
            return execute(sql, params, many, context)
        error = OperationalError("database or disk is full")
        error.__cause__ = sqlite3.OperationalError("database or disk is full")
        error.__cause__.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with connection.execute_wrapper(refuse):
        assert (visitor.post("/write/", FORM).status_code, visitor.get("/read/").status_code) == (503, 200)
    assert visitor.post("/write/", FORM).status_code == 201


def test_a_session_that_could_not_be_saved_is_an_outage_and_not_a_bad_request(client, people, settings):
    settings.OUTAGE_WAIT_SECONDS = 0
    client.force_login(people["desk"])
    session = client.session
    session["seen_at"] = 0
    session["signed_in_at"] = int(time.time())
    session["seen_at"] = int(time.time()) - 120
    session.save()
    client.raise_request_exception = False

    def refuse(execute, sql, params, many, context):
        if "django_session" in sql and sql.startswith("UPDATE"):
            raise OperationalError("away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        assert client.get("/staff/").status_code == 503
    assert client.get("/staff/").status_code == 200


def test_a_broken_length_is_no_fault_of_ours(visitor):
    response = visitor.generic(
        "POST", "/write/", "token=x", content_type="application/x-www-form-urlencoded", CONTENT_LENGTH="²"
    )

    assert response.status_code < 600
