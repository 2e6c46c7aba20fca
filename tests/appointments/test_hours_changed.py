"""What hubs' hours become is published at once, by whichever door, and whom it hits is listed first."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.models import Booking, Hold, Slot
from hubs.models import ContentVersion, DatedHours, Hub, OpeningPeriod
from tests.appointments.conftest import PHONE, TUESDAY, counters_hold
from tests.conftest import MONDAY_NOON
from tests.hubs.test_console import hub_form, inline
from tests.reading import Reading

HOURS = "/console/hubs/datedhours/"
NEXT_TUESDAY = TUESDAY + timedelta(days=7)


@pytest.fixture
def console(client, people, clock, slots):
    client.force_login(people["administrator"])
    return client


def closure(hub: Hub | None, on: date = TUESDAY, **other: object) -> dict[str, object]:
    about = {"hub": hub.pk if hub else "", "on": f"{on:%d/%m/%Y}", "closed": "on"}
    return about | inline("periods") | other


def days() -> set[date]:
    return set(Slot.objects.offered().values_list("service_day", flat=True))


def sent_along(page: Reading) -> dict[str, list[str]]:
    """What a page that asks sends when it is confirmed."""
    found: dict[str, list[str]] = {}
    for each in page.one("#hits").iter("input"):
        found.setdefault(each.get("name"), []).append(each.get("value") or "")
    return found


def words_of(page: Reading) -> str:
    return " ".join(page.texts("#content"))


def told(response) -> str:
    return " ".join(Reading(response).texts("messagelist"))


def test_a_closed_date_has_no_slot_from_that_moment_on(console, hubs, topics):
    assert console.post(f"{HOURS}add/", closure(hubs["town-hall"])).status_code == 302

    assert (TUESDAY in days(), NEXT_TUESDAY in days()) == (False, True)
    assert TUESDAY not in [each.on for each in Slot.objects.free_days(topics["housing"], MONDAY_NOON)]
    reasons = Slot.objects.filter(service_day=TUESDAY).values_list("withdrawn_because", flat=True)
    assert set(reasons) == {Slot.Why.HOURS}


def test_a_date_closed_at_all_hubs_and_one_opened_again(console, hubs):
    console.post(f"{HOURS}add/", closure(None))
    assert TUESDAY not in days()
    row = DatedHours.objects.get()
    console.post(f"{HOURS}{row.pk}/delete/", {"post": "yes"})
    assert TUESDAY in days()

    console.post(f"{HOURS}add/", closure(None))
    ids = [DatedHours.objects.get().pk]
    console.post(HOURS, {"action": "delete_selected", "_selected_action": ids, "post": "yes"})
    assert (DatedHours.objects.count(), TUESDAY in days()) == (0, True)


def test_other_hours_of_the_week_are_published_once_all_rows_are_saved(console, hubs):
    hub = hubs["town-hall"]
    tuesday = hub.opening_periods.get(weekday=1)
    form = hub_form(hub)
    (row,) = [name for name, value in form.items() if value == tuesday.pk and name.endswith("-id")]
    form[row.replace("-id", "-closes")] = "11:00"
    console.post(f"/console/hubs/hub/{hub.pk}/change/", form)

    assert OpeningPeriod.objects.get(pk=tuesday.pk).closes == time(11)
    assert Slot.objects.offered().filter(service_day=TUESDAY).count() == 2


@pytest.mark.parametrize(("retired_on", "left"), [("23/11/2026", []), ("01/12/2026", [TUESDAY])])
def test_a_hub_that_closes_for_good_has_no_slots_from_that_day_on(console, hubs, retired_on, left):
    hub = hubs["town-hall"]
    console.post(f"/console/hubs/hub/{hub.pk}/change/", hub_form(hub) | {"retired_on": retired_on})

    assert sorted(days()) == left


def test_whom_it_hits_is_listed_first_and_nothing_saved_until_then(console, hubs, book):
    booking = book(name="Hit Person")
    version = ContentVersion.objects.get().number
    asked = console.post(f"{HOURS}add/", closure(hubs["town-hall"], reason_en="Burst pipe"))
    page = Reading(asked)
    assert (DatedHours.objects.count(), TUESDAY in days()) == (0, True)
    assert ContentVersion.objects.get().number == version
    assert "Nothing is saved yet. 1 appointment loses its time." in words_of(page)
    assert [each.text for each in page.all("closelink") if each.get("href") == HOURS] == ["Leave it unsaved"]
    assert (booking.shown_reference in words_of(page), "Hit Person" in words_of(page)) == (True, False)

    done = console.post(f"{HOURS}add/", sent_along(page), follow=True)
    booking.refresh_from_db()
    assert DatedHours.objects.get().reason_en == "Burst pipe"
    assert (booking.status, booking.slot.is_withdrawn, counters_hold()) == ("booked", True, True)
    assert "1 appointment lost its time." in told(done)
    assert "Appointment plans" in told(done)


def test_who_books_meanwhile_is_listed_too(console, hubs, book, slots):
    book()
    page = Reading(console.post(f"{HOURS}add/", closure(hubs["town-hall"])))
    book(slot=slots[1])
    again = Reading(console.post(f"{HOURS}add/", sent_along(page)))

    assert "2 appointments lose their time." in words_of(again)
    assert (DatedHours.objects.count(), TUESDAY in days()) == (0, True)


def test_only_who_loses_their_time_by_this_change_is_counted(console, hubs, book):
    book()
    page = Reading(console.post(f"{HOURS}add/", closure(hubs["town-hall"])))
    console.post(f"{HOURS}add/", sent_along(page))
    row = DatedHours.objects.get()
    changed = closure(hubs["town-hall"], reason_en="Burst pipe", seen=page_seen(console, row))
    done = console.post(f"{HOURS}{row.pk}/change/", changed, follow=True)

    row.refresh_from_db()
    assert (row.reason_en, "lost" in told(done)) == ("Burst pipe", False)


def page_seen(console, row: DatedHours) -> str:
    page = Reading(console.get(f"{HOURS}{row.pk}/change/"))
    return next(each.get("value") for each in page.all("input") if each.get("name") == "seen")


def test_taking_special_hours_away_lists_whom_it_hits_too(console, hubs, plan, book):
    christmas = date(2026, 12, 25)
    row = DatedHours.objects.create(hub=hubs["town-hall"], on=christmas, closed=False)
    row.periods.create(opens=time(9), closes=time(17))
    plan.weekday, plan.days_ahead = 4, 60
    plan.save()
    actions.publish_slots(at=MONDAY_NOON)
    book(slot=Slot.objects.get(service_day=christmas, starts_at__hour=10, starts_at__minute=0))
    sent = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    for address, fields in ((f"{HOURS}{row.pk}/delete/", {"post": "yes"}), (HOURS, sent)):
        page = Reading(console.post(address, fields))
        assert "1 appointment loses its time." in words_of(page)
        assert (DatedHours.objects.count(), christmas in days()) == (1, True)

    done = console.post(HOURS, sent_along(page), follow=True)
    assert (DatedHours.objects.count(), christmas in days()) == (0, False)
    assert "1 appointment lost its time." in told(done)


def test_a_closure_on_the_day_itself_takes_what_has_not_begun(console, hubs, book, slots, clock, people):
    booking = book(email="amber@example.org", at=MONDAY_NOON - timedelta(days=5), slot=slots[3])
    clock.move_to(slots[1].starts_at + timedelta(minutes=1))
    console.force_login(people["administrator"])
    page = Reading(console.post(f"{HOURS}add/", closure(hubs["town-hall"])))
    console.post(f"{HOURS}add/", sent_along(page))
    booking.refresh_from_db()

    withdrawn = Slot.objects.filter(service_day=TUESDAY, withdrawn_at__isnull=False)
    assert list(withdrawn) == slots[2:]
    assert booking.status == Booking.Status.BOOKED
    assert actions.send_reminders(at=slots[1].starts_at + timedelta(minutes=2)) == 0


def test_what_is_held_on_a_closed_date_is_given_back(console, hubs, slots, topics):
    hold = actions.hold_slot(slot=slots[0], topic=topics["housing"], at=MONDAY_NOON)
    console.post(f"{HOURS}add/", closure(hubs["town-hall"]))
    hold.refresh_from_db()

    assert (hold.end, counters_hold()) == (Hold.End.WITHDRAWN, True)


def test_publishing_reads_the_hours_as_they_are_once_nobody_else_publishes(plan, hubs, monkeypatch):
    """A nightly run that began before a date was closed must not bring its slots back."""
    from appointments.actions import plans

    lock = plans._lock_plans

    def closed_while_waiting(**which):
        if not DatedHours.objects.exists():
            DatedHours.objects.create(hub=hubs["town-hall"], on=TUESDAY)
        return lock(**which)

    monkeypatch.setattr(plans, "_lock_plans", closed_while_waiting)
    actions.publish_slots(at=MONDAY_NOON)

    assert TUESDAY not in days()


def test_loading_the_facts_publishes_too_and_says_whom_it_hits(people, hubs, topics, clock):
    # Out of the way of the file's own numbers.
    Hub.objects.update(position=F("position") + 100)
    OpeningPeriod.objects.filter(hub=hubs["town-hall"]).update(opens=time(0), closes=time(0))
    early, _ = actions.save_plan(
        hub=hubs["town-hall"],
        weekday=1,
        starts=time(2),
        ends=time(3),
        minutes=30,
        desks=1,
        days_ahead=7,
        notice_minutes=0,
        starts_on=TUESDAY,
        by=people["manager"],
        at=MONDAY_NOON,
    )
    slot = early.slots.earliest("starts_at")
    actions.book(
        token=uuid.uuid4(),
        slot=slot,
        topic=topics["housing"],
        language="en",
        by=people["manager"],
        at=MONDAY_NOON,
        channel="phone",
        name="Amber Example",
        phone=PHONE,
    )
    said = [StringIO(), StringIO()]
    for number, options in enumerate(({"dry_run": True}, {})):
        call_command("load_hubs", overwrite=True, stdout=StringIO(), stderr=said[number], **options)
        assert Slot.objects.offered().count() == (2, 0)[number]

    assert said[0].getvalue().startswith("1 appointment loses its time.")
    assert said[1].getvalue().startswith("1 appointment lost its time.")


@pytest.mark.usefixtures("asked_once")
def test_publishing_asks_the_same_few_questions_for_every_plan(console, hubs, plan, people):
    """Twelve for each: its slots, the hub’s hours, closed days, who is hit; 0.1 s for ten plans in all."""

    def asked(on: date) -> int:
        with CaptureQueriesContext(connection) as found:
            console.post(f"{HOURS}add/", closure(hubs["town-hall"], on=on))
        return len(found)

    asked(TUESDAY - timedelta(days=5))
    for_one = asked(TUESDAY + timedelta(days=2))
    for weekday in (0, 4):
        other = {name: getattr(plan, name) for name in ("hub", "starts", "ends", "starts_on")}
        actions.save_plan(**other, weekday=weekday, by=people["manager"], at=MONDAY_NOON)

    assert asked(TUESDAY + timedelta(days=8)) - for_one == 2 * 12
