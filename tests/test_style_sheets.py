"""The built style sheets have a rule for what pages name, and none that nothing names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "static" / "build"
SHEETS = ("public.css", "booking.css", "staff.css")
WITHOUT_RULES = {
    *("govuk-checkboxes", "govuk-radios"),
    *("hub-dotmap", "hub-dotmap__label", "hub-dotmap__number", "hub-dotmap__pin", "hub-dotmap__pointer"),
    "hub-dotmap__resident",
}
"""Groups whose parts have the rules, and the dot map, a file of its own with its own rules."""

_FILLED_IN = re.compile(r"\{\{.*?\}\}|\$\{[^{}]*\}|\{[\w.()\[\]]*\}", re.DOTALL)
"""In a template, a script and a string of Python."""
_TAG_OR_COMMENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_ATTRIBUTE = re.compile(r'\bclass="([^"]*)"')
_NAME = re.compile(r"(?<![\w*.-])[\w*-]*(?:hub-|govuk-|--)[\w*-]+")
_CLASS_IN_SHEET = re.compile(r"\.((?:hub|govuk)-[\w-]+)")
_NEGATION = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")
_WORD = "(?:[a-z0-9]|_(?!_))*"
_URL = re.compile(r"url\([^)]*\)")


def _without_tags(source: str) -> str:
    return _TAG_OR_COMMENT.sub(" ", source)


def names_in(source: str) -> set[str]:
    """The classes that a template, a script or a Python file may write; `*` stands for what is filled in."""
    names = _NAME.findall(_FILLED_IN.sub("*", source))
    # A tag may choose the end: hub-state--{% if … %}.
    return {f"{name}*" if name.endswith("-") else name for name in names if name.strip("*-")}


def classes_in(css: str) -> set[str]:
    """The classes that a style sheet has rules for."""
    return set(_CLASS_IN_SHEET.findall(_URL.sub("", _NEGATION.sub("", css))))


def is_named(wanted: str, names: Iterable[str]) -> bool:
    """Tell whether one of `names` is the class, or may become it once it is filled in."""
    return any(re.fullmatch(_pattern(name), wanted) for name in names)


@cache
def _pattern(name: str) -> str:
    """One word is filled in, or the whole name of a part where nothing stands before it."""
    start = ".+" if name.startswith("*") else ""
    return start + re.escape(name.removeprefix("*")).replace(r"\*", _WORD)


@cache
def templates() -> tuple[str, ...]:
    """All templates as they are written, without their tags."""
    return tuple(_without_tags(path.read_text("utf-8")) for path in ROOT.glob("templates/**/*.html"))


@cache
def named() -> frozenset[str]:
    """Every class that the portal may write, scripts of govuk-frontend included."""
    sources = [*BUILT.glob("*.js")]
    for app in ROOT.glob("*/apps.py"):
        sources += app.parent.rglob("*.py")
    texts = [*templates(), *(path.read_text("utf-8") for path in sources)]
    return frozenset().union(*map(names_in, texts))


@cache
def sheet(name: str) -> str:
    """A built style sheet; `npm run build` makes it."""
    return (BUILT / name).read_text("utf-8")


def left_out() -> list[str]:
    """Classes of govuk-frontend whose rules the build leaves out."""
    lines = (ROOT / "frontend" / "left-out.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_no_page_names_a_class_that_is_left_out():
    assert [each for each in left_out() if is_named(each, named())] == []


@pytest.mark.parametrize("name", SHEETS)
def test_sheet_has_no_class_that_nothing_names(name):
    assert sorted(each for each in classes_in(sheet(name)) if not is_named(each, named())) == []


def test_every_class_of_a_template_has_a_rule():
    with_rules = frozenset().union(*(classes_in(sheet(name)) for name in SHEETS))
    attributes = [each for template in templates() for each in _ATTRIBUTE.findall(template)]
    written = {name for each in attributes for name in names_in(each) if "*" not in name}

    assert written - with_rules == WITHOUT_RULES


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('<p class="hub-a{% if x %} hub-a--b{% endif %}">', {"hub-a", "hub-a--b"}),
        ('<p class="hub-pin hub-pin--{{ hub.access }}">', {"hub-pin", "hub-pin--*"}),
        ('`<p class="hub-${kind}__item">`', {"hub-*__item"}),
        ('{"class": f"{css}--error"}', {"*--error"}),
        ('<p class="hub-a--{% if x %}b{% else %}c{% endif %}">', {"hub-a--*"}),
        ("{% load i18n %}{# hub-gone #}", set()),
    ],
)
def test_names_are_found_in_a_template_a_script_and_python(source, found):
    assert names_in(_without_tags(source)) == found


def test_a_name_that_is_filled_in_takes_one_word():
    assert is_named("govuk-select--error", {"*--error"})
    assert is_named("govuk-radios__item", {"govuk-*__item"})
    assert is_named("hub-pin--appointment_only", {"hub-pin--*"})
    assert not is_named("govuk-radios__conditional--hidden", {"govuk-*", "govuk-radios__*"})


def test_what_a_rule_forbids_is_not_taken_for_its_class():
    assert classes_in(".hub-a:not(:has(.hub-b)):focus{src:url(x.hub-c)}") == {"hub-a"}
