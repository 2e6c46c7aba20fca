"""Logging a visit: what is saved, what is refused and why, and that one form makes one visit."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from enquiries import actions, form_tokens, lookups
from enquiries.actions.desk import Raised
from enquiries.errors import WalkInRefused
from enquiries.folding import tidy
from enquiries.models import Enquiry, Outcome, TicketCounter, Visit
from hubs.access import Access
from tests.conftest import MONDAY_NOON
from tests.enquiries.racing import Officer, at_once, desk_server, shared_database  # noqa: F401

LOG = "/staff/visits/log/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def signed_in(client, people):
    """Sign somebody of the cast in; returns the client."""

    def sign_in(who: str = "desk"):
        client.force_login(people[who])
        return client

    return sign_in


@pytest.fixture
def town_hall_desk(client, people, hubs):
    people["desk"].home_hub = hubs["town-hall"]
    people["desk"].save()
    client.force_login(people["desk"])
    return client


@pytest.fixture
def typed(people, topics, outcomes):
    """What a walk-in about housing, resolved here, posts; with whatever a test wants otherwise."""

    def fields(who: str = "desk", **other) -> dict[str, object]:
        values = {
            "token": form_tokens.mint(f"visit:{people[who].pk}"),
            "topic": topics["housing"].pk,
            "outcome": outcomes["resolved"].pk,
            "then": "save",
        }
        return {name: value for name, value in (values | other).items() if value is not None}

    return fields


def errors(response) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_an_anonymous_walk_in_is_saved_with_topic_and_outcome(signed_in, typed, hubs, people):
    response = signed_in().post(LOG, typed())

    visit, enquiry = Visit.objects.get(), Enquiry.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, LOG)
    assert (visit.hub, visit.kind, visit.state, visit.logged_by) == (
        hubs["bow"],
        Visit.Kind.WALK_IN,
        Visit.State.DONE,
        people["desk"],
    )
    assert (visit.resident, visit.ticket_number, visit.back_dated) == (None, None, False)
    assert (enquiry.visit, enquiry.status, enquiry.first_contact) == (visit, Enquiry.Status.CLOSED, True)


def test_the_next_page_shows_the_reference_and_an_empty_form(signed_in, typed):
    response = signed_in().post(LOG, typed(), follow=True)

    reference = Enquiry.objects.get()
    words = response.content.decode()
    assert words.count("Saved. Reference") == 1
    assert f'href="/staff/enquiries/{reference.reference}/">{reference.shown_reference}</a>' in words
    form = response.context["form"]
    assert [tile for tile in (*form.topic_tiles(), *form.outcome_tiles()) if tile.checked] == []


def test_everything_that_may_be_noted_is_kept(signed_in, typed, topics, outcomes, cause):
    facts = {
        "words": "The ceiling leaks.",
        "agreed": "We ring on Monday.",
        "cause": cause.pk,
        "language": "bn",
        "needs": "An interpreter",
        "on_behalf_of": "her mother",
        "topic_2": topics["domestic-abuse"].pk,
        "outcome_2": outcomes["signposted"].pk,
        "words_2": "Asked about a refuge.",
    }
    signed_in().post(LOG, typed(**facts))

    visit = Visit.objects.get()
    first, second = visit.enquiries.order_by("pk")
    assert (visit.language, visit.needs, visit.on_behalf_of) == ("bn", "An interpreter", "her mother")
    assert (first.words, first.agreed, first.cause) == ("The ceiling leaks.", "We ring on Monday.", cause)
    assert (second.topic, second.outcome, second.words) == (
        topics["domestic-abuse"],
        outcomes["signposted"],
        "Asked about a refuge.",
    )


def test_what_is_to_be_referred_stays_open_until_it_is(signed_in, typed, outcomes):
    response = signed_in().post(LOG, typed(outcome=outcomes["referred"].pk), follow=True)

    assert Enquiry.objects.get().status == Enquiry.Status.OPEN
    assert "Open it to refer it." in response.content.decode()


def test_somebody_put_on_the_waiting_list_gets_a_ticket_and_no_outcome(signed_in, typed, hubs):
    response = signed_in().post(LOG, typed(then="wait", outcome=None), follow=True)

    visit, enquiry = Visit.objects.get(), Enquiry.objects.get()
    assert (visit.state, visit.ticket, enquiry.status) == (Visit.State.WAITING, "W-001", Enquiry.Status.OPEN)
    assert hubs["bow"].waiting_room.moves == 1
    assert "Ticket <strong>W-001</strong>" in response.content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"topic": None}, {"topic": ["Choose what it is about"]}),
        ({"outcome": None}, {"outcome": ["Choose what happened"]}),
        (
            {"topic": "999999"},
            {"topic": ["Select a valid choice. 999999 is not one of the available choices."]},
        ),
        ({"outcome": "x²"}, {"outcome": ["Select a valid choice. x² is not one of the available choices."]}),
        ({"arrived_on": "2026-11-01"}, {"arrived_time": ["Say at what time they came"]}),
        ({"arrived_time": "25:00"}, {"arrived_time": ["Enter a valid time."]}),
        ({"typed_at": "yesterday"}, {}),
        (
            {"resident": "77"},
            {"resident": ["That record is not there any more. Find the resident again."]},
        ),
        ({"kind": "urgent"}, {"urgent_reason": ["Say why it is urgent"]}),
        ({"kind": "signposted"}, {"signposted_to": ["Choose the hub they were sent to"]}),
        (
            {"words": "x" * 100_000},
            {"words": ["Ensure this value has at most 5000 characters (it has 100000)."]},
        ),
        ({"words": "a\x00b"}, {"words": ["Null characters are not allowed."]}),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(signed_in, typed, changed, told):
    response = signed_in().post(LOG, typed(needs="a chair", **changed))

    if not told:
        assert (response.status_code, Visit.objects.count()) == (302, 1)
        return
    assert (response.status_code, errors(response), Visit.objects.count()) == (422, told, 0)
    assert 'value="a chair"' in response.content.decode()


def test_an_error_keeps_the_token_of_the_form(signed_in, typed):
    fields = typed(topic=None)
    response = signed_in().post(LOG, fields)

    assert response.context["form"]["token"].value() == fields["token"]


def test_could_not_help_has_to_say_why(signed_in, typed, outcomes):
    refused = signed_in().post(LOG, typed(outcome=outcomes["could_not_help"].pk))
    saved = signed_in().post(LOG, typed(outcome=outcomes["could_not_help"].pk, agreed="Not ours."))

    assert errors(refused) == {"agreed": ["Say why the hub could not help"]}
    assert (saved.status_code, Enquiry.objects.get().agreed) == (302, "Not ours.")


def test_an_outcome_that_names_its_reason_needs_no_other(signed_in, typed, outcomes):
    papers = Outcome.objects.create(
        slug="papers", group="could_not_help", name_en="Could not help: papers missing", key="P", position=9
    )
    lookups.forget()

    assert signed_in().post(LOG, typed(outcome=papers.pk)).status_code == 302


def test_a_further_topic_needs_an_outcome_too(signed_in, typed, topics):
    response = signed_in().post(LOG, typed(topic_2=topics["domestic-abuse"].pk))

    assert errors(response) == {"outcome_2": ["Choose what happened"]}


def test_a_visit_added_later_is_marked_and_belongs_to_its_day(signed_in, typed):
    came = timezone.localtime() - timedelta(days=3)
    signed_in().post(LOG, typed(arrived_on=f"{came:%Y-%m-%d}", arrived_time="10:15"))

    visit = Visit.objects.get()
    assert (visit.back_dated, visit.service_day) == (True, came.date())
    assert f"{timezone.localtime(visit.arrived_at):%H:%M}" == "10:15"
    assert visit.enquiries.get().opened_at == visit.arrived_at


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-1, "The time they came must not be in the future"),
        (32, "A visit can be added up to 31 days later"),
    ],
)
def test_a_visit_of_tomorrow_or_of_long_ago_is_refused(signed_in, typed, days, told):
    day = timezone.localdate() - timedelta(days=days)
    response = signed_in().post(LOG, typed(arrived_on=day.isoformat(), arrived_time="12:00"))

    assert errors(response) == {"arrived_time": [told]}


@pytest.mark.parametrize("moment", ["2027-03-28 01:30", "2026-10-25 01:30"])
def test_the_missing_and_the_doubled_hour_are_refused(signed_in, typed, time_machine, moment):
    day, clock = moment.split()
    time_machine.move_to(f"{day}T12:00:00+00:00")
    response = signed_in().post(LOG, typed(arrived_on=day, arrived_time=clock))

    assert list(errors(response)) == ["arrived_time"]


def test_somebody_who_came_earlier_cannot_be_put_on_the_list(signed_in, typed):
    response = signed_in().post(LOG, typed(then="wait", arrived_on="2020-01-01", arrived_time="00:01"))

    assert "arrived_time" in errors(response)


def test_a_form_kept_while_the_server_was_away_is_entered_with_its_own_time(signed_in, typed):
    typed_at = timezone.now() - timedelta(hours=2)
    response = signed_in().post(LOG, typed(typed_at=typed_at.isoformat()), headers=JSON)

    visit = Visit.objects.get()
    assert (response.status_code, visit.arrived_at, visit.back_dated) == (200, typed_at, True)


def test_a_form_sent_again_within_minutes_is_not_back_dated(signed_in, typed):
    typed_at = timezone.now() - timedelta(minutes=1)
    signed_in().post(LOG, typed(typed_at=typed_at.isoformat()), headers=JSON)

    assert Visit.objects.get().back_dated is False


# One form, one visit


def test_the_same_form_sent_twice_is_one_visit_and_says_so(signed_in, typed):
    fields = typed()
    signed_in().post(LOG, fields)
    again = signed_in().post(LOG, fields | {"words": "changed since"}, follow=True)

    reference = Enquiry.objects.get().shown_reference
    assert Visit.objects.count() == 1
    assert "This visit was saved before" in again.content.decode()
    assert reference in again.content.decode()


def test_forms_filled_in_one_after_the_other_without_the_server_are_visits_of_their_own(signed_in, typed):
    fields = typed()
    for serial in (0, 1, 2, 1):
        signed_in().post(LOG, fields | {"serial": serial}, headers=JSON)

    assert Visit.objects.count() == 3


def test_a_token_of_somebody_else_saves_nothing_and_is_replaced(signed_in, typed, people):
    fields = typed("other_desk")
    response = signed_in("desk").post(LOG, fields)

    told = {"__all__": ["This page was opened by somebody else. Check it and save it again."]}
    assert (response.status_code, errors(response), Visit.objects.count()) == (422, told, 0)
    again = signed_in("desk").post(LOG, fields | {"token": response.context["form"]["token"].value()})
    assert (again.status_code, Visit.objects.count()) == (302, 1)


@pytest.mark.parametrize("serial", [-1, form_tokens.MOST_SERIALS + 1])
def test_a_serial_out_of_range_is_no_token(serial):
    with pytest.raises(form_tokens.ForeignToken):
        form_tokens.read(form_tokens.mint("visit:1"), "visit:1", serial)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_five_times_at_once_is_one_visit_with_one_reference(people, typed, desk_server):  # noqa: F811
    officer = Officer(desk_server, people["desk"])
    officer.get(LOG)
    told = []
    for _ in range(10):
        fields = typed()
        replies = at_once([lambda fields=fields: officer.post(LOG, fields, **JSON)] * 5)
        told.append({(reply.status, *reply.json()["references"]) for reply in replies})

    assert [len(each) for each in told] == [1] * 10
    assert (Visit.objects.count(), Enquiry.objects.count()) == (10, 10)


@pytest.mark.django_db(transaction=True)
def test_looking_for_the_form_before_saving_would_make_several_visits(people, topics, hubs, shared_database):  # noqa: F811
    """The negative control: what the test above would find if the database did not keep tokens unique."""

    def look_first(form: str) -> None:
        if Visit.objects.filter(on_behalf_of=form).exists():
            return
        time.sleep(0.02)
        actions.log_visit(
            token=uuid.uuid4(),
            hub=hubs["bow"],
            raised=[Raised(topics["housing"])],
            by=people["desk"],
            at=MONDAY_NOON,
            on_behalf_of=form,
        )

    for form in "abc":
        at_once([lambda form=form: look_first(form)] * 5)

    assert Visit.objects.count() > 3


# By appointment only


@pytest.mark.parametrize("kind", ["walk_in", "", "nonsense"])
def test_no_walk_in_can_be_posted_at_the_town_hall(town_hall_desk, typed, kind):
    response = town_hall_desk.post(LOG, typed(kind=kind))

    assert (response.status_code, list(errors(response)), Visit.objects.count()) == (422, ["kind"], 0)


def test_a_refused_walk_in_is_told_the_ways_out(town_hall_desk, typed):
    response = town_hall_desk.post(LOG, typed(kind="walk_in"))

    assert errors(response) == {
        "kind": [
            "Town-Hall hub takes this by appointment only: "
            "give an appointment, signpost, or say why it is urgent"
        ]
    }


def test_no_walk_in_can_be_put_on_the_town_halls_waiting_list(town_hall_desk, typed):
    response = town_hall_desk.post(LOG, typed(kind="walk_in", then="wait"))

    assert (response.status_code, Visit.objects.count(), TicketCounter.objects.count()) == (422, 0, 0)


def test_the_action_refuses_a_walk_in_at_the_town_hall(hubs, topics, people):
    with pytest.raises(WalkInRefused):
        actions.log_visit(
            token=uuid.uuid4(),
            hub=hubs["town-hall"],
            raised=[Raised(topics["housing"])],
            by=people["desk"],
            at=MONDAY_NOON,
        )


def test_the_database_refuses_a_walk_in_at_the_town_hall(hubs, people):
    values = {
        "token": uuid.uuid4(),
        "hub": hubs["town-hall"],
        "hub_access": Access.APPOINTMENT_ONLY,
        "arrived_at": MONDAY_NOON,
        "service_day": MONDAY_NOON.date(),
        "month": 202611,
        "logged_at": MONDAY_NOON,
        "logged_by": people["desk"],
    }
    with pytest.raises(IntegrityError, match="visit_walk_in_where_allowed"), transaction.atomic():
        Visit.objects.create(**values)
    Visit.objects.create(**values, kind=Visit.Kind.BOOKED)


def test_an_appointment_given_by_phone_is_counted_apart(town_hall_desk, typed):
    response = town_hall_desk.post(LOG, typed(kind="booked", outcome=None, agreed="Tuesday at 10:00"))

    visit, enquiry = Visit.objects.get(), Enquiry.objects.get()
    assert (response.status_code, visit.kind, enquiry.outcome.group) == (302, "booked", "appointment")


def test_somebody_sent_to_a_walk_in_hub_is_counted_apart(town_hall_desk, typed, hubs):
    response = town_hall_desk.post(LOG, typed(kind="signposted", outcome=None, signposted_to=hubs["bow"].pk))

    visit, enquiry = Visit.objects.get(), Enquiry.objects.get()
    assert (response.status_code, visit.signposted_to, enquiry.outcome.group) == (
        302,
        hubs["bow"],
        "signposted",
    )


def test_nobody_is_sent_to_a_hub_that_needs_an_appointment_too(town_hall_desk, typed, hubs, topics):
    fields = {"kind": "signposted", "outcome": None, "signposted_to": hubs["bow"].pk}
    response = town_hall_desk.post(LOG, typed(topic=topics["benefits"].pk, **fields))

    assert errors(response) == {"signposted_to": ["Bow hub takes this by appointment only too"]}


def test_an_urgent_case_has_a_reason_and_is_counted_apart(town_hall_desk, typed):
    refused = town_hall_desk.post(LOG, typed(kind="urgent"))
    town_hall_desk.post(LOG, typed(kind="urgent", urgent_reason="Homeless tonight"))

    visit = Visit.objects.get()
    assert errors(refused) == {"urgent_reason": ["Say why it is urgent"]}
    assert (visit.kind, visit.urgent_reason, visit.hub_access) == (
        "urgent",
        "Homeless tonight",
        Access.APPOINTMENT_ONLY,
    )


def test_an_urgent_case_may_wait_for_an_officer(town_hall_desk, typed):
    town_hall_desk.post(LOG, typed(kind="urgent", urgent_reason="No food", then="wait", outcome=None))

    assert Visit.objects.get().ticket == "W-001"


def test_the_town_halls_page_names_the_nearest_open_walk_in_hub_first(
    town_hall_desk, topics, people, time_machine
):
    time_machine.move_to(MONDAY_NOON)
    town_hall_desk.force_login(people["desk"])
    words = " ".join(town_hall_desk.get(LOG).content.decode().split())

    assert words.count("Nearest that is open.") == 1
    assert (
        "<strong>Bow hub</strong>, 39 minutes’ walk. Open until 17:00. <strong>Nearest that is open." in words
    )


def test_the_town_halls_page_says_when_no_hub_is_open(town_hall_desk, topics, people, time_machine):
    time_machine.move_to("2026-11-22T12:00:00+00:00")
    town_hall_desk.force_login(people["desk"])

    assert "No walk-in hub is open now." in town_hall_desk.get(LOG).content.decode()


def test_a_topic_by_appointment_is_refused_at_a_walk_in_hub_too(signed_in, typed, topics):
    refused = signed_in().post(LOG, typed(topic=topics["benefits"].pk))
    second = signed_in().post(LOG, typed(topic_2=topics["benefits"].pk, outcome_2=typed()["outcome"]))
    booked = signed_in().post(LOG, typed(topic=topics["benefits"].pk, kind="booked"))

    assert (list(errors(refused)), list(errors(second))) == (["kind"], ["kind"])
    assert (booked.status_code, Visit.objects.get().kind) == (302, "booked")


# What is typed


@pytest.mark.parametrize(
    "words", ["ড়য় রাবেয়া", "👩🏽‍🚀 \u202eevil\u202c", "<script>alert(1)</script>", "a\r\nb", "١٢٣"]
)
def test_words_are_kept_as_they_were_typed_but_for_their_unicode_form(signed_in, typed, words):
    signed_in().post(LOG, typed(words=words, needs=words))

    visit = Visit.objects.get()
    assert (visit.enquiries.get().words, visit.needs) == (tidy(words), tidy(words))


# What it costs


def test_a_walk_in_costs_eight_statements(signed_in, typed, django_assert_num_queries):
    """Session, person, content version, begin, visit, enquiry, event, commit."""
    desk = signed_in()
    desk.get(LOG)
    lookups._check_at = 0.0

    with django_assert_num_queries(8):
        desk.post(LOG, typed())


def test_putting_somebody_on_the_list_costs_ten_statements(signed_in, typed, django_assert_num_queries):
    """As above without the content version, which is asked once a second; ticket up, ticket read, room up."""
    desk = signed_in()
    desk.post(LOG, typed(then="wait"))
    lookups._check_at = float("inf")

    with django_assert_num_queries(10):
        desk.post(LOG, typed(then="wait"))
