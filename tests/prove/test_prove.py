"""The harness judges as it says: a control that finds nothing fails the run, and no proof goes unlisted."""

import re
from collections import Counter

import pytest

from prove.findings import Finding, control, exactly, judge, load, none_of, save, skipped
from prove.run import proofs
from prove.tiers import IN_TESTS, TIERS
from prove.visitors import Census
from script.steps import ROOT


@pytest.mark.parametrize(
    ("found", "held"),
    [
        (none_of("lost", 0), True),
        (none_of("lost", 1, "5,000"), False),
        (exactly("kept", 7, 7), True),
        (exactly("kept", 8, 7), False),
        (control("lost", 1), True),
        (control("lost", 0), False),
    ],
)
def test_a_finding_holds_when_its_figure_is_what_is_wanted(found, held):
    assert (found.held, judge([("sqlite", found)], ci=False)) == (held, 0 if held else 1)


@pytest.mark.parametrize(("ci", "code"), [(False, 0), (True, 1)])
def test_a_proof_that_was_skipped_fails_where_everything_must_be_there(ci, code):
    assert judge([("postgresql", skipped("restarts", "not installed"))], ci=ci) == code


def test_a_run_that_found_nothing_has_failed():
    assert judge([], ci=False) == 1


def test_one_fault_among_many_fails_the_run_and_all_stand_in_one_table(capsys):
    found = [
        ("sqlite", none_of("lost", 0)),
        ("postgresql", none_of("500", 2)),
        ("sqlite", control("lost", 3)),
    ]

    assert judge(found, ci=False) == 1
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()[3:]] == ["ok", "FAILED", "ok"]


def test_findings_travel_between_processes(tmp_path):
    found = [
        none_of("lost", 0, "5"),
        control("lost", 2),
        skipped("all", "no"),
        Finding("x", "1", "2", held=False),
    ]
    save(found, tmp_path / "found.json")

    assert load(tmp_path / "found.json") == found


def test_every_proof_is_in_the_readme_and_its_module_has_a_control():
    listed = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "prove" / "README.md").read_text(), re.MULTILINE))
    modules = {part.__module__.split(".")[-1] for parts in proofs().values() for part in parts}
    without = {name for name in modules if "control(" not in (ROOT / "prove" / f"{name}.py").read_text()}

    assert (listed, without) == (set(proofs()), set())


def test_what_script_test_proves_is_there_on_one_database_at_least():
    named = {name for names in IN_TESTS.values() for name in names}

    assert named == set(proofs()) - {"slots", "backups", "probes"}
    assert set(TIERS) == {"quick", "full"}


def test_only_faults_of_the_portal_count_as_faults():
    census = Census(
        Counter({"200": 5, "302": 5, "422": 1, "502": 1, "503": 9, "none": 3, "500": 2, "504": 1})
    )

    assert census.faults() == 3


def test_the_figures_of_each_tier_grow():
    quick, full = TIERS["quick"], TIERS["full"]
    amounts = ("workers", "questions", "kills", "questions_through_restarts", "forms", "tickets")

    assert all(getattr(quick, name) < getattr(full, name) for name in amounts)
    assert (quick.questions, full.questions, full.kills, full.workers) == (5_000, 100_000, 1_000, 16)
