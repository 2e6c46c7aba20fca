"""Staff's pages: the day's list, booking for somebody, the waiting list, and who sees what."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.models import Booking, Slot, Wish
from enquiries.models import RecordView, Resident, Visit
from tests.appointments.conftest import TUESDAY, counters_hold
from tests.conftest import MONDAY_NOON
from tests.reading import Reading

LIST, BOOK, WAITING = "/staff/appointments/", "/staff/appointments/book/", "/staff/appointments/waiting/"
MOVES = ("arrive", "late", "missed", "finish", "move", "cancel")


@pytest.fixture
def desk(client, people, hubs, clock, slots):
    """The Town Hall's officer, a few minutes after the first appointments of the Tuesday have begun."""
    people["desk"].home_hub = hubs["town-hall"]
    people["desk"].save()
    clock.move_to(slots[0].starts_at + timedelta(minutes=5))
    client.force_login(people["desk"])
    return client


def move(client, booking: Booking, step: str, **fields):
    return client.post(f"{LIST}{booking.reference}/{step}/", fields, follow=True)


def test_a_booking_becomes_a_visit_on_the_waiting_list_and_then_an_enquiry(desk, book):
    booking = book(words="The ceiling leaks.", interpreter=True, language="bn", needs="wheelchair")
    page = Reading(desk.get(LIST))
    assert "Interpreter: Bengali (বাংলা)" in page.words
    assert "wheelchair" in page.words
    assert "5 min late" in page.words

    arrived = Reading(move(desk, booking, "arrive"))
    booking.refresh_from_db()
    visit = booking.visit
    assert (booking.status, visit.kind, visit.state) == ("arrived", Visit.Kind.APPOINTMENT, "waiting")
    assert f"Ticket {visit.ticket}." in " ".join(arrived.texts("hub-notice"))
    waiting = Reading(desk.get("/staff/visits/waiting/"))
    assert visit.ticket in waiting.words
    assert waiting.texts("hub-need") == ["Bengali (বাংলা)", "Appointment 10:00; Interpreter; wheelchair"]

    finished = desk.post(f"{LIST}{booking.reference}/finish/")
    booking.refresh_from_db()
    assert (booking.status, booking.enquiry.words) == ("finished", "The ceiling leaks.")
    assert finished.headers["Location"] == f"/staff/enquiries/{booking.enquiry.reference}/"


def test_in_its_first_minute_an_appointment_is_due_and_nobody_late(desk, book, slots, clock):
    book()
    seen = []
    for seconds in (0, 59, 60):
        clock.move_to(slots[0].starts_at + timedelta(seconds=seconds))
        page = Reading(desk.get(LIST))
        seen.append((" ".join(page.texts("hub-state")), " ".join(page.texts("hub-late"))))

    assert seen == [("Due now", ""), ("Due now", ""), ("", "1 min late")]


def test_late_then_missed_then_come_after_all(desk, book):
    booking = book()
    seen = []
    for step in ("late", "missed", "arrive"):
        move(desk, booking, step)
        booking.refresh_from_db()
        seen.append((booking.status, booking.late_at is not None))

    assert seen == [("booked", True), ("missed", True), ("arrived", True)]


def test_a_move_that_cannot_be_done_is_said_and_changes_nothing(desk, book):
    booking = book()
    actions.cancel(booking=booking, by=None, at=MONDAY_NOON)
    for step in ("arrive", "late", "missed", "finish"):
        page = Reading(move(desk, booking, step))
        assert "Nothing was changed." in " ".join(page.texts("hub-notice"))
    booking.refresh_from_db()
    assert booking.status == "cancelled"


def test_only_what_can_be_done_on_that_day_is_offered(desk, book, people, clock):
    book()
    today = [each.get("formaction").split("/")[-2] for each in Reading(desk.get(LIST)).all("hub-move")]
    clock.move_to(MONDAY_NOON)
    desk.force_login(people["desk"])
    before = Reading(desk.get(f"{LIST}?day={TUESDAY}")).all("hub-move")

    assert (today, before) == (["arrive", "late", "missed"], [])


def test_a_key_stays_with_its_row_all_day(desk, book, slots):
    gone, first, second = book(), book(), book(slot=slots[1])
    actions.cancel(booking=gone, by=None, at=MONDAY_NOON)

    def keys():
        moves = Reading(desk.get(LIST)).all("hub-move")
        return {each.get("data-key"): each.get("formaction") for each in moves if each.get("data-key")}

    before = keys()
    assert before == {"2": f"{LIST}{first.reference}/arrive/", "3": f"{LIST}{second.reference}/arrive/"}
    desk.post(before["2"])
    assert keys() == {"3": before["3"]}


