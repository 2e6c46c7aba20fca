"""What residents are told, in which language, by which way, when, and that each thing is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from string import ascii_letters, digits

import pytest
import time_machine
from django.core.management import call_command

from appointments import actions, notifications
from appointments.models import Booking, Message, Slot
from appointments.notifications import LONGEST_TEXT
from enquiries.actions import change_resident
from hubs.models import Hub
from tests.conftest import MONDAY_NOON

State, Kind = Message.State, Message.Kind
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def states() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("kind", "state"))


def test_a_booking_is_confirmed_by_email_with_when_where_and_what_to_bring(book, topics, mailoutbox, at_once):
    topics["housing"].bring_en = "Your tenancy agreement\nA letter"
    topics["housing"].save()
    with at_once():
        booking = book(email="amber@example.org")
    [mail] = mailoutbox

    assert (mail.to, mail.subject) == (["amber@example.org"], "Your appointment with the Residents’ Hubs")
    assert mail.body == (
        "Your appointment is at Town-Hall hub at 10:00 on Tuesday 24 November.\n\n"
        "Town-Hall hub, 1 Test Street, E1 1BJ\n\n"
        "What to bring:\n- Your tenancy agreement\n- A letter\n\n"
        f"To change or cancel it: http://127.0.0.1:8000/appointments/b/{booking.private_key}/\n\n"
        f"Your reference is {booking.shown_reference}.\n\n"
        "Questions? Call 020 7364 5000 and say your reference.\n"
    )
    assert states() == [(Kind.BOOKED, State.SENT)]


def test_a_text_message_holds_when_the_reference_and_the_link_and_no_name(book, mailoutbox, at_once):
    with at_once():
        booking = book(phone="07700 900123")
    [mail] = mailoutbox

    assert mail.to == ["07700900123@text-message.invalid"]
    assert mail.body == (
        "Your appointment is at Town-Hall hub at 10:00 on Tuesday 24 November. "
        f"Your reference is {booking.shown_reference}. To change or cancel it: "
        f"http://127.0.0.1:8000/appointments/b/{booking.private_key}/"
    )


GSM = set("@£$¥èéùìòÇØøÅåÆæßÉ!\"#¤%&'()*+,-./:;<=>?ÄÖÑÜ§¿äöñüà_ \n") | set(ascii_letters + digits)
"""The plain alphabet of text messages (GSM 03.38), one place each."""
TWO_PARTS = 306
"""Characters of that alphabet in a text message that is sent in two parts."""


@pytest.mark.parametrize(
    ("bring", "said"),
    [
        ("Your CV\nA letter", "Bring: Your CV A letter Your reference is"),
        ("The council’s letter\n" + "A paper " * 30, "Bring: The council's letter The rest is at the link."),
        ("A paper " * 30, "What to bring is at the link."),
        ("", "November. Your reference is"),
    ],
)
def test_a_reminder_by_text_says_what_to_bring_in_three_parts(
    book, topics, settings, mailoutbox, bring, said
):
    settings.SITE_URL = "https://residents-hubs.towerhamlets.gov.uk"
    topics["housing"].bring_en = bring
    topics["housing"].save()
    booking = book(at=MONDAY_NOON - timedelta(days=5), phone="07700 900123")
    actions.send_reminders(at=MONDAY_NOON)
    body = mailoutbox[-1].body

    assert said in body
    assert (len(body) <= LONGEST_TEXT, set(body) - GSM) == (True, set())
    assert f"{booking.shown_reference}. To change or cancel it: https" in body


def test_a_reminder_by_text_in_bengali_and_of_a_sensitive_topic(book, topics, mailoutbox):
    for slug in ("housing", "domestic-abuse"):
        topics[slug].bring_en, topics[slug].bring_bn = "A letter", "চিঠি"
        topics[slug].save()
        book(at=MONDAY_NOON - timedelta(days=5), phone="07700 900123", language="bn", topic=topics[slug])
    actions.send_reminders(at=MONDAY_NOON)
    plain, sensitive = [mail.body for mail in mailoutbox]

    assert ("সঙ্গে আনবেন: চিঠি" in plain, "চিঠি" in sensitive) == (True, False)


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_of_text_message_fits_two_parts(book, settings, kind):
    settings.SITE_URL = "https://residents-hubs.towerhamlets.gov.uk"
    booking = book()
    Hub.objects.update(name_en="Professional Development Centre")
    # The date that takes most letters.
    long_day = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
    Slot.objects.filter(pk=booking.slot_id).update(starts_at=long_day, service_day=long_day.date())
    fresh = Booking.objects.for_page().get()
    about = notifications.about_booking(fresh, kind, fresh.slot if kind == Kind.ANOTHER else None)
    link = f"{settings.SITE_URL}/appointments/offer/{booking.private_key}/"
    longest = {"link": link} if kind == Kind.OFFER else {}
    body = notifications.text_body(replace(about, until=long_day, **longest))

    assert (len(body) <= TWO_PARTS, set(body) - GSM) == (True, set())
    assert booking.shown_reference in body


def test_a_number_in_bengali_digits_is_kept_as_typed_and_dialled_in_western_ones(book, mailoutbox, at_once):
    with at_once():
        booking = book(phone="০৭৭০০ ৯০০১৩৩")

    assert (booking.resident.phone, mailoutbox[0].to) == (
        "০৭৭০০ ৯০০১৩৩",
        ["07700900133@text-message.invalid"],
    )


def test_of_a_sensitive_topic_nothing_is_said(book, topics, mailoutbox, at_once):
    topics["domestic-abuse"].bring_en = "A friend"
    topics["domestic-abuse"].save()
    with at_once():
        book(topic=topics["domestic-abuse"], email="amber@example.org")

    said = mailoutbox[0].subject + mailoutbox[0].body
    assert [word for word in ("omestic", "friend", "Amber Example") if word in said] == []


def test_moving_and_cancelling_are_told_in_the_residents_language(book, slots, mailoutbox, at_once):
    booking = book(email="amber@example.org", language="syl")
    with at_once():
        actions.move(booking=booking, slot=slots[2], by=None, at=MONDAY_NOON)
    with at_once():
        actions.cancel(booking=booking, by=None, at=MONDAY_NOON)

    moved, cancelled = mailoutbox
    assert "11:00" in moved.body
    assert all("হাব" in mail.body and "Your" not in mail.body for mail in mailoutbox)
    assert f"/bn/appointments/b/{booking.private_key}/" in moved.body
    assert cancelled.body != moved.body


@pytest.mark.parametrize(
    "facts",
    [
        {"phone": "", "postcode": "E1 1BJ"},
        {"phone": "020 7364 5000"},
        {"phone": "07700 900123", "may_text": False},
        {"phone": "", "email": "amber@example.org", "may_email": False},
    ],
)
def test_nobody_is_written_to_where_it_is_not_safe_or_not_possible(book, mailoutbox, at_once, facts):
    with at_once():
        book(**facts)

    assert (mailoutbox, states()) == ([], [])


def test_a_text_message_waits_for_the_morning_and_an_email_that_answers_does_not(book, mailoutbox, at_once):
    with at_once():
        book(at=NIGHT, phone="07700 900123"), book(at=NIGHT, phone="", email="amber@example.org")
    assert [mail.to for mail in mailoutbox] == [["amber@example.org"]]
    assert actions.send_due(at=MORNING - timedelta(seconds=1)) == 0
    assert (actions.send_due(at=MORNING), actions.send_due(at=MORNING)) == (1, 0)

    assert states() == [(Kind.BOOKED, State.SENT)] * 2
    assert len(mailoutbox) == 2


def test_what_is_no_longer_true_or_safe_by_the_morning_is_not_sent(book, slots, people, mailoutbox, at_once):
    with at_once():
        gone = book(at=NIGHT, phone="07700 900123")
        unsafe = book(at=NIGHT, phone="07700 900124")
        actions.cancel(booking=gone, by=people["manager"], at=NIGHT)
    change_resident(resident=unsafe.resident, by=people["manager"], at=NIGHT, may_text=False)
    assert actions.send_due(at=MORNING) == 1

    assert [mail.body[:40] for mail in mailoutbox] == ["Your appointment at Town-Hall hub at 10:"]
    assert states() == [
        (Kind.BOOKED, State.DROPPED),
        (Kind.BOOKED, State.DROPPED),
        (Kind.CANCELLED, State.SENT),
    ]


def test_moved_back_and_forth_at_night_is_told_once_in_the_morning(book, slots, mailoutbox, at_once):
    with at_once():
        booking = book(at=NIGHT, phone="07700 900123")
        for slot in (slots[2], slots[0], slots[2], slots[0]):
            actions.move(booking=booking, slot=slot, by=None, at=NIGHT)
    assert actions.send_due(at=MORNING) == 1

    assert "10:00" in mailoutbox[0].body
    assert states() == [
        (Kind.BOOKED, State.DROPPED),
        *[(Kind.MOVED, State.DROPPED)] * 3,
        (Kind.MOVED, State.SENT),
    ]


def test_what_could_not_be_sent_does_not_keep_an_earlier_message_back(book, slots, mailoutbox, at_once):
    with at_once():
        booking = book(at=NIGHT, phone="07700 900123")
        for slot in (slots[2], slots[0]):
            actions.move(booking=booking, slot=slot, by=None, at=NIGHT)
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(state=State.FAILED)

    assert actions.send_due(at=MORNING) == 1
    assert states() == [(Kind.BOOKED, State.SENT), (Kind.MOVED, State.DROPPED), (Kind.MOVED, State.FAILED)]


def test_everybody_is_reminded_once_the_day_before(book, slots, mailoutbox, at_once):
    long_ago = MONDAY_NOON - timedelta(days=5)
    first = book(at=long_ago, email="amber@example.org")
    gone = book(at=long_ago, email="cobalt@example.org")
    actions.cancel(booking=gone, by=None, at=long_ago)
    told = [actions.send_reminders(at=at) for at in (slots[0].starts_at - timedelta(hours=25), MONDAY_NOON)]
    again = actions.send_reminders(at=MONDAY_NOON + timedelta(minutes=10))

    assert (told, again) == ([0, 1], 0)
    assert [mail.to for mail in mailoutbox if "Reminder" in mail.body] == [["amber@example.org"]]
    assert first.messages.get(kind=Kind.REMINDER).state == State.SENT


def test_nobody_is_reminded_at_night_or_of_what_was_booked_today(book, slots, mailoutbox):
    book(at=MONDAY_NOON - timedelta(days=5), email="amber@example.org")
    book(at=slots[0].starts_at - timedelta(hours=11), email="cobalt@example.org")
    assert actions.send_reminders(at=NIGHT) == 0
    assert actions.send_reminders(at=MORNING) == 1

    assert [mail.to for mail in mailoutbox if "Reminder" in mail.body] == [["amber@example.org"]]


def test_a_moved_appointment_is_reminded_of_anew(book, slots, mailoutbox):
    booking = book(at=MONDAY_NOON - timedelta(days=5), email="amber@example.org")
    actions.send_reminders(at=MONDAY_NOON)
    later = slots[0].plan.slots.filter(service_day__gt=slots[0].service_day).first()
    actions.move(booking=booking, slot=later, by=None, at=MONDAY_NOON)
    actions.send_reminders(at=later.starts_at - timedelta(hours=22))

    assert booking.messages.filter(kind=Kind.REMINDER, state=State.SENT).count() == 2


def test_what_cannot_be_delivered_is_noted_and_the_booking_stands(book, settings, at_once):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with at_once():
        booking = book(email="amber@example.org")

    assert (booking.status, states()) == ("booked", [(Kind.BOOKED, State.FAILED)])


def test_the_command_tends_to_all_of_it(book, slots, topics, mailoutbox):
    actions.hold_slot(slot=slots[1], topic=topics["housing"], at=MONDAY_NOON - timedelta(hours=1))
    book(at=MONDAY_NOON - timedelta(days=5), email="amber@example.org")
    out = StringIO()
    with time_machine.travel(MONDAY_NOON, tick=False):
        call_command("tend_appointments", stdout=out)

    assert out.getvalue() == "Offers passed on: 0, desks given back: 1, residents reminded: 1.\n"


def test_one_message_that_cannot_be_sent_holds_up_neither_the_booking_nor_the_others(
    book, slots, mailoutbox, at_once, monkeypatch, caplog
):
    sent = notifications.send

    def fails_for_one(to, about):
        if to.to == "broken@example.org":
            raise LookupError("something nobody thought of")
        sent(to, about)

    monkeypatch.setattr(notifications, "send", fails_for_one)
    with at_once():
        broken = book(email="broken@example.org")
        book(email="amber@example.org")
    assert (broken.is_live, states()) == (True, [(Kind.BOOKED, State.FAILED), (Kind.BOOKED, State.SENT)])

    assert actions.send_reminders(at=slots[0].starts_at - timedelta(hours=1)) == 2
    assert [mail.to for mail in mailoutbox] == [["amber@example.org"]] * 2
    assert states()[2:] == [(Kind.REMINDER, State.FAILED), (Kind.REMINDER, State.SENT)]
    assert caplog.text.count("A message about an appointment was not sent") == 2
