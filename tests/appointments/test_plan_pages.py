"""Planning pages: a plan is made and changed, a day is closed, and whom it hits is listed first."""

from __future__ import annotations

from datetime import date

import pytest

from appointments import actions
from appointments.models import Booking, ClosedDay, Hold, Plan, Slot
from tests.appointments.conftest import TUESDAY
from tests.conftest import MONDAY_NOON
from tests.reading import Reading, text_of

PLANS = "/staff/appointments/plans/"
CLOSE = f"{PLANS}close/"


@pytest.fixture
def manager(client, people, clock):
    client.force_login(people["manager"])
    return client


def facts(**other):
    return {
        "weekday": "1",
        "starts": "10:00",
        "ends": "12:00",
        "minutes": "30",
        "desks": "2",
        "days_ahead": "28",
        "notice_minutes": "120",
        "starts_on": "2026-11-01",
    } | other


def hits_on(page: Reading) -> tuple[str, str]:
    """What a page lists as hit, and the ids that it sends along."""
    (seen,) = [each.get("value") for each in page.all("input") if each.get("name") == "seen"]
    return " ".join(page.texts("hub-notice--closure")), seen


def test_a_manager_makes_a_plan_and_its_times_can_be_booked(manager, hubs, topics):
    made = manager.post(f"{PLANS}add/", facts(hub=hubs["town-hall"].pk, topics=[topics["housing"].pk]))
    plan = Plan.objects.get()

    assert (made.headers["Location"], plan.hub.slug, Slot.objects.count()) == (PLANS, "town-hall", 16)
    assert list(plan.topics.values_list("slug", flat=True)) == ["housing"]
    assert "Tuesday" in Reading(manager.get(PLANS)).words


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends": "09:00"}, "#id_ends"),
        ({"minutes": "0"}, "#id_minutes"),
        ({"minutes": "481"}, "#id_minutes"),
        ({"desks": "²"}, "#id_desks"),
        ({"weekday": "9"}, "#id_weekday"),
        ({"retired_on": "2026-10-01"}, "#id_retired_on"),
        ({"days_ahead": "9" * 30}, "#id_days_ahead"),
        ({"ends": "10:20"}, "#id_minutes"),
        ({"starts": "00:00", "ends": "00:00:00.000001", "minutes": "480"}, "#id_ends"),
        ({"starts": "10:00:30"}, "#id_starts"),
    ],
)
def test_a_plan_that_makes_no_sense_is_told(manager, hubs, wrong, field):
    response = manager.post(f"{PLANS}add/", facts(hub=hubs["town-hall"].pk) | wrong)
    links = [each.get("href") for each in Reading(response).one("govuk-error-summary__list").iter("a")]

    assert (response.status_code, links, Plan.objects.count()) == (422, [field], 0)


def test_each_field_of_a_plan_that_is_left_empty_is_named(manager, hubs):
    page = Reading(manager.post(f"{PLANS}add/", {}))
    told = [text_of(each) for each in page.one("govuk-error-summary__list").iter("a")]

    assert told == [
        "Choose a hub",
        "Choose the weekday",
        "Enter the time from which people are seen, such as 09:30",
        "Enter the time until which people are seen, such as 12:30",
        "Enter how many minutes each appointment takes: 5 to 480",
        "Enter how many desks there are: 1 to 50",
        "Enter how many days ahead can be booked: 1 to 400",
        "Enter until how many minutes before it starts residents can book: 0 to 10,080",
        "Enter the first day of the plan",
    ]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"weekday": "6", "starts": "20:00", "ends": "21:00"}, "the hub is not open at these hours"),
        ({"starts_on": "2027-11-01"}, "the plan holds on none of the coming days"),
        ({"days_ahead": "1"}, "the plan's days are closed to appointments"),
        ({}, ""),
    ],
)
def test_a_plan_without_any_times_says_why(manager, hubs, people, other, reason):
    about = {"hub": hubs["town-hall"], "by": people["manager"], "at": MONDAY_NOON}
    actions.close_day(on=TUESDAY, seen_hits=[], **about)
    saved = manager.post(f"{PLANS}add/", facts(hub=hubs["town-hall"].pk) | other, follow=True)
    said = " ".join(Reading(saved).texts("hub-notice"))

    assert "The plan is saved." in said
    assert said.partition("No times are published: ")[2].startswith(reason)
    assert ("No times" in said) == (reason != "")


