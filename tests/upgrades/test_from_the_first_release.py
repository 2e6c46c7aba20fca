"""A database of the first release, with what a council typed into it, brought to this one."""

from __future__ import annotations

import pytest

from accounts import roles
from enquiries.roles import ROLE_PERMISSIONS as OF_ENQUIRIES
from tests.upgrades.old_database import MIGRATE_THEN, OldDatabase, Table, old_database, tables

pytestmark = pytest.mark.django_db

VISIT = """
import django; django.setup()
from django.conf import global_settings, settings
settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
from django.test import Client
from accounts.models import User
client = Client(SERVER_NAME="localhost")
print(client.get("/readyz").status_code)
print("020 7000 0000" in client.get("/hubs/town-hall/").content.decode())
asked = client.get("/").wsgi_request
print(client.login(request=asked, username="desk.one", password="a password of long ago"))
print(client.get("/staff/visits/log/").status_code)
"""


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory, django_db_setup, django_db_blocker) -> OldDatabase:
    """The old database after the steps of docs/upgrading.md."""
    with django_db_blocker.unblock(), old_database(tmp_path_factory.mktemp("old")) as old:
        old.python("-c", MIGRATE_THEN)
        old.put_in(tables())
        old.manage("migrate", "-v0")
        old.said = old.manage("load_roles")
        yield old


def names_of(upgraded: OldDatabase, role: str) -> set[str]:
    rows = upgraded.ask(
        "SELECT t.app_label, p.codename FROM auth_group g "
        "JOIN auth_group_permissions gp ON gp.group_id = g.id "
        "JOIN auth_permission p ON p.id = gp.permission_id "
        f"JOIN django_content_type t ON t.id = p.content_type_id WHERE g.name = '{role}'"
    )
    return {f"{app}.{codename}" for app, codename in rows}


def plain(value: object) -> str:
    """A value as both databases and the kept rows agree on it."""
    if isinstance(value, bool):
        return str(int(value))
    text = str(value).removesuffix("+00:00")
    return text.removesuffix(".0")


@pytest.mark.parametrize("old", tables(), ids=lambda old: old.table)
def test_every_row_is_there_as_it_was(upgraded, old: Table):
    rows = upgraded.ask(f"SELECT {old.named} FROM {old.table}")
    now = {tuple(map(plain, row)) for row in rows}

    assert {tuple(map(plain, row)) for row in old.rows} - now == set()


def test_roles_may_do_what_is_new_and_not_what_was_taken_away(upgraded):
    assert "Manager may now also:" in upgraded.said
    assert set(OF_ENQUIRIES[roles.FRONT_DESK]) <= names_of(upgraded, roles.FRONT_DESK)
    assert "accounts.see_staff" in names_of(upgraded, roles.MANAGER)
    assert "hubs.view_hub" in names_of(upgraded, roles.MANAGER)
    administrator = names_of(upgraded, roles.ADMINISTRATOR)
    assert "hubs.delete_notice" not in administrator
    assert "hubs.delete_datedhours" in administrator


def test_loading_facts_and_roles_again_finds_what_is_there(upgraded):
    assert upgraded.manage("load_roles").startswith("Nothing to do")
    assert "5 × hub" not in upgraded.manage("load_hubs")


def test_pages_show_what_was_typed_and_people_sign_in_with_the_password_they_had(upgraded):
    assert upgraded.python("-W", "ignore", "-c", VISIT).split() == ["200", "True", "True", "200"]
