"""Rules of this house that no general checker knows (docs/adr/0007-own-rules.md)."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from script.setup import SEMGREP
from script.steps import clean_environment

ROOT = Path(__file__).resolve().parent.parent
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))


def semgrep(*words: str) -> subprocess.CompletedProcess[str]:
    """Run semgrep with the rules for Python. It sends no figures about its use, nor asks what is newer."""
    if not SEMGREP.exists() and os.environ.get("CI") != "true":
        pytest.skip("semgrep is missing: script/test installs it")
    private = ("--metrics=off", "--disable-version-check")
    return subprocess.run(
        [str(SEMGREP), "scan", *private, "--config", "script/rules/house.yaml", *words],
        cwd=ROOT,
        env=clean_environment(SEMGREP_ENABLE_VERSION_CHECK="0", SEMGREP_SEND_METRICS="off"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_rule_finds_what_breaks_it_and_leaves_alone_what_does_not():
    tried = semgrep("--test", "script/rules/house.py")

    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_no_source_breaks_a_rule():
    found = semgrep("--error", "--quiet", "--no-git-ignore", *APPS)

    assert (found.returncode, found.stdout) == (0, ""), found.stderr


def test_a_view_that_breaks_rules_is_found_where_it_stands(tmp_path):
    view = tmp_path / "enquiries" / "views" / "made_up.py"
    view.parent.mkdir(parents=True)
    view.write_text("from django.utils.safestring import mark_safe\n\nfound = Enquiry.objects.filter(pk=1)\n")
    found = semgrep("--error", "--quiet", str(tmp_path))

    assert found.returncode == 1
    assert "no-text-called-safe" in found.stdout
    assert "no-stories-past-the-doors" in found.stdout


def test_every_place_that_a_rule_trusts_still_does_what_it_is_trusted_with():
    rules = (ROOT / "script" / "rules" / "house.yaml").read_text("utf-8")
    trusted = re.findall(r"^ +- /(\S+\.py) # ", rules, re.MULTILINE)
    idle = [
        path
        for path in trusted
        if not re.search(r"mark_safe|SafeString\(|import subprocess", (ROOT / path).read_text("utf-8"))
    ]

    assert (len(trusted), idle) == (5, [])


def test_no_template_switches_escaping_off():
    wrong = [
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if any(each in path.read_text("utf-8") for each in ("|safe", "autoescape off", "safeseq"))
    ]
    assert wrong == []


def test_no_script_of_ours_makes_markup_of_words():
    """`innerHTML` takes only what the server has escaped: the fresh rows of the waiting list."""
    wrong = {
        path.name
        for path in (ROOT / "frontend" / "js").rglob("*.js")
        if any(
            each in path.read_text("utf-8")
            for each in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
        )
    }
    assert wrong == {"waiting-room.js"}