def test_hours_that_are_planned_already_are_refused_with_the_way_to_their_plan(manager, hubs, topics, plan):
    town_hall, housing = hubs["town-hall"], topics["housing"]
    sent = facts(hub=town_hall.pk, starts="11:00", ends="13:00", desks="1", topics=[housing.pk])
    response = manager.post(f"{PLANS}add/", sent)
    page = Reading(response)

    assert (response.status_code, Plan.objects.count()) == (422, 1)
    told = "Tuesday 10:00 to 12:00 is planned already. Choose other hours, or change that plan"
    assert page.texts("govuk-error-summary__list") == [told]
    assert f"{PLANS}{plan.pk}/" in page.links()
    kept = [page.one(f"#id_{name}").get("value") for name in ("starts", "ends", "desks")]
    assert kept == ["11:00", "13:00", "1"]
    ticked = [each.get("value") for each in page.all("input") if each.get("checked") is not None]
    assert ticked == [str(housing.pk)]


def test_a_plan_is_not_changed_into_the_hours_of_another(manager, hubs, plan, people):
    manager.post(f"{PLANS}add/", facts(hub=hubs["town-hall"].pk, starts="13:00", ends="15:00"))
    other = Plan.objects.exclude(pk=plan.pk).get()
    response = manager.post(f"{PLANS}{other.pk}/", facts(starts="09:00", ends="11:00"))

    other.refresh_from_db()
    assert (response.status_code, other.starts.hour) == (422, 13)
    assert f"{PLANS}{plan.pk}/" in Reading(response).links()


@pytest.mark.parametrize("seen", ["9" * 5_000, "²", "-1"])
def test_bookings_that_no_page_can_have_shown_count_as_not_seen(manager, plan, book, slots, hubs, seen):
    book(slot=slots[0], name="Hit Person")
    changing = manager.post(f"{PLANS}{plan.pk}/", facts(starts="11:00", seen=seen))
    closing = manager.post(CLOSE, {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat(), "seen": seen})

    assert ["Hit Person" in Reading(each).words for each in (changing, closing)] == [True, True]
    assert not ClosedDay.objects.exists()


def test_changing_a_plan_lists_whom_it_hits_and_offers_each_another_time(manager, plan, book, slots):
    hit, safe = book(slot=slots[0], name="Hit Person"), book(slot=slots[3])
    listed = manager.post(f"{PLANS}{plan.pk}/", facts(starts="11:00"))
    words, seen = hits_on(Reading(listed))
    plan.refresh_from_db()
    assert ("1 appointment is hit" in words, "Hit Person" in words, plan.starts.hour) == (True, True, 10)

    manager.post(f"{PLANS}{plan.pk}/", facts(starts="11:00", seen=seen))
    plan.refresh_from_db()
    hit.refresh_from_db()
    assert (plan.starts.hour, hit.status, hit.slot.is_withdrawn) == (11, "booked", True)
    assert list(Hold.objects.live().values_list("booking", flat=True)) == [hit.pk]
    safe.refresh_from_db()
    assert not safe.slot.is_withdrawn


def test_whole_minutes_may_come_with_their_seconds(manager, hubs):
    manager.post(f"{PLANS}add/", facts(hub=hubs["town-hall"].pk, starts="10:00:00", ends="00:00:00"))

    assert (Plan.objects.get().starts.hour, Slot.objects.filter(service_day=TUESDAY).count()) == (10, 14)


def test_who_had_lost_their_time_before_does_not_keep_a_plan_from_being_changed(
    manager, plan, book, slots, hubs
):
    book(slot=slots[0], name="Lost Before")
    hit = book(slot=Slot.objects.filter(service_day__gt=TUESDAY).earliest("pk"), name="Hit Person")
    asked = {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat()}
    manager.post(CLOSE, asked | {"seen": hits_on(Reading(manager.post(CLOSE, asked)))[1]})
    longer = manager.post(f"{PLANS}{plan.pk}/", facts(notice_minutes="60"))
    words, seen = hits_on(Reading(manager.post(f"{PLANS}{plan.pk}/", facts(starts="11:00"))))
    assert (longer.status_code, "Hit Person" in words, "Lost Before" in words) == (302, True, False)
    assert seen == str(hit.pk)

    changed = manager.post(f"{PLANS}{plan.pk}/", facts(starts="11:00", seen=seen))
    plan.refresh_from_db()
    assert (changed.status_code, plan.starts.hour) == (302, 11)


