"""The demo loaded again: nothing twice, the same rows from the same seed, day after day, and afresh."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import User
from enquiries import actions
from enquiries.londontime import service_day
from enquiries.models import (
    Enquiry,
    EnquiryEvent,
    Feedback,
    Outcome,
    Referral,
    Resident,
    ServiceTerms,
    TicketCounter,
    Visit,
)
from hubportal import demo
from reports.models import FrozenMonth

AT = datetime(2024, 1, 25, 11, 20, tzinfo=UTC)
"""A Thursday morning."""
SINCE = date(2023, 12, 18)


@pytest.fixture
def history(borough) -> demo.HistoryLoaded:
    """Some weeks of history."""
    return demo.load_history(at=AT, since=SINCE)


def fingerprint() -> str:
    digest = sha256()
    for model in (Visit, Enquiry, EnquiryEvent, Referral, Resident, Feedback, TicketCounter):
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        for row in model.objects.order_by("pk").values_list(*names).iterator():
            digest.update(repr(row).encode())
    return digest.hexdigest()


SUNDAY = datetime(2024, 1, 28, 14, 0, tzinfo=UTC)


def test_nobody_waits_on_a_sunday_and_loading_again_does_nothing(borough, django_assert_max_num_queries):
    demo.load_history(at=SUNDAY, since=date(2024, 1, 22))
    before = demo.rows_to_forget()
    with django_assert_max_num_queries(9):
        again = demo.load_history(at=SUNDAY + timedelta(hours=1), since=date(2024, 1, 22))

    assert Visit.objects.filter(state__in=("waiting", "held", "called")).count() == 0
    assert (again.visits, demo.rows_to_forget()) == (0, before)


def test_loading_a_second_time_adds_nothing(history):
    before = demo.rows_to_forget()

    assert demo.load_history(at=AT + timedelta(hours=3), since=SINCE).visits == 0
    assert demo.rows_to_forget() == before


def test_the_same_day_and_seed_make_the_same_rows(borough):
    made = []
    for seed in (1, 1, 2):
        demo.forget_history()
        demo.load_history(at=AT, seed=seed, since=SINCE)
        made.append(fingerprint())

    assert made[0] == made[1]
    assert made[0] != made[2]


def test_another_day_adds_the_days_since_and_life_goes_on(history):
    later = AT + timedelta(days=5)
    left_alone = Enquiry.objects.filter(status="referred", referrals__status="sent").first()
    desk = User.objects.get(username="desk.bow")
    actions.add_note(enquiry=left_alone, note="Called twice", by=desk, at=AT)
    before = Visit.objects.count()
    live = Referral.objects.live().filter(sent_at__lt=AT - timedelta(days=14)).count()
    loaded = demo.load_history(at=later, since=SINCE)
    new_days = Visit.objects.filter(service_day__gt=date(2024, 1, 25))

    assert loaded.first_day == date(2024, 1, 26)
    assert (loaded.visits, Visit.objects.count() - before) == (new_days.count(), loaded.visits)
    assert set(new_days.values_list("service_day", flat=True)) == {
        date(2024, 1, 26),
        date(2024, 1, 29),
        date(2024, 1, 30),
    }
    assert loaded.steps > 50
    assert Referral.objects.live().filter(sent_at__lt=AT - timedelta(days=14)).count() < live
    assert left_alone.referrals.get().status == "sent"
    assert Visit.objects.in_the_room(date(2024, 1, 25)).count() == 0
    assert Visit.objects.in_the_room(date(2024, 1, 30)).filter(hub__slug="bow").count() == 7


def test_it_starts_afresh_and_keeps_what_administrators_keep(history):
    kept = Outcome.objects.count(), ServiceTerms.objects.count(), User.objects.count()
    said = demo.rows_to_forget()
    gone = demo.forget_history()
    left = {
        model.__name__ for model in apps.get_app_config("enquiries").get_models() if model.objects.exists()
    }

    assert gone == said
    assert left == {"Outcome", "Cause", "ServiceTerms", "ServiceQuestion", "WaitingRoom"}
    assert (Outcome.objects.count(), ServiceTerms.objects.count(), User.objects.count()) == kept


def test_what_is_typed_in_afterwards_gets_numbers_of_its_own(history):
    visit = Visit.objects.filter(hub__slug="bow").latest("pk")
    tickets = TicketCounter.objects.get(hub=visit.hub, day=service_day(AT)).last
    logged = actions.log_visit(
        token="00000000-0000-4000-8000-000000000001",
        hub=visit.hub,
        raised=[actions.desk.Raised(visit.enquiries.first().topic)],
        by=visit.logged_by,
        at=AT + timedelta(minutes=1),
        waiting=True,
    )

    assert logged.visit.pk > visit.pk
    assert logged.visit.ticket_number == tickets + 1


def test_the_command_makes_accounts_and_history_once(history, settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setenv("DEMO_PASSWORD", "correct horse battery")
    out = StringIO()
    call_command("load_demo", no_history=True, stdout=out)

    assert out.getvalue().startswith("Demo sign-ins, all with the password correct horse battery\n")
    out = StringIO()
    call_command("load_demo", dry_run=True, stdout=out)
    assert f"{Visit.objects.count():,} visits" in out.getvalue()
    assert Visit.objects.count() == history.visits


def test_the_command_is_refused_outside_the_demo(history, settings):
    settings.DEMO = False
    for words in ({}, {"fresh": True}, {"dry_run": True}):
        with pytest.raises(CommandError, match="only in the demo"):
            call_command("load_demo", **words)

    assert Visit.objects.count() == history.visits


def test_the_command_says_what_it_needs(history, settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setenv("DEMO_PASSWORD", "correct horse battery")
    demo.forget_history()
    Outcome.objects.all().delete()

    with pytest.raises(CommandError, match="run load_hubs and load_desk first"):
        call_command("load_demo")


def test_months_that_are_over_are_signed_off_once_and_forgotten_with_the_history(history):
    in_march = AT + timedelta(days=40)

    assert demo.sign_months_off(at=in_march) == 2
    assert list(FrozenMonth.objects.values_list("month", flat=True)) == [202401, 202312]
    assert demo.sign_months_off(at=in_march) == 0
    demo.forget_history()
    assert not FrozenMonth.objects.exists()
