"""The desk's pages: who may open them, at which hub, what a move answers, and what a look costs."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest

from enquiries import actions
from enquiries.actions.desk import Raised
from enquiries.models import Visit, WaitingRoom
from hubs import kept

LOG, LIST, ROWS = "/staff/visits/log/", "/staff/visits/waiting/", "/staff/visits/waiting/rows/"
SUMMARY, NEXT, DISPLAY = "/staff/visits/waiting/summary/", "/staff/visits/call-next/", "/staff/display/bow/"
NUMBERS = "/staff/display/bow/numbers/"
PAGES = (LOG, LIST, ROWS, SUMMARY, DISPLAY, NUMBERS)
MOVES = ("call", "hold", "return", "left", "finish")


@pytest.fixture
def waiting(hubs, topics, people, outcomes):
    """Put people on Bow's list just now; returns the visits."""

    def put(number: int = 1, hub: str = "bow") -> list[Visit]:
        return [
            actions.log_visit(
                token=uuid.uuid4(),
                hub=hubs[hub],
                raised=[Raised(topics["housing"], words="nobody but the desk may read this")],
                by=people["desk"],
                at=datetime.now(UTC),
                waiting=True,
            ).visit
            for _ in range(number)
        ]

    return put


@pytest.fixture
def desk(client, people, topics, outcomes):
    client.force_login(people["desk"])
    client.get(LOG)
    return client


@pytest.mark.parametrize("who", ["outsider", "officer", "administrator"])
def test_nobody_without_a_desk_sees_or_moves_anything(client, people, waiting, who):
    visit = waiting()[0]
    client.force_login(people[who])
    answers = {client.get(page).status_code for page in PAGES}
    answers |= {client.post(page).status_code for page in (LOG, NEXT)}
    answers |= {client.post(f"/staff/visits/{visit.pk}/{move}/").status_code for move in MOVES}

    visit.refresh_from_db()
    assert (answers, visit.state) == ({403}, Visit.State.WAITING)


def test_the_other_hubs_officer_finds_nothing_of_this_one(client, people, waiting):
    visit = waiting()[0]
    client.force_login(people["other_desk"])
    answers = {client.get(f"{page}?hub=bow").status_code for page in (LOG, LIST, ROWS, SUMMARY)}
    answers |= {client.get(page).status_code for page in (DISPLAY, NUMBERS)}
    answers |= {client.post(f"{page}?hub=bow", {"reason": "wait"}).status_code for page in (LOG, NEXT)}
    moves = {client.post(f"/staff/visits/{visit.pk}/{m}/", {"reason": "wait"}).status_code for m in MOVES}

    visit.refresh_from_db()
    assert (answers, moves, visit.state) == ({404}, {404}, Visit.State.WAITING)


def test_call_next_of_the_other_hub_calls_nobody_here(client, people, waiting):
    waiting()
    client.force_login(people["other_desk"])

    words = client.post(NEXT, follow=True).content.decode()
    assert ("Nobody is waiting." in words, Visit.objects.get().state) == (True, Visit.State.WAITING)


def test_a_manager_chooses_a_hub(client, people, waiting):
    waiting()
    client.force_login(people["manager"])

    asked, chosen = client.get(LIST), client.get(f"{LIST}?hub=bow")
    assert re.findall(r'href="(/staff/visits/waiting/\?hub=[a-z-]+)"', asked.content.decode()) == [
        f"{LIST}?hub=town-hall",
        f"{LIST}?hub=bow",
        f"{LIST}?hub=cubitt-town",
    ]
    assert "W-001" in chosen.content.decode()
    assert client.get(f"{LIST}?hub=nowhere").status_code == 404
    assert client.post(NEXT).status_code == 422


def test_a_manager_stays_at_the_chosen_hub(client, people, waiting):
    waiting()
    client.force_login(people["manager"])

    assert client.post(f"{NEXT}?hub=bow").headers["Location"] == f"{LIST}?hub=bow"
    assert (
        client.post(f"/staff/visits/{Visit.objects.get().pk}/hold/").headers["Location"] == f"{LIST}?hub=bow"
    )


def test_an_officer_without_a_hub_has_no_desk(client, people):
    people["desk"].home_hub = None
    people["desk"].save()
    client.force_login(people["desk"])

    assert {client.get(page).status_code for page in PAGES} == {403}


def test_a_visit_is_called_held_returned_and_finished(desk, waiting):
    visit = waiting()[0]
    states, told = [], []
    for move in ("call", "hold", "return", "call"):
        words = desk.post(f"/staff/visits/{visit.pk}/{move}/", follow=True).content.decode()
        told.append(re.search(r'<p class="govuk-body">([^<]+)</p>', words).group(1))
        visit.refresh_from_db()
        states.append(visit.state)
    finished = desk.post(f"/staff/visits/{visit.pk}/finish/")

    assert states == ["called", "held", "waiting", "called"]
    assert told == [
        "Call W-001.",
        "W-001 is on hold.",
        "W-001 is waiting again, in the old place.",
        "Call W-001.",
    ]
    assert finished.headers["Location"] == f"/staff/enquiries/{visit.enquiries.get().reference}/"


def test_a_move_that_a_colleague_made_first_changes_nothing(desk, waiting):
    visit = waiting()[0]
    words = desk.post(f"/staff/visits/{visit.pk}/finish/", follow=True).content.decode()

    visit.refresh_from_db()
    assert "A colleague was quicker with W-001: nothing was changed." in words
    assert visit.state == Visit.State.WAITING


