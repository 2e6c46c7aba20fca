"""Staff take for somebody the time that is kept: instead of one we took away, or off the waiting list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appointments import actions
from appointments.models import Booking, Hold, Slot, Wish
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

from .conftest import TUESDAY, counters_hold, statuses

LIST, WAITING = "/staff/appointments/", "/staff/appointments/waiting/"
GONE = "That time is no longer kept for them. Nothing was changed."


@pytest.fixture
def officer(signed_in, people, hubs, clock, slots):
    """The Town Hall's officer, on the Monday at noon."""
    people["desk"].home_hub = hubs["town-hall"]
    people["desk"].save()
    return signed_in("desk")


@pytest.fixture
def kept(book, close, offer) -> Hold:
    """The last desk of its time, kept for somebody whose own time was taken away."""
    booking = book()
    close()
    hold = offer(booking)
    book(slot=hold.slot)
    return hold


@pytest.fixture
def offered(full, join) -> Wish:
    """Somebody on the waiting list to whom the only free desk of the day is offered."""
    wish = join(words="Ceiling")
    actions.cancel(booking=full[0], by=None, at=MONDAY_NOON)
    wish.refresh_from_db()
    return wish


def take(client, hold, **fields):
    path = f"{LIST}{hold.booking.reference}/take/"
    return client.post(path, {"slot": hold.slot_id} | fields, follow=True)


def answer(client, wish, step, **fields):
    return client.post(f"{WAITING}{wish.pk}/{step}/", {"hold": wish.hold_id} | fields, follow=True)


def said(response) -> str:
    return " ".join(Reading(response).texts("hub-notice"))


def test_an_officer_takes_the_other_time_which_can_be_chosen_nowhere_else(officer, kept, people):
    page = Reading(officer.get(f"{LIST}{kept.booking.reference}/"))
    values = [each.get("value") for each in page.one("#id_slot").findall("option")]
    assert str(kept.slot_id) not in values
    assert "Take this time for them" in page.texts("button")
    [form] = [each for each in page.all("form") if each.get("action", "").endswith("/take/")]
    sent = {each.get("name"): each.get("value") for each in form.iter("input")}
    answers = [officer.post(form.get("action"), sent, follow=True) for _ in range(2)]

    booking = Booking.objects.get(pk=kept.booking.pk)
    assert ["The appointment is moved." in said(each) for each in answers] == [True, True]
    assert (booking.slot, booking.desk) == (kept.slot, kept.desk)
    assert [each.by for each in booking.events.filter(kind="moved")] == [people["desk"]]
    assert "Take this time for them" not in Reading(answers[1]).texts("button")
    assert counters_hold()


@pytest.mark.parametrize("asked", ["", "²", "another"])
def test_nothing_is_taken_but_the_time_that_was_shown(officer, kept, slots, asked):
    other = Slot.objects.filter(service_day=kept.slot.service_day).last().pk if asked == "another" else asked
    assert GONE in said(take(officer, kept, slot=other))
    kept.booking.refresh_from_db()

    assert kept.booking.slot == slots[0]


def test_what_is_kept_no_longer_is_told_and_changes_nothing(officer, kept, reopen, slots):
    reopen()
    assert GONE in said(take(officer, kept))
    kept.booking.refresh_from_db()

    assert (kept.booking.slot, kept.booking.is_live) == (slots[0], True)
    assert counters_hold()


def test_the_other_time_is_not_taken_once_it_has_begun(officer, kept, slots, clock, people):
    clock.move_to(kept.slot.starts_at)
    officer.force_login(people["desk"])
    assert GONE in said(take(officer, kept))
    kept.booking.refresh_from_db()

    assert kept.booking.slot == slots[0]


def test_who_moves_somebody_elsewhere_gives_the_kept_time_back(officer, kept):
    elsewhere = Slot.objects.filter(service_day=kept.slot.service_day).last()
    officer.post(f"{LIST}{kept.booking.reference}/move/", {"slot": elsewhere.pk})
    assert GONE in said(take(officer, kept))
    kept.booking.refresh_from_db()

    assert kept.booking.slot == elsewhere
    assert counters_hold()


