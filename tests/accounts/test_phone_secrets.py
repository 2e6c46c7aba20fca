"""Secrets of phones are sealed in the database, for one account, with keys that can be changed."""

from __future__ import annotations

import logging

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import actions
from accounts.errors import SecretLost
from accounts.models import Phone
from accounts.phone_secrets import seal, sealed_anew, unseal
from tests.accounts.signing_in import PASSWORD, code_of, sign_in, with_phone

ASKED, SET_UP = "/staff/sign-in/code/", "/staff/account/second-step/"
SECRET = b"12345678901234567890"
OLD, NEW = "old key " * 7, "new key " * 7


def kept_of(user) -> str:
    """What lies in the database."""
    return TOTPDevice.objects.values_list("key", flat=True).get(user=user)


def code_is_taken(user, code: str) -> bool:
    client = Client()
    sign_in(client, user.username)
    return client.post(ASKED, {"code": code}).status_code == 302


def test_a_sealed_secret_comes_back_and_fits_its_column():
    kept = seal(SECRET, 7)

    assert unseal(kept, 7) == SECRET
    assert len(kept) <= TOTPDevice._meta.get_field("key").max_length


def test_the_same_secret_never_looks_the_same():
    assert len({seal(SECRET, 7) for _ in range(50)}) == 50


@pytest.mark.parametrize("place", [3, 20, 40, 66])
def test_a_changed_letter_is_noticed(place):
    kept = seal(SECRET, 7)
    wrong = kept[:place] + ("A" if kept[place] != "A" else "B") + kept[place + 1 :]

    with pytest.raises(SecretLost):
        unseal(wrong, 7)


def test_it_does_not_open_for_another_account():
    with pytest.raises(SecretLost):
        unseal(seal(SECRET, 7), 8)


@pytest.mark.parametrize("kept", ["", "g1:", "g1:AAAA", "g1:no base64", "no digits", "g1:" + "é" * 64])
def test_what_was_never_sealed_is_lost(kept):
    with pytest.raises(SecretLost):
        assert unseal(kept, 7) == b"unless it is a secret"


def test_an_older_key_opens_and_the_newest_seals(settings):
    settings.SECOND_STEP_KEYS = [OLD]
    kept = seal(SECRET, 7)
    settings.SECOND_STEP_KEYS = [NEW, OLD]
    assert unseal(kept, 7) == SECRET
    anew = sealed_anew(kept, 7)

    settings.SECOND_STEP_KEYS = [NEW]
    assert unseal(anew, 7) == SECRET
    assert sealed_anew(anew, 7) == anew
    with pytest.raises(SecretLost):
        unseal(kept, 7)


def test_nothing_in_the_database_shows_a_code(client, people, clock):
    sign_in(client)
    client.get(SET_UP)
    begun = kept_of(people["desk"])
    secret = Phone.objects.get().bin_key
    client.post(SET_UP, {"password": PASSWORD, "code": code_of(people["desk"], confirmed=False)})
    kept = kept_of(people["desk"])

    for text in (begun, kept):
        assert text.startswith("g1:")
        assert secret.hex() not in text
    assert len(secret) == 20


def test_a_plain_secret_is_read_once_and_then_sealed(people, clock):
    with_phone(people["desk"])
    secret = Phone.objects.get().bin_key
    TOTPDevice.objects.update(key=secret.hex())
    clock.shift(60)

    assert code_is_taken(people["desk"], code_of(people["desk"]))
    assert kept_of(people["desk"]).startswith("g1:")
    assert Phone.objects.get().bin_key == secret


def test_codes_are_right_before_and_after_a_new_key(people, clock, settings):
    settings.SECOND_STEP_KEYS = [OLD]
    with_phone(people["desk"])
    with_phone(people["manager"])
    settings.SECOND_STEP_KEYS = [NEW, OLD]
    clock.shift(60)
    assert code_is_taken(people["desk"], code_of(people["desk"]))
    call_command("seal_phones", verbosity=0)

    settings.SECOND_STEP_KEYS = [NEW]
    clock.shift(60)
    assert code_is_taken(people["desk"], code_of(people["desk"]))
    assert code_is_taken(people["manager"], code_of(people["manager"]))


def test_sealing_twice_changes_nothing(people, clock, settings):
    settings.SECOND_STEP_KEYS = [OLD]
    with_phone(people["desk"])
    settings.SECOND_STEP_KEYS = [NEW, OLD]

    assert actions.seal_phones() == actions.second_step.Sealed(anew=1, lost=0)
    kept = kept_of(people["desk"])
    assert actions.seal_phones() == actions.second_step.Sealed(anew=0, lost=0)
    assert kept_of(people["desk"]) == kept


def test_without_its_key_a_phone_is_refused_and_a_recovery_code_is_not(people, clock, settings, caplog):
    settings.SECOND_STEP_KEYS = [OLD]
    codes = with_phone(people["desk"])
    clock.shift(60)
    shown = code_of(people["desk"])
    kept = kept_of(people["desk"])
    settings.SECOND_STEP_KEYS = [NEW]

    with caplog.at_level(logging.ERROR, "accounts.security"):
        assert not code_is_taken(people["desk"], shown)
    assert [record.message for record in caplog.records if record.name == "accounts.security"] == [
        f"account={people['desk'].pk} no key in SECOND_STEP_KEYS opens the phone's secret"
    ]
    assert code_is_taken(people["desk"], codes[0])
    with pytest.raises(CommandError, match="opens 1"):
        call_command("seal_phones", verbosity=0)
    assert kept_of(people["desk"]) == kept


def test_a_phone_begun_with_a_lost_key_is_begun_anew(client, people, settings):
    settings.SECOND_STEP_KEYS = [OLD]
    sign_in(client)
    client.get(SET_UP)
    settings.SECOND_STEP_KEYS = [NEW]

    assert client.get(SET_UP).status_code == 200
    assert Phone.objects.get().can_be_opened


@pytest.mark.django_db(transaction=True)
def test_the_upgrade_seals_what_is_plain_and_can_be_taken_back(people):
    with_phone(people["desk"])
    secret = Phone.objects.get().bin_key
    _migrate("0005_given_permissions")
    assert kept_of(people["desk"]) == secret.hex()

    _migrate("0006_seal_phones")
    assert kept_of(people["desk"]).startswith("g1:")
    assert Phone.objects.get().bin_key == secret


def _migrate(name: str) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("accounts", name)])
