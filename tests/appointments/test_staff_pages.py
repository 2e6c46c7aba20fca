"""Staff's pages: the day's list, moving and cancelling, the waiting list, and who sees what."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import actions
from appointments.models import Booking, Slot, Wish
from enquiries.models import RecordView, Resident, Visit
from hubs.models import Topic
from tests.appointments.conftest import TUESDAY, counters_hold
from tests.conftest import MONDAY_NOON
from tests.reading import Reading, text_of

LIST, BOOK, WAITING = "/staff/appointments/", "/staff/appointments/book/", "/staff/appointments/waiting/"


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
    assert waiting.texts("hub-need") == [
        "Bengali (বাংলা)",
        "Appointment 10:00; Interpreter: Bengali (বাংলা); wheelchair",
    ]

    finished = desk.post(f"{LIST}{booking.reference}/finish/")
    booking.refresh_from_db()
    assert (booking.status, booking.enquiry.words) == ("finished", "The ceiling leaks.")
    assert finished.headers["Location"] == f"/staff/enquiries/{booking.enquiry.reference}/"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Interpreter (language not said)"), ("so", "Interpreter: Somali (Soomaali)")],
)
def test_which_interpreter_is_needed_is_said_unless_nobody_knows(desk, book, language, said):
    booking = book(interpreter=True, language=language)
    on_list, alone = Reading(desk.get(LIST)), Reading(desk.get(f"{LIST}{booking.reference}/"))
    move(desk, booking, "arrive")
    waiting = Reading(desk.get("/staff/visits/waiting/"))

    assert [page.texts("hub-need")[-1] for page in (on_list, alone, waiting)] == [
        said,
        said,
        f"Appointment 10:00; {said}",
    ]


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
    for step in ("arrive", "late", "late/back", "missed", "finish"):
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


def test_late_noted_of_the_wrong_row_is_undone_in_its_place(desk, book, slots):
    booking = book(slot=slots[1])

    def shown(page):
        return [page.texts(name) for name in ("hub-move", "hub-state", "hub-notice")]

    code = booking.shown_reference
    before = shown(Reading(desk.get(LIST)))
    late = shown(Reading(move(desk, booking, "late")))
    undone = [shown(Reading(move(desk, booking, "late/back"))) for _ in range(2)]

    assert before == [[f"1 Arrived {code}", f"Late {code}"], ["Expected"], []]
    assert late == [[f"1 Arrived {code}", f"Undo late {code}"], ["Running late"], [f"{code} is late."]]
    assert undone == [[*before[:2], [f"{code} is no longer noted as late."]]] * 2
    history = Reading(desk.get(f"{LIST}{booking.reference}/")).words
    assert history.index("Running late") < history.index("Late taken back")


@pytest.mark.parametrize("day", ["2026-13-01", "²", "", "0001-01-01"])
def test_a_day_that_is_none_is_today(desk, book, day):
    assert desk.get(f"{LIST}?day={day}").status_code == 200


def test_the_list_takes_as_many_statements_for_three_as_for_one(desk, book, slots, people):
    book()
    desk.get(LIST)
    with CaptureQueriesContext(connection) as one:
        desk.get(LIST)
    actions.mark_late(booking=book(), by=people["desk"], at=slots[0].starts_at), book(slot=slots[1])
    with CaptureQueriesContext(connection) as three:
        desk.get(LIST)

    assert len(three) == len(one)


def test_who_looked_at_the_list_is_noted(desk, book):
    booking = book()
    desk.get(LIST)

    assert list(RecordView.objects.values_list("resident", "page")) == [
        (booking.resident_id, "appointment-list")
    ]


def test_the_same_move_twice_is_one_move(desk, book, slots):
    booking = book(slot=slots[1])
    said = [Reading(move(desk, booking, "move", slot=slots[2].pk)).texts("hub-notice")[0] for _ in range(2)]

    assert ["The appointment is moved." in each for each in said] == [True, True]
    assert booking.events.filter(kind="moved").count() == 1


def test_nobody_is_moved_onto_the_time_that_was_taken_away(desk, book, slots):
    booking = book(slot=slots[1])
    Slot.objects.filter(pk=slots[1].pk).update(withdrawn_at=MONDAY_NOON, withdrawn_because="plan")
    response = move(desk, booking, "move", slot=slots[1].pk)

    assert (response.status_code, booking.events.filter(kind="moved").count()) == (422, 0)
    assert "This time is no longer free. Choose another" in Reading(response).words


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


def test_an_officer_is_asked_once_more_before_an_appointment_is_cancelled(desk, book, slots):
    booking = book(slot=slots[1], name="Rahima Begum")
    address = f"{LIST}{booking.reference}/cancel/"
    assert address in Reading(desk.get(f"{LIST}{booking.reference}/")).links()
    asked = Reading(desk.get(address))

    booking.refresh_from_db()
    assert ("Rahima Begum" in asked.words, booking.status) == (True, "booked")
    assert f"{LIST}{booking.reference}/" in asked.links()
    assert [text_of(each) for each in asked.one("main").iter("button")] == ["Yes, cancel it"]
    assert Reading(move(desk, booking, "cancel")).texts("hub-notice") == ["The appointment is cancelled."]
    assert desk.get(address).headers["Location"] == f"{LIST}{booking.reference}/"


def test_who_cancels_is_told_that_the_time_is_offered_where_somebody_waits(desk, book, hubs, topics, clock):
    next_week = Slot.objects.filter(service_day=TUESDAY + timedelta(days=7)).first()
    full = [book(slot=next_week), book(slot=next_week)]
    wish, _ = actions.join_waiting_list(
        token=uuid.uuid4(),
        hub=hubs["town-hall"],
        topic=topics["housing"],
        from_on=TUESDAY,
        to_on=next_week.service_day,
        language="en",
        by=None,
        at=MONDAY_NOON,
        name="Waiting Person",
        phone="07700 900777",
    )
    said = []
    for booking in full:
        said.append(Reading(move(desk, booking, "cancel")).texts("hub-notice"))
        clock.shift(60)

    assert said == [
        [f"The appointment is cancelled. Its time is offered to {wish} on the waiting list."],
        ["The appointment is cancelled."],
    ]


def test_a_resident_takes_a_slip_away_in_their_language(desk, book, slots, topics):
    Topic.objects.filter(pk=topics["housing"].pk).update(bring_en="Your tenancy agreement")
    booking = book(slot=slots[1], language="bn", name="Rahima Begum", words="The ceiling leaks.")
    address = f"{LIST}{booking.reference}/slip/"
    assert address in Reading(desk.get(f"{LIST}{booking.reference}/")).links()
    bengali = Reading(desk.get(address)).one("hub-slip")
    page = desk.get(address, {"language": "en"})
    english = Reading(page).one("hub-slip")

    assert (bengali.get("lang"), english.get("lang")) == ("bn", "en")
    for part in ("আপনার অ্যাপয়েন্টমেন্ট", booking.shown_reference, "/bn/appointments/manage/"):
        assert part in text_of(bengali)
    for part in (
        "Tuesday 24 November 2026",
        "10:30 to 11:00",
        booking.shown_reference,
        booking.hub.postcode,
        topics["housing"].name_en,
        "Your tenancy agreement",
        "/appointments/manage/ with this reference and your postcode or phone number.",
    ):
        assert part in text_of(english)
    for private in ("Rahima", "ceiling", booking.private_key):
        assert private not in page.content.decode()
    assert RecordView.objects.filter(page="appointment-slip").count() == 2


def test_a_slip_names_no_private_topic_and_no_look_up_that_would_not_open(desk, book, slots, topics):
    Topic.objects.filter(pk=topics["domestic-abuse"].pk).update(bring_en="Something telling")
    booking = book(slot=slots[1], topic=topics["domestic-abuse"], phone="", email="amber@example.org")
    page = desk.get(f"{LIST}{booking.reference}/slip/").content.decode()

    for private in ("Domestic", "Something telling", "/appointments/manage/"):
        assert private not in page


def test_there_is_no_slip_of_a_time_at_which_nobody_is_expected(desk, book, slots):
    gone, withdrawn = book(slot=slots[1]), book(slot=slots[2])
    actions.cancel(booking=gone, by=None, at=MONDAY_NOON)
    Slot.objects.filter(pk=slots[2].pk).update(withdrawn_at=MONDAY_NOON, withdrawn_because="plan")

    for booking in (gone, withdrawn):
        address = f"{LIST}{booking.reference}/"
        assert f"{address}slip/" not in Reading(desk.get(address)).links()
        assert desk.get(f"{address}slip/").headers["Location"] == address


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


@pytest.mark.parametrize(
    ("about", "shown"),
    [
        ({"language": "bn"}, ["Bengali (বাংলা)"]),
        ({"language": "bn", "interpreter": True}, ["Interpreter: Bengali (বাংলা)", "Bengali (বাংলা)"]),
        (
            {"language": "en", "interpreter": True, "needs": "wheelchair"},
            ["Interpreter (language not said)", "wheelchair"],
        ),
        ({"language": "en"}, []),
    ],
)
def test_the_waiting_list_shows_language_interpreter_and_needs(desk, hubs, topics, about, shown):
    days = {"from_on": TUESDAY, "to_on": TUESDAY + timedelta(days=14)}
    place = {"hub": hubs["town-hall"], "topic": topics["housing"], "by": None, "at": MONDAY_NOON}
    actions.join_waiting_list(token=uuid.uuid4(), name="Waiting Person", **place, **days, **about)
    words = Reading(desk.get(WAITING)).words
    may_be = ["Interpreter (language not said)", "Interpreter: Bengali (বাংলা)", "Bengali (বাংলা)", "wheelchair"]

    assert [each for each in may_be if each in words] == shown


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
