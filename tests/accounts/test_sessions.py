"""Sessions read with one plain statement, and nothing else about them changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.sessions import SessionStore
from tests.accounts.signing_in import sign_in


@pytest.fixture
def saved(db) -> str:
    store = SessionStore()
    store["seen"] = "আজ"
    store.save()
    return store.session_key


def test_a_session_is_read_as_django_does_in_one_statement(saved, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = dict(SessionStore(saved).items())

    assert found == dict(DjangoStore(saved).items()) == {"seen": "আজ"}


def test_a_session_that_has_ended_is_empty_and_loses_its_key(saved):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    store = SessionStore(saved)

    assert (dict(store.items()), store.session_key) == ({}, None)


def test_an_unknown_key_is_no_session(db):
    store = SessionStore("x" * 32)

    assert (dict(store.items()), store.session_key) == ({}, None)


def test_what_is_tampered_with_is_empty(saved, caplog):
    Session.objects.update(session_data="not signed")

    assert dict(SessionStore(saved).items()) == {}


def test_what_one_reader_changes_another_does_not_see(saved):
    store = SessionStore(saved)
    store["list"] = [1]
    store.save()
    SessionStore(saved)["list"].append(2)

    assert SessionStore(saved)["list"] == [1]


def test_what_is_tampered_with_after_it_was_read_is_empty(saved, caplog):
    assert dict(SessionStore(saved).items()) != {}
    text = Session.objects.get().session_data
    Session.objects.update(session_data=text[:-1] + ("A" if text[-1] != "A" else "B"))

    assert dict(SessionStore(saved).items()) == {}


def test_an_old_secret_key_still_opens_sessions(client, people, settings):
    sign_in(client)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another one, made this year"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert client.get("/staff/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []

    assert client.get("/staff/").status_code == 200


def test_without_the_old_secret_key_everybody_signs_in_again(client, people, settings):
    sign_in(client)
    settings.SECRET_KEY = "another one, made this year"

    assert client.get("/staff/").status_code == 302


def test_a_session_that_a_wrong_secret_key_did_not_open_opens_with_its_own(saved, settings):
    own, settings.SECRET_KEY = settings.SECRET_KEY, "another one, made this year"
    assert dict(SessionStore(saved).items()) == {}
    settings.SECRET_KEY = own

    assert dict(SessionStore(saved).items()) != {}