def test_who_sits_at_a_desk_that_went_before_is_not_hit_again(manager, plan, book):
    book(), book(name="At Desk Two")
    words, seen = hits_on(Reading(manager.post(f"{PLANS}{plan.pk}/", facts(desks="1"))))
    fewer = manager.post(f"{PLANS}{plan.pk}/", facts(desks="1", seen=seen))
    again = manager.post(f"{PLANS}{plan.pk}/", facts(desks="1", notice_minutes="60"))

    assert ("At Desk Two" in words, fewer.status_code, again.status_code) == (True, 302, 302)


def test_closing_a_day_lists_whom_it_hits_first(manager, hubs, book, slots):
    booking = book(name="Hit Person")
    asked = {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat(), "reason": "Staff training"}
    words, seen = hits_on(Reading(manager.post(CLOSE, asked)))
    assert ("Hit Person" in words, ClosedDay.objects.count()) == (True, 0)

    done = manager.post(CLOSE, asked | {"seen": seen}, follow=True)
    booking.refresh_from_db()
    assert (booking.status, booking.slot.is_withdrawn) == ("booked", True)
    assert "Another time is offered to 1." in " ".join(Reading(done).texts("hub-notice"))
    assert "Staff training" in Reading(done).words


def test_who_books_meanwhile_is_listed_before_the_day_is_closed(manager, hubs, book, slots):
    first = book()
    asked = {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat(), "seen": str(first.pk)}
    book(slot=slots[1])
    words, _ = hits_on(Reading(manager.post(CLOSE, asked)))

    assert "Somebody booked or cancelled meanwhile. 2 appointments are hit" in words
    assert ClosedDay.objects.count() == 0


def test_a_closed_day_is_opened_again(manager, hubs, slots):
    manager.post(CLOSE, {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat()})
    closed = ClosedDay.objects.get()
    assert Slot.objects.offered().filter(service_day=TUESDAY).count() == 0

    manager.post(f"{PLANS}closed/{closed.pk}/reopen/")
    assert Slot.objects.offered().filter(service_day=TUESDAY).count() == 4
    again = manager.post(f"{PLANS}closed/{closed.pk}/reopen/", follow=True)
    assert "The day is open already" in " ".join(Reading(again).texts("hub-notice"))


@pytest.mark.parametrize("on", ["", "2026-11-01", "²", "2026-02-30", "2028-12-01", "9999-12-31"])
def test_a_day_that_has_passed_or_is_none_is_not_closed(manager, hubs, on):
    assert manager.post(CLOSE, {"hub": hubs["town-hall"].pk, "on": on}).status_code == 422
    assert ClosedDay.objects.count() == 0


def test_everybody_without_a_time_is_offered_another_at_once(manager, hubs, book, plan):
    booking = book()
    Slot.objects.filter(service_day=date(2026, 11, 24)).update(
        withdrawn_at=booking.booked_at, withdrawn_because="hours"
    )
    assert "1 person needs another time" in Reading(manager.get(PLANS)).words
    manager.post(f"{PLANS}offer/")

    assert Hold.objects.live().get().booking == booking


def test_an_administrator_plans_and_sees_no_names(client, people, clock, hubs, book):
    booking = book(name="Hit Person")
    client.force_login(people["administrator"])
    words, _ = hits_on(Reading(client.post(CLOSE, {"hub": hubs["town-hall"].pk, "on": TUESDAY.isoformat()})))

    assert (booking.shown_reference in words, "Hit Person" in words) == (True, False)


@pytest.mark.parametrize("who", ["desk", "other_desk", "officer", "outsider"])
def test_nobody_else_plans(client, people, hubs, plan, who):
    client.force_login(people[who])
    pages = (PLANS, f"{PLANS}add/", f"{PLANS}{plan.pk}/", CLOSE)
    answers = {client.get(page).status_code for page in pages}
    answers |= {client.post(page).status_code for page in (*pages[1:], f"{PLANS}offer/")}

    assert (answers, ClosedDay.objects.count(), Booking.objects.count()) == ({403}, 0, 0)


@pytest.mark.parametrize("year", [2029, 9999])
def test_a_plan_does_not_begin_in_years(manager, hubs, plan, year):
    response = manager.post(f"{PLANS}add/", facts(hub=hubs["town-hall"].pk, starts_on=f"{year}-12-31"))

    assert response.status_code == 422
    assert "Choose a first day within the next two years" in Reading(response).words
