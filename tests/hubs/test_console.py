"""Administrators change a fact in the console, and it is published; mistakes are refused kindly."""

import re
from datetime import date, time

import pytest
from django.test import Client

from hubs.models import ContentVersion, DatedHours, Notice, OpeningPeriod


@pytest.fixture
def console(client, people):
    client.force_login(people["administrator"])
    return client


def version() -> int:
    return ContentVersion.objects.get().number


def inline(prefix: str, *rows: dict[str, object], initial: int = 0) -> dict[str, object]:
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def dated(*periods: dict[str, str], **fields: object) -> dict[str, object]:
    return (
        {"on": "24/12/2026", "reason_en": "Christmas Eve", "reason_bn": ""}
        | fields
        | inline("periods", *periods)
    )


def hub_form(hub, *periods: dict[str, object]) -> dict[str, object]:
    names = [field.name for field in hub._meta.fields if field.name != "id"]
    values = {name: getattr(hub, name) for name in names if getattr(hub, name) not in (None, "")}
    if not values["address_confirmed"]:
        del values["address_confirmed"]
    rows = [
        {"id": p.pk, "hub": hub.pk, "weekday": p.weekday, "opens": p.opens, "closes": p.closes}
        for p in hub.opening_periods.all()
    ]
    return (
        values
        | inline("opening_periods", *rows, *periods, initial=len(rows))
        | inline("facilities")
        | inline("offers")
    )


def test_renaming_a_hub_is_published(console, hubs):
    before = version()
    response = console.post(
        f"/console/hubs/hub/{hubs['bow'].pk}/change/", hub_form(hubs["bow"]) | {"name_en": "New name"}
    )

    assert response.status_code == 302
    hubs["bow"].refresh_from_db()
    assert (hubs["bow"].name_en, version()) == ("New name", before + 1)


@pytest.mark.parametrize(("typed", "status"), [("01/11/2026", 302), ("01/11/2999", 200)])
def test_hours_cannot_have_been_checked_on_a_day_to_come(console, hubs, typed, status):
    form = hub_form(hubs["bow"]) | {"hours_checked_on": typed}
    response = console.post(f"/console/hubs/hub/{hubs['bow'].pk}/change/", form)

    assert response.status_code == status
    assert ("on a day to come" in response.text) == (status == 200)
    hubs["bow"].refresh_from_db()
    assert hubs["bow"].hours_confirmed == (status == 302)


@pytest.mark.parametrize("kind", ["datedhours", "notice"])
def test_choosing_no_hub_is_called_all_hubs(console, kind):
    Notice.objects.create(text_en="x", shows_from="2026-11-01T09:00Z", shows_until="2026-11-02T09:00Z")
    DatedHours.objects.create(on=date(2026, 12, 24), closed=True)

    assert '<option value="" selected>All hubs</option>' in console.get(f"/console/hubs/{kind}/add/").text
    assert '<td class="field-hub_or_all">All hubs</td>' in console.get(f"/console/hubs/{kind}/").text


@pytest.mark.parametrize(
    ("opens", "closes", "complaint"),
    [
        ("16:00", "18:00", "Two opening periods of the same day overlap"),
        ("19:00", "18:00", "The closing time must be after the opening time."),
    ],
)
def test_impossible_hours_are_refused_and_nothing_changes(console, hubs, opens, closes, complaint):
    before = version()
    form = hub_form(hubs["bow"], {"hub": hubs["bow"].pk, "weekday": 0, "opens": opens, "closes": closes})
    response = console.post(f"/console/hubs/hub/{hubs['bow'].pk}/change/", form)

    assert complaint in response.content.decode()
    assert (OpeningPeriod.objects.filter(hub=hubs["bow"]).count(), version()) == (5, before)


def test_a_second_period_after_lunch_is_accepted(console, hubs):
    form = hub_form(hubs["bow"], {"hub": hubs["bow"].pk, "weekday": 0, "opens": "17:30", "closes": "19:00"})

    assert console.post(f"/console/hubs/hub/{hubs['bow'].pk}/change/", form).status_code == 302
    assert OpeningPeriod.objects.filter(hub=hubs["bow"], weekday=0).count() == 2


def monday_with_lunch(hub) -> dict[str, object]:
    """The console's form of a hub that is shut from 12:00 to 13:00 on Mondays; its first two rows."""
    OpeningPeriod.objects.filter(hub=hub, weekday=0).update(opens=time(9), closes=time(12))
    OpeningPeriod.objects.create(hub=hub, weekday=0, opens=time(13), closes=time(17))
    return hub_form(hub)