def test_on_paper_no_row_names_its_topic_so_that_none_is_conspicuous(desk, book, topics):
    book(), book(topic=topics["domestic-abuse"])
    page = desk.get("/staff/appointments/?day=2026-11-24").content.decode()

    for name in ("Housing", "Domestic abuse"):
        assert f'<span class="hub-no-print">{name}</span>' in page
        assert page.count(name) == 1


def test_no_key_changes_hands_when_an_earlier_time_is_booked_meanwhile(desk, book, slots, people):
    first, second = book(slot=slots[1]), book(slot=slots[2])

    def keys():
        moves = Reading(desk.get(LIST)).all("hub-move")
        return {each.get("formaction"): each.get("data-key") for each in moves if each.get("data-key")}

    before = keys()
    added = book(slot=slots[1], by=people["desk"], channel="desk", at=slots[0].starts_at)
    actions.move(booking=second, slot=slots[3], by=people["desk"], at=slots[0].starts_at)

    arrive = "{}{}/arrive/".format
    assert before == {arrive(LIST, first.reference): "1", arrive(LIST, second.reference): "2"}
    assert keys() == before | {arrive(LIST, added.reference): "3"}


def test_a_mistaken_arrival_is_undone_until_they_are_called(desk, book, outcomes):
    booking = book()
    move(desk, booking, "arrive")
    page = Reading(desk.get(LIST))
    assert [each.get("formaction").split(booking.reference)[1] for each in page.all("hub-move")] == [
        "/arrive/back/",
        "/finish/",
    ]
    assert "is expected again." in Reading(move(desk, booking, "arrive/back")).texts("hub-notice")[0]
    booking.refresh_from_db()
    assert (booking.status, booking.visit) == ("booked", None)

    move(desk, booking, "arrive")
    desk.post("/staff/visits/call-next/")
    assert "Undo" not in Reading(desk.get(LIST)).words


@pytest.mark.parametrize("day", ["2026-13-01", "²", "", "0001-01-01"])
def test_a_day_that_is_none_is_today(desk, book, day):
    assert desk.get(f"{LIST}?day={day}").status_code == 200


def test_the_list_takes_as_many_statements_for_three_as_for_one(desk, book, slots):
    book()
    desk.get(LIST)
    with CaptureQueriesContext(connection) as one:
        desk.get(LIST)
    book(), book(slot=slots[1])
    with CaptureQueriesContext(connection) as three:
        desk.get(LIST)

    assert len(three) == len(one)


def test_who_looked_at_the_list_is_noted(desk, book):
    booking = book()
    desk.get(LIST)

    assert list(RecordView.objects.values_list("resident", "page")) == [
        (booking.resident_id, "appointment-list")
    ]


@pytest.mark.parametrize("who", ["other_desk", "outsider", "officer", "administrator"])
def test_nobody_else_sees_or_moves_an_appointment(client, people, book, who):
    booking = book()
    client.force_login(people[who])
    refused = 404 if who == "other_desk" else 403
    answers = {client.post(f"{LIST}{booking.reference}/{step}/").status_code for step in MOVES}
    answers |= {client.get(f"{LIST}{booking.reference}/").status_code}
    answers |= {client.get(f"{page}?hub=town-hall").status_code for page in (LIST, WAITING)}
    booking.refresh_from_db()

    assert (answers, booking.status) == ({refused}, "booked")


def test_an_officer_sees_what_they_booked_for_another_hub(client, people, book):
    booking = book(by=people["other_desk"], channel="phone")
    client.force_login(people["other_desk"])

    assert client.get(f"{LIST}{booking.reference}/").status_code == 200


def look(desk, topics, **fields):
    return Reading(desk.get(BOOK, {"topic": topics["housing"].pk} | fields))


def typed(page: Reading, topics, chosen, **fields):
    token = next(each.get("value") for each in page.all("input") if each.get("name") == "token")
    return {
        "topic": topics["housing"].pk,
        "token": token,
        "slot": chosen.pk,
        "name": "Karim Ali",
        "phone": "07700 900555",
        "language": "en",
        "channel": "phone",
    } | fields


