"""Roles start with what apps give them, and an app that comes later gives its own once."""

from django.contrib.auth.models import Group

from accounts import roles
from accounts.actions import load_roles
from appointments.roles import ROLE_PERMISSIONS as OF_APPOINTMENTS
from enquiries.roles import ROLE_PERMISSIONS as OF_ENQUIRIES


def held(role: str) -> set[str]:
    rows = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def test_an_app_that_comes_later_gives_its_permissions_to_roles_that_are_there(db):
    load_roles(OF_ENQUIRIES)
    assert load_roles(OF_ENQUIRIES, OF_APPOINTMENTS) == []

    assert held(roles.FRONT_DESK) == {
        *roles.ROLE_PERMISSIONS[roles.FRONT_DESK],
        *OF_ENQUIRIES[roles.FRONT_DESK],
        *OF_APPOINTMENTS[roles.FRONT_DESK],
    }


def test_what_an_administrator_took_from_a_role_does_not_come_back(db):
    load_roles(OF_ENQUIRIES, OF_APPOINTMENTS)
    manager = Group.objects.get(name=roles.MANAGER)
    manager.permissions.remove(manager.permissions.get(codename="keep_plans"))
    load_roles(OF_ENQUIRIES, OF_APPOINTMENTS)

    assert "appointments.keep_plans" not in held(roles.MANAGER)
    assert "appointments.work_bookings" in held(roles.MANAGER)
