"""Reading a member of staff with hub and permissions in one statement."""

from __future__ import annotations

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission

from accounts.backends import StaffBackend
from accounts.models import User
from enquiries.models import WaitingRoom


def as_django_says(user: User) -> set[str]:
    return ModelBackend().get_all_permissions(User.objects.get(pk=user.pk))


def test_everybody_may_do_what_django_says(people):
    people["outsider"].user_permissions.add(Permission.objects.get(codename="log_visit"))
    found = {who: StaffBackend().get_user(user.pk).get_all_permissions() for who, user in people.items()}

    assert found == {who: as_django_says(user) for who, user in people.items()}
    assert {who for who, permissions in found.items() if "enquiries.log_visit" in permissions} == {
        "desk",
        "other_desk",
        "manager",
        "outsider",
    }


def test_a_person_hub_room_and_permissions_are_one_statement(people, hubs, django_assert_num_queries):
    WaitingRoom.objects.create(hub=hubs["bow"], moves=7)

    with django_assert_num_queries(1):
        user = StaffBackend().get_user(people["desk"].pk)
        assert (user.home_hub, user.home_hub.waiting_room.moves) == (hubs["bow"], 7)
        assert user.has_perm("enquiries.log_visit") is True
        assert user.has_perm("enquiries.see_every_hub") is False


def test_every_column_is_as_django_reads_it(people):
    read, wanted = StaffBackend().get_user(people["desk"].pk), User.objects.get(username="desk")

    for one, other in ((read, wanted), (read.home_hub, wanted.home_hub)):
        names = [field.attname for field in one._meta.concrete_fields]
        assert {name: getattr(one, name) for name in names} == {name: getattr(other, name) for name in names}


def test_somebody_without_a_hub_has_none(people):
    assert StaffBackend().get_user(people["officer"].pk).home_hub is None


@pytest.mark.parametrize("pk", [0, -1, 10**30, 987654])
def test_an_id_that_nobody_has_is_nobody(people, pk):
    assert StaffBackend().get_user(pk) is None


def test_somebody_switched_off_is_nobody(people):
    people["desk"].is_active = False
    people["desk"].save()

    assert StaffBackend().get_user(people["desk"].pk) is None


def test_a_change_of_role_holds_at_the_next_request(client, people):
    client.force_login(people["desk"])
    before = client.get("/staff/visits/log/").status_code
    people["desk"].groups.clear()

    assert (before, client.get("/staff/visits/log/").status_code) == (200, 403)


def test_a_person_read_again_is_another_copy_with_a_hub_of_its_own(people, hubs):
    WaitingRoom.objects.create(hub=hubs["bow"], moves=7)
    first = StaffBackend().get_user(people["desk"].pk)
    first.first_name, first.home_hub.name_en, first.home_hub.waiting_room.moves = "Changed", "Changed", 99

    again = StaffBackend().get_user(people["desk"].pk)
    assert (again.first_name, again.home_hub.name_en, again.home_hub.waiting_room.moves) == (
        people["desk"].first_name,
        hubs["bow"].name_en,
        7,
    )
    assert again.home_hub.waiting_room.hub is again.home_hub


def test_what_was_changed_meanwhile_is_seen_at_once(people, hubs):
    WaitingRoom.objects.create(hub=hubs["bow"], moves=7)
    StaffBackend().get_user(people["desk"].pk)
    User.objects.filter(pk=people["desk"].pk).update(first_name="Rahima")
    WaitingRoom.objects.update(moves=8)

    again = StaffBackend().get_user(people["desk"].pk)
    assert (again.first_name, again.home_hub.waiting_room.moves) == ("Rahima", 8)


def test_a_person_read_again_can_be_saved(people):
    StaffBackend().get_user(people["desk"].pk)
    again = StaffBackend().get_user(people["desk"].pk)
    again.first_name = "Rahima"
    again.save()

    assert User.objects.get(pk=people["desk"].pk).first_name == "Rahima"