def test_an_officer_books_for_somebody_on_the_phone(desk, topics, slots):
    page = look(desk, topics)
    assert page.texts("hub-tile")[0] == "10:30"
    response = desk.post(BOOK, typed(page, topics, slots[2], interpreter="on", may_phone="on"))
    booking = Booking.objects.select_related("resident", "booked_by").get()

    assert response.headers["Location"] == f"{LIST}{booking.reference}/"
    assert (booking.slot, booking.channel, booking.booked_by.username) == (slots[2], "phone", "desk")
    assert (booking.interpreter, booking.resident.name, booking.resident.may_text) == (
        True,
        "Karim Ali",
        False,
    )


def test_an_officer_books_for_a_resident_they_know(desk, topics, slots, book):
    known = book(slot=slots[3]).resident
    page = look(desk, topics, resident=known.pk)
    desk.post(BOOK, typed(page, topics, slots[1], resident=known.pk, name="", phone=""))

    assert Booking.objects.latest("pk").resident == known


def test_what_a_record_says_they_need_is_not_asked_again(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555", language="bn", needs="Lift").resident
    by_address = look(desk, topics, resident=known.pk)
    fields = typed(look(desk, topics), topics, slots[1], known=known.pk, needs="")
    found = Reading(desk.post(BOOK, fields))
    changed = Reading(desk.post(BOOK, fields | {"language": "so", "needs": "Quiet room"}))

    assert [language_and_needs(page) for page in (by_address, found, changed)] == [
        ("bn", "Lift"),
        ("bn", "Lift"),
        ("so", "Quiet room"),
    ]


def language_and_needs(page: Reading) -> tuple[str, str]:
    (language,) = [each.get("value") for each in page.one("#id_language") if each.get("selected") is not None]
    return language, page.one("#id_needs").get("value") or ""


def test_who_may_be_known_is_shown_before_anything_is_booked(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555").resident
    fields = typed(look(desk, topics), topics, slots[1], needs="Lift")
    warned = Reading(desk.post(BOOK, fields))
    assert ("Nothing is booked yet." in warned.words, Booking.objects.count()) == (True, 1)
    button = warned.all("hub-move--first")[0]
    assert (button.get("name"), button.get("value")) == ("known", str(known.pk))

    chosen = Reading(desk.post(BOOK, fields | {"known": known.pk}))
    assert chosen.one("#id_needs").get("value") == "Lift"
    desk.post(BOOK, fields | {"resident": known.pk, "name": "", "phone": ""})
    assert Booking.objects.latest("pk").resident == known


def test_somebody_new_is_booked_all_the_same(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555").resident
    desk.post(BOOK, typed(look(desk, topics), topics, slots[1], confirmed="on"))

    assert Booking.objects.latest("pk").resident != known


def test_earlier_visits_are_found_by_what_is_typed_and_no_fault_is_told(desk, topics, slots, book):
    known = book(slot=slots[3], name="Karim Ali", phone="07700 900555").resident
    fields = typed(look(desk, topics), topics, slots[1], slot="", phone="", name="kari", may_post="on")
    page = Reading(desk.post(BOOK, fields | {"step": "find"}))

    assert page.all("hub-move--first")[0].get("value") == str(known.pk)
    assert (page.all("govuk-error-summary"), page.one("#id_name").get("value")) == ([], "kari")
    ticked = [page.one(f"#id_{name}").get("checked") is not None for name in ("may_post", "may_phone")]
    assert ticked == [True, False]
    nobody = Reading(desk.post(BOOK, fields | {"step": "find", "name": "Zzz"}))
    assert "No record is found by that." in nobody.words
    assert RecordView.objects.filter(page="book-appointment").count() == 1


def test_somebody_without_any_contact_is_booked_by_name(desk, topics, slots):
    desk.post(BOOK, typed(look(desk, topics), topics, slots[1], phone="", no_contact="on"))

    assert Booking.objects.get().resident.name == "Karim Ali"


def test_the_same_form_twice_books_once(desk, topics, slots):
    fields = typed(look(desk, topics), topics, slots[1])
    first, again = desk.post(BOOK, fields), desk.post(BOOK, fields)

    assert (first.status_code, again.status_code, Booking.objects.count()) == (302, 302, 1)


def test_the_same_form_twice_books_the_last_desk_once(desk, topics, slots, book):
    book(slot=slots[1])
    fields = typed(look(desk, topics), topics, slots[1])
    first, again = desk.post(BOOK, fields), desk.post(BOOK, fields)

    assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    assert Booking.objects.count() == 2


def test_the_same_move_twice_is_one_move(desk, book, slots):
    booking = book(slot=slots[1])
    said = [Reading(move(desk, booking, "move", slot=slots[2].pk)).texts("hub-notice")[0] for _ in range(2)]

    assert ["The appointment is moved." in each for each in said] == [True, True]
    assert booking.events.filter(kind="moved").count() == 1


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"slot": ""}, "Choose a time"),
        ({"slot": "²"}, "This time is no longer free. Choose another"),
        ({"name": "", "phone": ""}, "Enter a name or a way to reach them"),
        ({"phone": ""}, "Enter a phone number, e-mail address or postcode, or tick that there is none"),
        ({"channel": ""}, "Choose how they asked"),
        ({"token": "forged"}, "This page was open for too long. Nothing is booked yet: save again"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_booked(desk, topics, slots, fields, fault):
    response = desk.post(BOOK, typed(look(desk, topics), topics, slots[1], **fields))
    page = Reading(response)

    assert (response.status_code, Booking.objects.count()) == (422, 0)
    assert fault in page.texts("govuk-error-summary__list")[0]


def test_a_third_appointment_is_refused_at_the_desk_too(desk, topics, slots):
    for slot in slots[1:3]:
        desk.post(BOOK, typed(look(desk, topics), topics, slot, confirmed="on"))
    refused = desk.post(BOOK, typed(look(desk, topics), topics, slots[3], confirmed="on"))

    assert (refused.status_code, Booking.objects.count()) == (422, 2)


def test_an_officer_moves_and_cancels(desk, book, slots):
    booking = book(slot=slots[1])
    assert move(desk, booking, "move", slot=slots[2].pk).status_code == 200
    booking.refresh_from_db()
    assert (booking.slot, booking.moved_from) == (slots[2], slots[1])
    assert move(desk, booking, "move", slot="²").status_code == 422

    move(desk, booking, "cancel")
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by.username) == ("cancelled", "desk")
    assert counters_hold()


def test_an_officer_can_move_to_any_free_day_and_no_time_is_chosen_beforehand(desk, book, slots, plan):
    plan.days_ahead = 56
    plan.save()
    actions.publish_slots(at=MONDAY_NOON)
    booking = book(slot=slots[1])
    days = sorted({slot.service_day for slot in plan.slots.all()})
    seen = []
    for first in (days[0], days[4]):
        page = Reading(desk.get(f"{LIST}{booking.reference}/", {"from": first.isoformat()}))
        choices = page.one("#id_slot").findall("option")
        offered = [each.get("value") for each in choices[1:]]
        assert (choices[0].get("value"), choices[0].text.strip()) == ("", "Choose a time")
        assert not [each for each in choices[1:] if each.get("selected") is not None]
        seen.append({each.service_day for each in Slot.objects.filter(pk__in=offered)})

    assert (seen, len(days)) == ([set(days[:4]), set(days[4:])], 8)
    assert move(desk, booking, "move", slot="").status_code == 422
    assert move(desk, booking, "move", slot=offered[-1], **{"from": days[4].isoformat()}).status_code == 200
    booking.refresh_from_db()
    assert booking.service_day == days[-1]


def test_the_waiting_list_shows_who_waits_and_takes_them_off(desk, hubs, topics):
    about = {"name": "Waiting Person", "phone": "07700 900777"}
    wish, _ = actions.join_waiting_list(
        token=uuid.uuid4(),
        hub=hubs["town-hall"],
        topic=topics["housing"],
        from_on=TUESDAY,
        to_on=TUESDAY + timedelta(days=14),
        language="en",
        by=None,
        at=MONDAY_NOON,
        **about,
    )
    page = Reading(desk.get(WAITING))
    assert ("Waiting Person" in page.words, "07700 900777" in page.words) == (True, True)
    book = f"{BOOK}?topic={wish.topic_id}&hub={wish.hub_id}&resident={wish.resident_id}"
    assert {book, f"/staff/residents/{wish.resident_id}/"} <= set(page.links())
    assert {desk.get(each).status_code for each in page.links() if str(wish.resident_id) in each} == {200}
    Resident.objects.update(may_phone=False)
    page = Reading(desk.get(WAITING))
    assert ("07700 900777" in page.words, "Do not phone" in page.words) == (False, True)
    desk.post(f"{WAITING}{wish.pk}/leave/")

    assert Wish.objects.get().status == "withdrawn"
    assert "Nobody is waiting." in Reading(desk.get(WAITING)).words