@pytest.mark.parametrize(
    ("changes", "monday"),
    [
        ({"0-closes": "14:00", "1-opens": "15:00"}, [(time(9), time(14)), (time(15), time(17))]),
        ({"0-closes": "17:00", "1-DELETE": "on"}, [(time(9), time(17))]),
        (
            {"0-opens": "13:00", "0-closes": "17:00", "1-opens": "09:00", "1-closes": "12:00"},
            [(time(9), time(12)), (time(13), time(17))],
        ),
    ],
)
def test_a_lunch_break_is_moved_dropped_or_swapped_in_one_go(console, hubs, changes, monday):
    form = monday_with_lunch(hubs["bow"]) | {f"opening_periods-{name}": at for name, at in changes.items()}
    ids = set(OpeningPeriod.objects.values_list("pk", flat=True))

    assert console.post(f"/console/hubs/hub/{hubs['bow'].pk}/change/", form).status_code == 302
    now = OpeningPeriod.objects.filter(hub=hubs["bow"], weekday=0)
    assert list(now.values_list("opens", "closes")) == monday
    assert set(OpeningPeriod.objects.values_list("pk", flat=True)) <= ids


def test_hours_that_clash_with_a_period_saved_since_the_form_was_opened_are_refused(console, hubs):
    form = hub_form(hubs["bow"], {"hub": hubs["bow"].pk, "weekday": 0, "opens": "17:30", "closes": "19:00"})
    OpeningPeriod.objects.create(hub=hubs["bow"], weekday=0, opens=time(18), closes=time(20))
    response = console.post(f"/console/hubs/hub/{hubs['bow'].pk}/change/", form)

    assert "Two opening periods of the same day overlap" in response.content.decode()


def test_a_save_that_another_one_overtakes_is_looked_at_again(console, hubs, monkeypatch):
    console.post("/console/hubs/datedhours/add/", dated(closed="on"))
    check, looked = DatedHours.validate_constraints, []

    def too_early(self, *args, **kwargs):
        looked.append(self)
        if len(looked) > 1:
            check(self, *args, **kwargs)

    monkeypatch.setattr(DatedHours, "validate_constraints", too_early)
    response = console.post("/console/hubs/datedhours/add/", dated(closed="on", reason_en="Typed text"))

    assert "There are already hours for all hubs on this date." in response.content.decode()
    assert "Typed text" in response.content.decode()


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        (dated(), "Give at least one opening time"),
        (dated({"opens": "09:00", "closes": "12:00"}, closed="on"), "A closed date has no opening times"),
        (
            dated({"opens": "09:00", "closes": "12:00"}, {"opens": "11:00", "closes": "13:00"}),
            "Two opening periods of the same day overlap",
        ),
    ],
)
def test_dated_hours_that_contradict_themselves_are_refused(console, hubs, form, complaint):
    response = console.post("/console/hubs/datedhours/add/", form)

    assert complaint in response.content.decode()
    assert DatedHours.objects.count() == 0


def test_special_hours_and_closures_are_saved_and_published(console, hubs):
    before = version()
    special = console.post("/console/hubs/datedhours/add/", dated({"opens": "09:00", "closes": "12:00"}))
    closed = console.post(
        "/console/hubs/datedhours/add/", dated(on="31/12/2026", closed="on", hub=hubs["bow"].pk)
    )

    assert (special.status_code, closed.status_code) == (302, 302)
    assert list(DatedHours.objects.values_list("on", "closed")) == [
        (date(2026, 12, 24), False),
        (date(2026, 12, 31), True),
    ]
    assert version() == before + 2


def test_dated_hours_that_are_there_can_be_changed_for_one_hub_and_for_all(console, hubs):
    for hub in (None, hubs["bow"]):
        row = DatedHours.objects.create(hub=hub, on=date(2026, 12, 24))
        form = dated(closed="on", hub=hub.pk if hub else "", reason_en="Typed text")
        assert console.post(f"/console/hubs/datedhours/{row.pk}/change/", form).status_code == 302

    assert set(DatedHours.objects.values_list("reason_en", flat=True)) == {"Typed text"}


def test_the_same_date_twice_is_refused(console, hubs):
    console.post("/console/hubs/datedhours/add/", dated(closed="on"))
    response = console.post("/console/hubs/datedhours/add/", dated(closed="on"))

    assert "There are already hours for all hubs on this date." in response.content.decode()


