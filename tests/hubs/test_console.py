"""Administrators change a fact in the console, and it is published; mistakes are refused kindly."""

from datetime import date

import pytest

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