def test_leaving_asks_why(desk, waiting):
    visit = waiting()[0]
    address = f"/staff/visits/{visit.pk}/left/"
    asked, unanswered = desk.get(address), desk.post(address)
    answered = desk.post(address, {"reason": "come_back"})

    visit.refresh_from_db()
    assert (asked.status_code, unanswered.status_code, answered.status_code) == (200, 422, 302)
    assert (visit.state, visit.left_reason) == (Visit.State.LEFT, "come_back")


def test_a_visit_noted_by_mistake_is_taken_back_unless_somebody_has_acted_on_it(desk, waiting, people):
    wrong, right = waiting(2)
    service = right.enquiries.get().topic.service
    facts = {"service": service, "answers": {}, "consent_wording": "Yes.", "by": people["desk"]}
    actions.refer(enquiry=right.enquiries.get(), at=datetime.now(UTC), **facts)
    told = [
        desk.post(f"/staff/visits/{each.pk}/left/", {"reason": "mistake"}, follow=True).content.decode()
        for each in (wrong, right)
    ]

    assert "W-001 is taken back." in told[0]
    assert "W-002 was no mistake: somebody has acted on it. Nothing was changed." in told[1]
    assert [each.enquiries.get().status for each in (wrong, right)] == ["mistake", "referred"]
    page = desk.get(f"/staff/enquiries/{wrong.enquiries.get().reference}/").content.decode()
    assert "Noted by mistake" in page
    assert "Refer to a service" not in page


def test_a_visit_that_never_waited_is_not_on_the_list(desk, log):
    visit = log().visit

    assert desk.post(f"/staff/visits/{visit.pk}/call/").status_code == 404


def test_waiting_too_long_is_said_in_words(desk, waiting, settings):
    settings.WAIT_TARGET_MINUTES = -1
    waiting()

    assert "0 min, too long" in desk.get(LIST).content.decode()


def test_the_display_shows_numbers_in_both_languages_and_nothing_else(desk, waiting):
    waiting(2)
    desk.post(NEXT)
    words = desk.get(DISPLAY).content.decode()
    main = re.sub(r"<[^>]+>", " ", words[words.index("<main") :])

    assert " ".join(main.split()) == (
        "Bow hub Please come to the desk অনুগ্রহ করে ডেস্কে আসুন W-001 Waiting অপেক্ষায় W-002"
    )


# What a look costs


@pytest.mark.parametrize("page", [ROWS, SUMMARY, NUMBERS])
def test_a_poll_with_nothing_new_is_304_in_two_statements(
    desk, waiting, page, time_machine, django_assert_num_queries
):
    """Session; person with hub, permissions and the room's count of moves."""
    time_machine.move_to(datetime.now(UTC), tick=False)
    waiting(3)
    etag = desk.get(page).headers["ETag"]

    with django_assert_num_queries(2):
        response = desk.get(page, headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize("page", [ROWS, SUMMARY, NUMBERS])
def test_a_poll_is_answered_anew_after_a_move_and_after_a_minute(desk, waiting, page, time_machine):
    started = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    time_machine.move_to(started, tick=False)
    desk.logout()
    desk.force_login(Visit.logged_by.field.related_model.objects.get(username="desk"))
    waiting(2)
    etag = desk.get(page).headers["ETag"]
    desk.post(NEXT)
    moved = desk.get(page, headers={"If-None-Match": etag})
    time_machine.shift(60)
    later = desk.get(page, headers={"If-None-Match": moved.headers["ETag"]})

    assert (moved.status_code, later.status_code) == (200, 200)
    assert len({etag, moved.headers["ETag"], later.headers["ETag"]}) == 3


@pytest.mark.parametrize("number", [1, 3, 25])
def test_the_waiting_list_is_three_statements(desk, waiting, number, django_assert_num_queries):
    """Session, person, list."""
    waiting(number)

    with django_assert_num_queries(3):
        response = desk.get(LIST)
    assert response.content.decode().count("data-ticket") == number


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.usefixtures("asked_once")
def test_the_page_to_log_a_visit_costs_the_same_however_many_wait(
    desk, waiting, number, django_assert_num_queries, time_machine
):
    """Session, person, content version, today's visits, today's waits, list."""
    # What is kept of hubs is made anew each minute: this one shall not end meanwhile.
    time_machine.move_to(datetime.now(UTC), tick=False)
    waiting(number)
    desk.get(LOG)
    kept._memory.check_at = 0.0

    with django_assert_num_queries(6):
        desk.get(LOG)


def test_polling_is_not_use_of_a_session_but_ends_with_it(desk, waiting, time_machine, people):
    started = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    time_machine.move_to(started, tick=False)
    desk.logout()
    desk.force_login(people["desk"])
    desk.get(LIST)
    for _ in range(4):
        time_machine.shift(10 * 60)
        last = desk.get(ROWS, headers={"Hub-Poll": "1"})

    assert (last.status_code, last.headers["Location"]) == (302, "/staff/sign-in/")


def test_the_room_of_a_manager_is_read_with_the_chosen_hub(client, people, waiting):
    waiting()
    client.force_login(people["manager"])
    before = client.get(f"{ROWS}?hub=bow").headers["ETag"]
    WaitingRoom.objects.update(moves=99)

    assert before != client.get(f"{ROWS}?hub=bow").headers["ETag"]
