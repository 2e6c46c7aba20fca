"""The layers of docs/architecture.md hold: imports and foreign keys point one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ["hubs", "accounts", "enquiries", "appointments", "reports", "hubportal"]
"""From the ground up: a layer may import those before it, never those after it."""

PLAIN = {"admin", "apps", "management", "migrations", "templatetags"}
ROOMS = [
    {"querysets", "errors"},
    {"models"},
    {"notifications"},
    {"actions", "forms"},
    {"views"},
    {"urls"},
]
"""Inside an app, from the ground up; modules not named here are rules that any room above them may use."""

FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "services", "misc", "signals"}


def source_files(app: str) -> Iterator[Path]:
    yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def imported_modules(source: str) -> Iterator[str]:
    """Every module a source imports, at any depth of nesting, as a dotted name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layers_wrongly_imported(app: str, source: str) -> set[str]:
    """The layers above `app` that a source of it imports."""
    above = set(LAYERS[LAYERS.index(app) + 1 :])
    return {module.split(".")[0] for module in imported_modules(source)} & above


def rooms_wrongly_imported(app: str, room: str, source: str) -> set[str]:
    """The rooms of the same app that a source in `room` may not import: its own level and those above."""
    level = next((number for number, rooms in enumerate(ROOMS) if room in rooms), None)
    if level is None:
        return set()
    out_of_reach = set().union(*ROOMS[level:]) - ({room} if room in ("models", "urls") else set())
    parts = (module.split(".") for module in imported_modules(source))
    return {part[1] for part in parts if part[0] == app and len(part) > 1} & out_of_reach - {room}


def present_layers() -> list[str]:
    return [layer for layer in LAYERS if (ROOT / layer / "apps.py").exists()]


@pytest.mark.parametrize("app", present_layers())
def test_imports_point_down(app):
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in source_files(app)
        if (found := layers_wrongly_imported(app, path.read_text("utf-8")))
    }
    assert wrong == {}


@pytest.mark.parametrize("app", present_layers())
def test_rooms_of_an_app_point_down(app):
    wrong = {}
    for path in source_files(app):
        room = path.relative_to(ROOT / app).parts[0].removesuffix(".py")
        if found := rooms_wrongly_imported(app, room, path.read_text("utf-8")):
            wrong[str(path.relative_to(ROOT))] = found
    assert wrong == {}


@pytest.mark.parametrize(
    ("app", "source"),
    [
        ("hubs", "from accounts.models import User"),
        ("hubs", "import hubportal.errors"),
        ("accounts", "def dodge():\n    from hubportal import errors"),
    ],
)
def test_an_upward_import_is_found(app, source):
    assert layers_wrongly_imported(app, source) != set()


@pytest.mark.parametrize(
    ("room", "source", "found"),
    [
        ("forms", "from hubs import actions", {"actions"}),
        ("models", "from hubs.views import home", {"views"}),
        ("querysets", "from hubs.models import Hub", {"models"}),
        ("actions", "from hubs.models import Hub", set()),
        ("models", "from hubs.querysets import HubQuerySet", set()),
    ],
)
def test_an_upward_room_is_found(room, source, found):
    assert rooms_wrongly_imported("hubs", room, source) == found


def test_foreign_keys_point_down():
    wrong = []
    for model in apps.get_models():
        if (app := model._meta.app_label) not in LAYERS:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey | ManyToManyField):
                target = field.related_model._meta.app_label
                if target in LAYERS and LAYERS.index(target) > LAYERS.index(app):
                    wrong.append(f"{model.__name__}.{field.name} -> {target}")
    assert wrong == []


def test_no_module_has_a_name_that_says_nothing():
    names = {
        path.relative_to(ROOT).as_posix()
        for app in present_layers()
        for path in (ROOT / app).rglob("*")
        if path.stem in FORBIDDEN_NAMES
    }
    assert names == set()


def test_the_public_layer_holds_no_personal_data():
    fields = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("hubs").get_models()
        for field in model._meta.get_fields()
        if field.name in {"email", "surname", "first_name", "last_name", "born_on", "resident"}
    }
    assert fields == set()
