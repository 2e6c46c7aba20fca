import sys

import pytest

from script.browser import find_chromium
from script.checks import Check, Result, Tally, beside, read_report
from script.run_tests import summarise
from script.steps import StepFailed
from tests.conftest import asks_a_database

REPORT = """<?xml version="1.0"?><testsuites>
<testsuite name="pytest" tests="10" failures="2" errors="1" skipped="3"/></testsuites>"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    return path


def test_read_report_counts_errors_as_failures(report):
    assert read_report(report, 1) == Tally(passed=4, failed=3, skipped=3)


@pytest.mark.parametrize("exit_code", [2, 3, 5])
def test_read_report_of_a_run_that_named_no_failure_counts_one(tmp_path, exit_code):
    assert read_report(tmp_path / "absent.xml", exit_code) == Tally(failed=1)


def test_summary_ends_with_the_sum_of_all_tests(capsys):
    results = [
        Result("Style", "ok"),
        Result("Tests on SQLite", "ok", 3.0, Tally(passed=5)),
        Result("Tests on PostgreSQL", "ok", 4.0, Tally(passed=5, skipped=1)),
    ]
    assert summarise(results, 7.0) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "10 passed, 0 failed, 1 skipped"


def test_summary_of_a_failed_check_without_tests_fails_and_names_it(capsys):
    assert summarise([Result("Style", "FAILED"), Result("Tests", "ok", 1.0, Tally(passed=2))], 1.0) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["Failed: Style", "2 passed, 0 failed"]


@pytest.mark.parametrize(("file", "state"), [("/dev/null", "FAILED"), ("package.json", "ok")])
def test_what_runs_beside_others_is_told_after_them(tmp_path, capfd, file, state):
    with beside(Check("Beside", ("json.tool", file)), tmp_path) as told:
        sys.stdout.write("meanwhile\n")
        result = told()
    lines = capfd.readouterr().out.splitlines()

    assert (lines[0], lines[2]) == ("meanwhile", "== Beside")
    assert lines[-1].startswith(f"-- {state}, ")
    assert (result.name, result.state, result.seconds > 0) == ("Beside", state, True)


def test_what_runs_beside_others_ends_with_them(tmp_path):
    with pytest.raises(KeyboardInterrupt), beside(Check("Endless", ("http.server", "0")), tmp_path):
        raise KeyboardInterrupt


def test_chromium_that_does_not_start_is_refused_with_advice(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/bin/false")
    with pytest.raises(StepFailed) as caught:
        find_chromium()
    assert caught.value.advice.startswith("install Chromium")


def test_a_test_that_may_use_the_database_is_run_on_both(request, hubs):
    assert asks_a_database(request.node)


@pytest.mark.django_db
def test_a_marked_test_is_run_on_both(request):
    assert asks_a_database(request.node)


def test_a_test_without_a_database_is_run_once(request):
    assert not asks_a_database(request.node)
