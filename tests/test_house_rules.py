"""Rules of this house that no general checker knows (docs/adr/0007-own-rules.md)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))

MARKED_SAFE = {
    "hubs/templatetags/hubs.py": "links around telephone numbers, in text that was escaped before",
    "hubs/templatetags/structured_data.py": "JSON in which <, > and & are escaped; never run",
    "hubs/wording.py": "parts that were escaped, set into sentences of ours",
}
"""Where text is called safe, and why it is."""

RUNS_PROGRAMS = {
    "hubportal/backups/postgres_dumps.py": "pg_dump and pg_restore, each word an argument of ours, no shell",
    "hubportal/backups/sealing.py": "age and gpg likewise",
}
"""Where another program is run, and which."""

DOORS = {"visible_to", "for_tracking", "for_page", "without_a_time", "earliest_month"}
"""Ways to people's stories that say who looks: staff, a resident with a reference or a private link, planners
who see times and references alone, and whoever asks from when on there are figures."""
STORIES = {"Booking", "Enquiry", "EnquiryEvent", "Referral", "Resident", "ResidentEvent", "Slip", "Visit"}


@cache
def sources() -> list[tuple[str, ast.Module]]:
    files = (path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))) for path in files]


def is_view(path: str) -> bool:
    return path.split("/")[1].removesuffix(".py").endswith("views")


@cache
def names_used(tree: ast.Module) -> set[str]:
    """Every name a source imports, reads or asks an object for."""
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return imported | read | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def exempt_from_tokens(path: str, tree: ast.Module) -> set[str]:
    return names_used(tree) & {"csrf_exempt", "csrf_protect", "requires_csrf_token"}


def called_safe(path: str, tree: ast.Module) -> set[str]:
    return set() if path in MARKED_SAFE else names_used(tree) & {"mark_safe", "SafeText", "allow_lazy"}


def past_the_doors(path: str, tree: ast.Module) -> set[str]:
    """Stories that a view reads without saying who looks: `Enquiry.objects.filter(…)`."""
    if not is_view(path):
        return set()
    found = set()
    for node in ast.walk(tree):
        manager = node.value if isinstance(node, ast.Attribute) else None
        if (
            isinstance(manager, ast.Attribute)
            and manager.attr in ("objects", "_default_manager")
            and isinstance(manager.value, ast.Name)
            and manager.value.id in STORIES
            and isinstance(node, ast.Attribute)
            and node.attr not in DOORS
        ):
            found.add(f"{manager.value.id}.objects.{node.attr}")
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in whole:
        found |= {
            f"{each.value.id}.objects"
            for each in call.args
            if isinstance(each, ast.Attribute)
            and each.attr == "objects"
            and isinstance(each.value, ast.Name)
            and each.value.id in STORIES
        }
    return found


def uploads(path: str, tree: ast.Module) -> set[str]:
    return names_used(tree) & {"FILES", "FileField", "ImageField", "UploadedFile"}


def runs_text(path: str, tree: ast.Module) -> set[str]:
    """Ways to run, unpack or compile what somebody else has written."""
    return names_used(tree) & {"eval", "exec", "pickle", "marshal", "shelve", "Template", "from_string"}


def speaks_to_the_shell(path: str, tree: ast.Module) -> set[str]:
    return set() if path in RUNS_PROGRAMS else names_used(tree) & {"subprocess", "system", "popen", "Popen"}


RULES: dict[Callable[[str, ast.Module], set[str]], str] = {
    exempt_from_tokens: "from django.views.decorators.csrf import csrf_exempt",
    called_safe: "from django.utils.safestring import mark_safe",
    past_the_doors: "def page(request):\n    return Enquiry.objects.filter(reference='x')",
    uploads: "def page(request):\n    return request.FILES",
    runs_text: "def page(request):\n    return eval(request.GET['x'])",
    speaks_to_the_shell: "import os\nos.system('ls')",
}
"""Each rule with a source that breaks it, so that a rule which finds nothing is known to look."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_source_breaks_a_rule(rule):
    assert {path: found for path, tree in sources() if (found := rule(path, tree))} == {}


@pytest.mark.parametrize(("rule", "wrong"), RULES.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_each_rule_finds_what_breaks_it(rule, wrong):
    assert rule("enquiries/views/made_up.py", ast.parse(wrong)) != set()


def test_a_whole_table_handed_on_is_found():
    source = "def page(request, pk):\n    return get_object_or_404(Enquiry.objects, pk=pk)"
    assert past_the_doors("enquiries/views/made_up.py", ast.parse(source)) == {"Enquiry.objects"}


def test_every_place_that_is_trusted_is_still_there():
    used = {path for path, tree in sources() if "mark_safe" in names_used(tree)}
    assert used == set(MARKED_SAFE)


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
