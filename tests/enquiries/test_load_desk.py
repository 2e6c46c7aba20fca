"""The rows a desk starts with: all there after the first load, left alone ever after."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import actions as accounts
from accounts.roles import ADMINISTRATOR
from enquiries.actions.starting_rows import SHIPPED
from enquiries.models import Cause, Outcome, ServiceQuestion, ServiceTerms
from enquiries.roles import ROLE_PERMISSIONS
from hubs.models import ContentVersion, Service

ALL = [Outcome, Cause, ServiceTerms, ServiceQuestion]


@pytest.fixture
def borough(db):
    call_command("load_hubs", verbosity=0)


def load(*words: object) -> str:
    out = StringIO()
    call_command("load_desk", *words, stdout=out)
    return out.getvalue()


def counts() -> list[int]:
    return [model.objects.count() for model in ALL]


def test_load_desk_makes_every_row(borough):
    said = load()

    assert counts() == [10, 6, 10, 18]
    assert said == "Made: 10 × outcome, 6 × cause, 10 × service terms, 18 × service question.\n"


def test_load_desk_a_second_time_changes_and_publishes_nothing(borough):
    load()
    before = [list(model.objects.values()) for model in ALL], ContentVersion.objects.get().number

    assert load() == "Nothing to do: every row of the file is there.\n"
    assert ([list(model.objects.values()) for model in ALL], ContentVersion.objects.get().number) == before


def test_load_desk_keeps_what_was_edited_and_makes_what_is_missing(borough):
    load()
    Outcome.objects.filter(slug="resolved").update(name_en="Sorted here", retired_on="2026-11-01")
    Outcome.objects.filter(slug="left").delete()
    ServiceTerms.objects.filter(service__slug="parking").update(working_days=3)
    ServiceQuestion.objects.filter(service__slug="parking").first().delete()
    said = load()

    assert said == "Made: 1 × outcome.\n"
    assert Outcome.objects.get(slug="resolved").name_en == "Sorted here"
    assert ServiceTerms.objects.get(service__slug="parking").working_days == 3
    assert ServiceQuestion.objects.filter(service__slug="parking").count() == 1


def test_load_desk_has_an_outcome_of_each_group_and_no_key_twice(borough):
    load()
    keys = [each.key for each in Outcome.objects.exclude(key="")]

    assert {each.group for each in Outcome.objects.all()} == set(Outcome.Group.values)
    assert [Outcome.objects.filter(group=group).first().slug for group in Outcome.Group.values] == [
        "resolved",
        "referred",
        "signposted",
        "appointment",
        "could-not-help",
        "left",
    ]
    assert sorted(keys) == ["A", "F", "N", "O", "P", "R", "S"]


def test_load_desk_has_terms_and_a_must_have_for_every_service_in_both_languages(borough):
    load()
    services = set(Service.objects.values_list("slug", flat=True))
    named = [row.name_bn for model in (Outcome, Cause) for row in model.objects.all()]
    asked = ServiceQuestion.objects.all()

    assert set(ServiceTerms.objects.values_list("service__slug", flat=True)) == services
    assert {each.service.slug for each in asked if each.required} == services
    assert all(named)
    assert all(each.text_bn for each in asked)


def test_load_desk_asks_for_the_number_of_a_penalty_charge(borough):
    load()

    assert "PCN number" in ServiceQuestion.objects.filter(service__slug="parking", required=True)[0].text_en


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "[services.parking]",
            "[services.parkin]",
            "[services.parkin]: Service matching query does not exist.",
        ),
        ('group = "left"', 'group = "gone"', "[outcomes.left]: Value 'gone' is not a valid choice."),
        ('key = "R"', 'kee = "R"', "[outcomes.resolved]: Outcome() got unexpected keyword arguments: 'kee'"),
        ("working_days = 1\n", "working_days = 500\n", "[services.domestic-abuse]: "),
        ("[causes.wrong-place]", "[reasons.wrong-place]", "[reasons] is not a table that this file knows"),
        ("[causes.wrong-place]", "[causes.wrong-place", "cannot be read"),
    ],
)
def test_load_desk_with_a_wrong_file_says_where_and_makes_nothing(borough, tmp_path, old, new, problem):
    path = tmp_path / "desk.toml"
    path.write_text(SHIPPED.read_text("utf-8").replace(old, new), "utf-8")

    with pytest.raises(CommandError) as refused:
        load(path)

    assert problem in str(refused.value)
    assert counts() == [0, 0, 0, 0]


def test_load_desk_without_hubs_says_what_is_missing(db):
    with pytest.raises(CommandError, match="Service matching query does not exist"):
        load()


def test_an_administrator_keeps_the_desks_rows_in_the_console_and_deletes_none(borough, client):
    load()
    accounts.load_roles(ROLE_PERMISSIONS)
    client.force_login(
        accounts.open_account(username="admin", role=ADMINISTRATOR, full_name="Admin", home_hub=None)
    )
    version = ContentVersion.objects.get().number
    pages = ["outcome", "cause", "serviceterms", "servicequestion"]
    resolved = Outcome.objects.get(slug="resolved")
    form = {
        "slug": "resolved",
        "group": "resolved",
        "name_en": "Sorted",
        "name_bn": "",
        "key": "R",
        "position": 1,
    }

    assert [client.get(f"/console/enquiries/{page}/").status_code for page in pages] == [200] * 4
    assert client.post(f"/console/enquiries/outcome/{resolved.pk}/change/", form).status_code == 302
    assert Outcome.objects.get(pk=resolved.pk).name_en == "Sorted"
    assert ContentVersion.objects.get().number == version + 1
    assert (
        client.post(f"/console/enquiries/outcome/{resolved.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    assert [client.get(f"/console/enquiries/{page}/").status_code for page in ("enquiry", "resident")] == [
        404
    ] * 2
