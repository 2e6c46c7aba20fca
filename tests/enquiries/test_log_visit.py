"""Logging a visit: what is saved, what is refused and why, and what it costs."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from bench.desk_shift import LEFT_EMPTY
from enquiries import actions, lookups
from enquiries.actions.desk import Raised
from enquiries.models import Enquiry, Outcome, RecordView, Visit
from hubs import kept
from tests.conftest import MONDAY_NOON
from tests.enquiries.desk_form import JSON, LOG, errors
from tests.enquiries.words_kept import line_kept, lines_kept


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
        "also_topic_2": topics["domestic-abuse"].pk,
        "also_outcome_2": outcomes["signposted"].pk,
        "also_words_2": "Asked about a refuge.",
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


def test_a_resident_who_is_known_is_shown_noted_and_kept(signed_in, typed, people):
    amina = actions.add_resident(name="Amina (demo)", by=people["desk"], at=MONDAY_NOON)
    page = signed_in().get(f"{LOG}?resident={amina.pk}")
    signed_in().post(LOG, typed(resident=amina.pk))

    visit = Visit.objects.get()
    assert "For <strong><bdi>Amina (demo)</bdi></strong>" in page.content.decode()
    assert [(view.resident, view.by) for view in RecordView.objects.all()] == [(amina, people["desk"])]
    assert (visit.resident, visit.enquiries.get().resident) == (amina, amina)


def test_a_resident_out_of_sight_is_neither_shown_nor_kept(signed_in, typed, people, hubs, topics):
    hidden = actions.add_resident(name="Hidden (demo)", by=people["other_desk"], at=MONDAY_NOON)
    actions.log_visit(
        token=uuid.uuid4(),
        hub=hubs["cubitt-town"],
        raised=[Raised(topics["domestic-abuse"])],
        by=people["other_desk"],
        at=MONDAY_NOON,
        resident=hidden,
    )
    page = signed_in().get(f"{LOG}?resident={hidden.pk}")
    response = signed_in().post(LOG, typed(resident=hidden.pk))

    assert ("Hidden" in page.content.decode(), response.status_code, Visit.objects.count()) == (False, 422, 1)
    assert list(errors(response)) == ["resident"]


def test_what_is_to_be_referred_stays_open_until_it_is(signed_in, typed, outcomes):
    response = signed_in().post(LOG, typed(outcome=outcomes["referred"].pk), follow=True)

    assert Enquiry.objects.get().status == Enquiry.Status.OPEN
    assert "It is open until it is referred." in response.content.decode()


def test_the_next_page_after_referred_asks_what_the_service_must_know(signed_in, typed, outcomes, topics):
    more = {"also_topic_2": topics["housing"].pk, "also_outcome_2": outcomes["referred"].pk}
    client = signed_in()
    one = client.post(LOG, typed(outcome=outcomes["referred"].pk))
    two = client.post(LOG, typed(**more))
    told = client.post(LOG, typed(**more), headers=JSON).json()

    first, _, second, _, third = Enquiry.objects.order_by("pk").values_list("reference", flat=True)
    assert [one.headers["Location"], two.headers["Location"], told["to"]] == [
        f"/staff/enquiries/{each}/refer/" for each in (first, second, third)
    ]


def test_what_was_kept_while_the_server_was_away_leads_nowhere_else(signed_in, typed, outcomes):
    typed_at = (timezone.now() - timedelta(minutes=1)).isoformat()
    told = signed_in().post(LOG, typed(outcome=outcomes["referred"].pk, typed_at=typed_at), headers=JSON)

    assert told.json()["to"] == LOG


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
            {"topic": ["Choose one of the answers that are offered"]},
        ),
        ({"outcome": "x²"}, {"outcome": ["Choose one of the answers that are offered"]}),
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
    response = signed_in().post(LOG, typed(also_topic_2=topics["domestic-abuse"].pk))

    assert errors(response) == {"also_outcome_2": ["Choose what happened"]}


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


# What is typed


@pytest.mark.parametrize(
    "words", ["ড়য় রাবেয়া", "👩🏽‍🚀 \u202eevil\u202c", "<script>alert(1)</script>", "a\r\nb", "١٢٣"]
)
def test_words_are_kept_as_they_were_typed_but_for_their_unicode_form(signed_in, typed, words):
    signed_in().post(LOG, typed(words=words, needs=words))

    visit = Visit.objects.get()
    assert (visit.enquiries.get().words, visit.needs) == (lines_kept(words), line_kept(words))


# What it costs


@pytest.mark.usefixtures("asked_once")
def test_a_walk_in_costs_eight_statements(signed_in, typed, django_assert_num_queries):
    """Session, person, content version, begin, visit, enquiry, event, commit."""
    desk = signed_in()
    desk.get(LOG)
    kept._memory.check_at = 0.0

    with django_assert_num_queries(8):
        desk.post(LOG, typed())


def test_putting_somebody_on_the_list_costs_ten_statements(signed_in, typed, django_assert_num_queries):
    """As above without the content version, which is asked once a second; ticket up, ticket read, room up."""
    desk = signed_in()
    desk.post(LOG, typed(then="wait"))
    kept._memory.check_at = float("inf")

    with django_assert_num_queries(10):
        desk.post(LOG, typed(then="wait"))


def test_fields_that_are_not_sent_mean_the_same_as_empty_ones(signed_in, typed):
    client = signed_in()
    client.post(LOG, typed(**dict.fromkeys(LEFT_EMPTY, "")))
    client.post(LOG, typed())

    one_time = {"id", "token", "arrived_at", "logged_at", "_state"}
    first, second = (
        {name: value for name, value in vars(visit).items() if name not in one_time}
        for visit in Visit.objects.order_by("pk")
    )
    assert first == second


@pytest.mark.parametrize("typed_at", ["soon", "2026-13-45T99:99:99Z", "2026-11-09T11:00:00", "\0" * 100])
def test_a_time_of_typing_that_is_no_moment_does_not_count(signed_in, typed, typed_at):
    signed_in().post(LOG, typed(typed_at=typed_at))

    assert Visit.objects.get().back_dated is False
