"""How often somebody may ask or look up: windows, callers and caps, and counts that nobody outruns."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from enquiries import actions
from enquiries.errors import TooManyTries
from enquiries.limits import EVERYBODY, Limit, caller_address, caller_key
from enquiries.models import Enquiry, Resident, SubmissionCount
from hubs.models import Topic
from tests.conftest import MONDAY_NOON
from tests.enquiries.racing import at_once

HOURLY = Limit("ask", 3600, per_caller=5, overall=200)


@pytest.mark.parametrize(
    ("at", "start", "wait"),
    [
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC), 3600),
        (datetime(2026, 11, 23, 12, 59, 59, 999_999, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC), 1),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC), 1800),
    ],
)
def test_a_window_is_a_whole_hour_and_says_how_long_it_lasts(at, start, wait):
    assert (HOURLY.window(at), HOURLY.wait(at)) == (start, wait)


def test_an_address_is_counted_under_a_code_that_does_not_tell_it():
    key = caller_key("192.0.2.7", "secret")
    assert len(key) == 32
    assert "192" not in key
    assert key == caller_key("192.0.2.7", "secret")
    assert key != caller_key("192.0.2.8", "secret")
    assert key != caller_key("192.0.2.7", "another secret")


def test_a_household_with_many_addresses_is_one_caller():
    assert caller_key("2001:db8:1:2::1", "s") == caller_key("2001:db8:1:2:ffff::9", "s")
    assert caller_key("2001:db8:1:2::1", "s") != caller_key("2001:db8:1:3::1", "s")
    assert caller_key("::ffff:192.0.2.7", "s") == caller_key("192.0.2.7", "s")


@pytest.mark.parametrize("address", ["", "unix:", "192.0.2.7, 192.0.2.8", "x" * 10_000])
def test_what_is_no_address_is_counted_all_the_same(address):
    assert len(caller_key(address, "secret")) == 32


@pytest.mark.parametrize(
    ("forwarded", "behind_proxy", "address"),
    [
        ("198.51.100.1", False, "192.0.2.7"),
        ("198.51.100.1", True, "198.51.100.1"),
        ("made up, 203.0.113.9,  198.51.100.1 ", True, "198.51.100.1"),
        ("", True, "192.0.2.7"),
    ],
)
def test_only_what_our_own_proxy_added_is_believed(forwarded, behind_proxy, address):
    assert caller_address("192.0.2.7", forwarded, behind_proxy=behind_proxy) == address


def _look_up(times: int, *, caller: str = "one", at: datetime = MONDAY_NOON) -> int:
    """How many of so many tries went through."""
    passed = 0
    for _ in range(times):
        try:
            actions.count_look_up(caller=caller, at=at)
            passed += 1
        except TooManyTries:
            continue
    return passed


@pytest.mark.django_db
def test_ten_looks_a_minute_go_through_and_then_none_until_the_next():
    assert _look_up(30) == 10
    assert _look_up(1, caller="another") == 1
    assert _look_up(1, at=MONDAY_NOON + timedelta(seconds=59)) == 0
    assert _look_up(1, at=MONDAY_NOON + timedelta(seconds=60)) == 1


@pytest.mark.django_db
def test_one_caller_cannot_use_up_what_everybody_has(settings):
    settings.TRACK_OVERALL_A_MINUTE = 12
    _look_up(200)
    counted = dict(SubmissionCount.objects.values_list("caller", "tries"))
    assert (counted["one"], counted[EVERYBODY]) == (10, 10)
    assert _look_up(5, caller="another") == 2


@pytest.mark.django_db
def test_a_refusal_says_how_long_to_wait():
    _look_up(10)
    with pytest.raises(TooManyTries) as refused:
        actions.count_look_up(caller="one", at=MONDAY_NOON + timedelta(seconds=42))
    assert refused.value.seconds == 18


@pytest.mark.django_db
def test_counts_of_yesterday_are_swept_and_those_of_today_stay():
    _look_up(1, at=MONDAY_NOON - timedelta(hours=25))
    _look_up(1, at=MONDAY_NOON - timedelta(hours=23))
    _look_up(1)
    windows = sorted(set(SubmissionCount.objects.values_list("window", flat=True)))
    assert windows == [MONDAY_NOON - timedelta(hours=23), MONDAY_NOON]


def _ask(topic, *, caller="one", token=None, at=MONDAY_NOON, **facts):
    values = {"words": "The ceiling leaks.", "reply_by": "come_back", "language": "en"} | facts
    return actions.ask(token=token or uuid.uuid4(), caller=caller, topic=topic, at=at, **values)


@pytest.mark.django_db
def test_over_the_cap_nothing_is_kept(topics, settings):
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 5
    for _ in range(5):
        _ask(topics["housing"], name="Rahima")
    with pytest.raises(TooManyTries):
        _ask(topics["housing"], name="Rahima")
    assert (Enquiry.objects.count(), Resident.objects.count()) == (5, 5)
    assert set(SubmissionCount.objects.values_list("caller", "tries")) == {("one", 5), (EVERYBODY, 5)}


@pytest.mark.django_db
def test_hundreds_of_questions_from_many_addresses_keep_the_overall_cap(topics, settings):
    settings.ONLINE_OVERALL_AN_HOUR = 20
    kept = 0
    for number in range(300):
        try:
            _ask(topics["housing"], caller=f"caller {number // 4}")
            kept += 1
        except TooManyTries:
            continue
    assert (kept, Enquiry.objects.count()) == (20, 20)


@pytest.mark.django_db
def test_the_same_form_again_is_not_counted_and_passes_a_full_cap(topics, settings):
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 1
    token = uuid.uuid4()
    first, is_new = _ask(topics["housing"], token=token)
    again, is_new_again = _ask(topics["housing"], token=token)
    assert (again, is_new, is_new_again) == (first, True, False)


def _caught(call):
    try:
        return call()
    except TooManyTries as refused:
        return refused


@pytest.mark.django_db
def test_the_same_form_sent_a_moment_earlier_is_found_though_it_took_the_last_try(topics, settings):
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 1
    token, earlier = uuid.uuid4(), []

    def meanwhile(execute, sql, params, many, context):
        if "submissioncount" in sql and not earlier:
            earlier.append(None)
            earlier[0] = _ask(topics["housing"], token=token)[0]
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        found, is_new = _ask(topics["housing"], token=token)

    assert (found, is_new) == (earlier[0], False)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_five_times_at_once_makes_one_enquiry(topics, settings, shared_database):
    topic = Topic.objects.get(slug="housing")
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 1
    token = uuid.uuid4()
    results = at_once([lambda: _ask(topic, token=token, name="Rahima")] * 5)
    assert len({enquiry.reference for enquiry, _ in results}) == 1
    assert sorted(is_new for _, is_new in results) == [False] * 4 + [True]
    assert (Enquiry.objects.count(), Resident.objects.count()) == (1, 1)
    assert set(SubmissionCount.objects.values_list("tries", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_looking_before_making_would_make_several(topics, shared_database):
    """The control: without the unique token the same five threads make more than one."""
    topic = Topic.objects.get(slug="housing")
    both_looked = threading.Barrier(5)

    def look_then_make() -> None:
        seen = Enquiry.objects.filter(words="The ceiling leaks.").first()
        both_looked.wait()
        if seen is None:
            _ask(topic)

    at_once([look_then_make] * 5)
    assert Enquiry.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_pass_the_cap(topics, settings, shared_database):
    topic = Topic.objects.get(slug="housing")
    settings.ONLINE_PER_ADDRESS_AN_HOUR = 7
    results = at_once([lambda: _caught(lambda: _ask(topic))] * 20)
    refused = [each for each in results if isinstance(each, TooManyTries)]
    assert (Enquiry.objects.count(), len(refused)) == (7, 13)