def test_deleting_a_notice_is_published(console, hubs, db):
    form = {
        "text_en": "Lift out of order",
        "shows_from_0": "2026-11-22",
        "shows_from_1": "09:00",
        "shows_until_0": "2026-11-29",
        "shows_until_1": "09:00",
    }
    assert console.post("/console/hubs/notice/add/", form).status_code == 302
    before = version()
    notice = Notice.objects.get()
    console.post(f"/console/hubs/notice/{notice.pk}/delete/", {"post": "yes"})
    assert (Notice.objects.count(), version()) == (0, before + 1)

    console.post("/console/hubs/notice/add/", form)
    ids = [Notice.objects.get().pk]
    console.post(
        "/console/hubs/notice/", {"action": "delete_selected", "_selected_action": ids, "post": "yes"}
    )
    assert (Notice.objects.count(), version()) == (0, before + 3)


def test_a_hub_with_lunch_breaks_and_everything_else_fits_into_one_form(console, hubs):
    OpeningPeriod.objects.filter(hub=hubs["bow"]).delete()
    for weekday in range(7):
        OpeningPeriod.objects.create(hub=hubs["bow"], weekday=weekday, opens=time(9), closes=time(12))
        OpeningPeriod.objects.create(hub=hubs["bow"], weekday=weekday, opens=time(13), closes=time(17))
    facilities_and_offers = {f"offers-{row}-note": "" for row in range(130)}
    form = hub_form(hubs["bow"]) | facilities_and_offers

    assert console.post(f"/console/hubs/hub/{hubs['bow'].pk}/change/", form).status_code == 302


@pytest.mark.parametrize("year", ["99999999999999999999", "0", "²"])
def test_a_year_that_is_none_is_no_fault_of_ours(console, hubs, year):
    response = console.get("/console/hubs/datedhours/", {"on__year": year, "on__month": "2"})

    assert (response.status_code, response.headers["Location"]) == (302, "/console/hubs/datedhours/?e=1")


# Two who change the same thing


def opened_by(client, person, page: str) -> dict[str, str]:
    """What the page of a form remembers for when it is sent."""
    client.force_login(person)
    found = re.search(rb'name="seen" value="(\d*)"', client.get(page).content)
    assert found
    return {"seen": found[1].decode()}


def test_an_older_form_does_not_overwrite_what_somebody_else_saved(people, hubs):
    bow, one, other = hubs["bow"], Client(), Client()
    page = f"/console/hubs/hub/{bow.pk}/change/"
    seen_by_one = opened_by(one, people["administrator"], page)
    seen_by_other = opened_by(other, people["administrator"], page)
    first = one.post(page, hub_form(bow) | seen_by_one | {"name_en": "The first name"})
    late = hub_form(bow) | {"name_en": "The second name"}
    second = other.post(page, late | seen_by_other)

    bow.refresh_from_db()
    assert (first.status_code, second.status_code, bow.name_en) == (302, 200, "The first name")
    assert "saved other changes after you opened it" in second.content.decode()
    assert 'value="The second name"' in second.content.decode()

    again = re.search(rb'name="seen" value="(\d*)"', second.content)[1].decode()
    assert other.post(page, late | {"seen": again}).status_code == 302
    bow.refresh_from_db()
    assert bow.name_en == "The second name"


@pytest.mark.parametrize("seen", ["", "0", "x", "9" * 4_300, "\x00"])
def test_a_form_that_cannot_say_what_it_saw_is_not_saved_over_a_change(console, hubs, seen):
    page = f"/console/hubs/hub/{hubs['bow'].pk}/change/"
    console.post(page, hub_form(hubs["bow"]) | {"name_en": "A name"})
    answer = console.post(page, hub_form(hubs["bow"]) | {"name_en": "Another", "seen": seen})

    hubs["bow"].refresh_from_db()
    assert (answer.status_code, hubs["bow"].name_en) == (200, "A name")


def test_an_account_is_not_overwritten_either(people):
    account, one, other = people["desk"], Client(), Client()
    page = f"/console/accounts/user/{account.pk}/change/"
    typed = {"username": account.username, "home_hub": account.home_hub_id, "is_active": "on"}
    seen_by_one = opened_by(one, people["administrator"], page)
    seen_by_other = opened_by(other, people["administrator"], page)
    off = {name: value for name, value in typed.items() if name != "is_active"}
    answers = [one.post(page, off | seen_by_one), other.post(page, typed | seen_by_other)]

    account.refresh_from_db()
    assert ([each.status_code for each in answers], account.is_active) == ([302, 200], False)
