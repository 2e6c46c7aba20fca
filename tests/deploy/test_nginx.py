"""deploy/nginx/hubs.conf as it is shipped, in a real nginx before the real web server in production."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import subprocess
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench import processes
from prove.front import Front, in_front
from script.prepared_database import copy_to
from script.setup import PYTHON
from script.steps import ROOT, clean_environment
from tests.header_grade import A_PLUS, grade
from tests.programs import needs

pytestmark = needs("nginx")

HOST = "hubs.example.org"
READY_SECONDS = 120


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """A certificate for the example's host, which nobody but these tests trusts."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """The port of a node in production, with an empty database: gunicorn as deploy/ has it."""
    folder, [port] = tmp_path_factory.mktemp("node"), processes.free_ports(1)
    env = clean_environment(
        DEBUG="False",
        SECRET_KEY="only for these tests " * 4,
        ALLOWED_HOSTS=f"{HOST},127.0.0.1",
        SITE_URL=f"https://{HOST}",
        BEHIND_TLS_PROXY="True",
        DATABASE_URL=f"sqlite:///{folder / 'hubs.sqlite3'}",
        LOG_REQUESTS="True",
        BIND=f"127.0.0.1:{port}",
        WORKERS="1",
        DJANGO_SETTINGS_MODULE="tests.deploy.settings",
    )
    copy_to(folder / "hubs.sqlite3")
    run = (PYTHON, "manage.py", "migrate", "--verbosity=0")
    subprocess.run(run, cwd=ROOT, env=env, check=True)
    command = [str(PYTHON), "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "hubportal.wsgi"]
    running = processes.start(command, env=env, log=folder / "log")
    try:
        until = time.monotonic() + READY_SECONDS
        while not _is_there(port):
            assert time.monotonic() < until, (folder / "log").read_text()
            assert running.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield port
    finally:
        processes.stop(running)


@pytest.fixture(scope="module")
def front(node, certificate, tmp_path_factory):
    """nginx before that node."""
    with in_front([node], tmp_path_factory.mktemp("nginx"), certificate=certificate) as front:
        yield front


@pytest.fixture
def fresh(node, certificate, tmp_path):
    """An nginx that nobody has asked anything yet."""
    with in_front([node], tmp_path / "nginx", certificate=certificate) as front:
        yield front


@pytest.fixture(scope="module")
def alone(certificate, tmp_path_factory):
    """nginx before a port where nobody listens."""
    [nobody] = processes.free_ports(1)
    with in_front([nobody], tmp_path_factory.mktemp("alone"), certificate=certificate) as front:
        yield front


def _is_there(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as caller:
            caller.request("GET", "/healthz")
            return caller.getresponse().status == 200
    except OSError:
        return False


def trusting() -> ssl.SSLContext:
    """TLS with whomever: the certificate is one of ours."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def ask(
    front: Front, path: str, *, method: str = "GET", body: str | None = None, tls: bool = True, **headers
):
    """Ask as a browser would; return the answer with its body read as `text`."""
    caller = (
        http.client.HTTPSConnection("127.0.0.1", front.port, timeout=60, context=trusting())
        if tls
        else http.client.HTTPConnection("127.0.0.1", front.plain_port, timeout=60)
    )
    with closing(caller):
        sent = {"Host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
        caller.request(method, path, body, sent)
        answer = caller.getresponse()
        answer.text = answer.read().decode(errors="replace")
        return answer


def test_pages_come_through_with_the_best_headers(front):
    pages = {
        path: ask(front, path)
        for path in ("/", "/bn/", "/find/?postcode=E143HG", "/staff/sign-in/", "/nowhere/")
    }

    assert [page.status for page in pages.values()] == [200, 200, 200, 200, 404]
    assert {path: grade(page.headers) >= A_PLUS for path, page in pages.items()} == dict.fromkeys(pages, True)
    assert "nginx/" not in str([page.headers.items() for page in pages.values()])


def test_each_header_comes_once(front):
    names = [name.lower() for name, _ in ask(front, "/").getheaders()]

    assert sorted(names) == sorted(set(names))


def test_files_come_with_names_that_may_be_kept(front):
    answer = ask(front, "/static/admin/css/base.css")

    assert (answer.status, "body" in answer.text) == (200, True)


def test_the_request_number_is_the_same_in_both_logs_and_nothing_that_was_typed_is(front):
    answer = ask(front, "/find/?postcode=E143HG")
    number = answer.headers["X-Request-ID"]

    assert number in logged_numbers(front.log, awaited=number)
    assert "E143HG" not in front.log.read_text()


def logged_numbers(log: Path, *, awaited: str) -> list[str]:
    """The request numbers in a log; nginx writes a line only after its answer has left."""
    until = time.monotonic() + 10
    while True:
        written = log.read_text()
        whole = written[: written.rfind("\n") + 1].splitlines()
        numbers = [json.loads(line)["request_id"] for line in whole]
        if awaited in numbers or time.monotonic() > until:
            return numbers
        time.sleep(0.05)


def test_people_are_sent_to_https_and_programs_are_told(front):
    page = ask(front, "/hubs/?x=1", tls=False, Host="evil.example")
    feed = ask(front, "/openreferral/services", tls=False)

    assert (page.status, page.headers["Location"]) == (301, f"https://{HOST}/hubs/?x=1")
    assert (feed.status, feed.headers["Location"]) == (403, None)
    assert f"https://{HOST}/openreferral/services" in feed.text


def test_a_foreign_host_gets_no_page(front):
    assert ask(front, "/", Host="evil.example").status == 400


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_what_watches_the_portal_asks_from_this_machine(front, path):
    assert ask(front, path).status == (200 if path == "/readyz" else 404)


def test_a_form_of_a_megabyte_is_taken_and_a_longer_one_is_not(front):
    kind = {"Content_Type": "application/x-www-form-urlencoded"}
    taken = ask(front, "/ask/", method="POST", body="words=" + "a" * 900_000, **kind)
    refused = ask(front, "/ask/", method="POST", body="words=" + "a" * 1_100_000, **kind)

    # 403: it was read whole and has no form token.
    assert (taken.status, refused.status) == (403, 413)
    assert "Sorry, we could not take that" in refused.text
    assert "দুঃখিত" in refused.text
    assert grade(refused.headers) >= A_PLUS


def test_a_caller_who_asks_without_end_is_slowed_and_files_are_not(certificate, tmp_path):
    """Before a port where nobody listens, so that it is over before the limit forgets any of it."""
    [nobody] = processes.free_ports(1)
    with in_front([nobody], tmp_path / "nginx", certificate=certificate) as front:
        statuses, refused = at_once(front, "/robots.txt", 400)
        files, _ = at_once(front, "/static/x.css", 400)

    assert statuses[:151] == ["503"] * 151
    assert set(statuses) == {"503", "429"}
    assert (refused["Retry-After"], grade(refused) >= A_PLUS) == ("10", True)
    assert set(files) == {"503"}


def at_once(front: Front, path: str, count: int) -> tuple[list[str], dict[str, str]]:
    """Ask so often without waiting for an answer; return all statuses, and the headers of the last answer."""
    one = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n"
    asked = (f"{one}\r\n" * (count - 1) + f"{one}Connection: close\r\n\r\n").encode()
    came = bytearray()
    with (
        socket.create_connection(("127.0.0.1", front.port), 60) as plain,
        trusting().wrap_socket(plain) as caller,
    ):
        threading.Thread(target=caller.sendall, args=(asked,), daemon=True).start()
        while part := caller.recv(65536):
            came += part
    statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", came)
    last = came[came.rindex(b"HTTP/1.1 ") :].split(b"\r\n\r\n")[0].decode().splitlines()[1:]
    return [status.decode() for status in statuses], dict(line.split(": ", 1) for line in last)


def test_whom_a_request_is_from_is_not_for_the_caller_to_say(fresh):
    """Ten references a minute from one address, whatever addresses it claims."""
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    cookie = "__Host-csrf=" + "a" * 32
    body = "csrfmiddlewaretoken=" + "a" * 32 + "&reference=K7M3PQX9T&second_fact=E14+3HG"
    statuses = [
        ask(
            fresh, "/track/", method="POST", body=body, Cookie=cookie, Referer=f"https://{HOST}/track/",
            X_Forwarded_For=f"192.0.2.{number}", X_Real_IP=f"192.0.2.{number}", **form,
        ).status
        for number in range(12)
    ]  # fmt: skip

    assert statuses[-1] == 429
    assert 429 not in statuses[:10]


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/static/x.css"), ("POST", "/ask/")])
def test_where_no_node_answers_people_are_told_whom_to_call(alone, method, path):
    answer = ask(alone, path, method=method)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "020 7364 5000" in answer.text
    assert "এক মিনিট পর আবার চেষ্টা করুন" in answer.text
    assert grade(answer.headers) >= A_PLUS


def test_what_nginx_refuses_itself_has_the_best_headers(alone):
    trace, long = ask(alone, "/", method="TRACE"), ask(alone, f"/?{'a' * 9_000}")

    assert (trace.status, long.status) == (405, 414)
    assert [grade(each.headers) >= A_PLUS for each in (trace, long)] == [True, True]


def test_one_node_of_two_that_is_away_is_not_noticed(node, certificate, tmp_path):
    [nobody] = processes.free_ports(1)
    with in_front([nobody, node], tmp_path / "nginx", certificate=certificate) as two:
        assert [ask(two, "/robots.txt").status for _ in range(10)] == [200] * 10


def test_the_suite_stands_on_the_configuration_that_is_shipped(front):
    shipped = (ROOT / "deploy" / "nginx" / "hubs.conf").read_text()
    run = (front.folder / "hubs.conf").read_text()
    kept = set(shipped.splitlines()) - set(run.splitlines())

    assert len(kept) < 10