def test_an_officer_takes_what_is_offered_off_the_waiting_list_once(officer, offered, people):
    listed = Reading(officer.get(WAITING))
    buttons = {each.get("formaction"): each.get("value") for each in listed.all("hub-move")}
    assert buttons[f"{WAITING}{offered.pk}/take/"] == str(offered.hold_id)
    answers = [answer(officer, offered, "take") for _ in range(2)]

    booking = Booking.objects.get(wish=offered)
    pages = [(each.redirect_chain[-1][0], booking.shown_reference in said(each)) for each in answers]
    assert pages == [(f"{LIST}{booking.reference}/", True)] * 2
    assert (booking.slot, booking.desk, booking.words) == (offered.hold.slot, offered.hold.desk, "Ceiling")
    assert (booking.booked_by, booking.channel) == (people["desk"], "desk")
    assert statuses() == [Wish.Status.BOOKED]
    assert Hold.objects.get(pk=offered.hold_id).end == Hold.End.USED
    assert counters_hold()


def test_what_went_to_somebody_else_is_not_booked(officer, offered):
    actions.decline_offer(wish=offered, at=MONDAY_NOON)
    shown = said(answer(officer, offered, "take"))

    assert f"{offered.shown_reference}: that time is no longer kept for them. Nothing was booked." in shown
    assert (statuses(), Booking.objects.live().count()) == ([Wish.Status.WAITING], 7)


def test_an_older_page_takes_and_declines_no_other_offer(officer, offered, full):
    before = offered.hold_id
    actions.decline_offer(wish=offered, at=MONDAY_NOON)
    actions.cancel(booking=full[-1], by=None, at=MONDAY_NOON)
    offered.refresh_from_db()
    assert (offered.status, offered.hold_id == before) == (Wish.Status.OFFERED, False)
    shown = [
        said(answer(officer, offered, step, hold=hold))
        for step in ("take", "decline")
        for hold in (before, "")
    ]

    assert ["that time is no longer kept for them" in each for each in shown] == [True] * 4
    assert statuses() == [Wish.Status.OFFERED]


def test_whoever_has_two_appointments_gets_no_third(officer, offered, book):
    later = Slot.objects.filter(service_day=TUESDAY + timedelta(days=14)).first()
    for _ in range(2):
        book(slot=later, phone=offered.resident.phone)
    shown = said(answer(officer, offered, "take"))

    assert "they have two appointments already. Cancel or move one first. Nothing was booked." in shown
    assert statuses() == [Wish.Status.OFFERED]
    assert counters_hold()


def test_who_does_not_want_it_stays_on_the_list_and_the_next_is_offered_it(officer, offered, join):
    join(at=MONDAY_NOON + timedelta(minutes=1))
    shown = [said(answer(officer, offered, "decline")) for _ in range(2)]

    assert [f"{offered.shown_reference} stays on the waiting list." in each for each in shown] == [True, True]
    assert statuses() == [Wish.Status.WAITING, Wish.Status.OFFERED]
    assert counters_hold()


def test_who_took_it_themselves_meanwhile_is_not_said_to_wait(officer, offered):
    actions.accept_offer(wish=offered, by=None, at=MONDAY_NOON)
    shown = said(answer(officer, offered, "decline"))

    assert ("stays on the waiting list" in shown, "Nothing was changed." in shown) == (False, True)
    assert statuses() == [Wish.Status.BOOKED]


def test_only_who_is_offered_a_time_has_an_answer_to_give(officer, offered, join):
    waits = join(at=MONDAY_NOON + timedelta(minutes=1))
    steps = {each.get("formaction") for each in Reading(officer.get(WAITING)).all("hub-move")}

    assert f"{WAITING}{offered.pk}/decline/" in steps
    assert [each for each in steps if each and each.startswith(f"{WAITING}{waits.pk}/")] == [
        f"{WAITING}{waits.pk}/leave/"
    ]


@pytest.mark.parametrize("who", ["other_desk", "outsider", "officer", "administrator"])
def test_nobody_else_takes_the_other_time(signed_in, kept, clock, who):
    path = f"{LIST}{kept.booking.reference}/take/"
    answered = signed_in(who).post(path, {"slot": kept.slot_id}).status_code
    kept.booking.refresh_from_db()

    assert answered == (404 if who == "other_desk" else 403)
    assert kept.booking.slot != kept.slot


@pytest.mark.parametrize("step", ["take", "decline", "leave"])
@pytest.mark.parametrize("who", ["other_desk", "outsider", "officer", "administrator"])
def test_nobody_else_answers_for_who_waits(signed_in, offered, clock, who, step):
    answered = signed_in(who).post(f"{WAITING}{offered.pk}/{step}/", {"hold": offered.hold_id}).status_code

    assert answered == (404 if who == "other_desk" else 403)
    assert statuses() == [Wish.Status.OFFERED]


def test_a_manager_stays_at_the_hub_whose_list_it_is(signed_in, offered, clock):
    done = answer(signed_in("manager"), offered, "decline")

    assert done.redirect_chain == [(f"{WAITING}?hub=town-hall", 302)]
