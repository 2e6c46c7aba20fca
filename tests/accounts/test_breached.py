"""Passwords that became known elsewhere are refused, from a file on this machine."""

from __future__ import annotations

import hashlib

import pytest
from django.core.exceptions import ValidationError

from accounts.breached import NeverBreached
from tests.accounts.signing_in import ANOTHER, PASSWORD, sign_in

KNOWN = [f"known {number} to everybody" for number in range(300)]
OTHERS = [f"known {number} to nobody" for number in range(300)]


def hashes(words: list[str]) -> list[str]:
    return sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in words)


@pytest.fixture
def known(settings, tmp_path):
    """A list as the downloader writes it: sorted, each with how often it was seen."""
    path = tmp_path / "pwned.txt"
    path.write_text("".join(f"{each}:{place + 3}\n" for place, each in enumerate(hashes(KNOWN))))
    settings.BREACHED_PASSWORDS = str(path)
    return path


def is_refused(password: str) -> bool:
    try:
        NeverBreached().validate(password)
    except ValidationError:
        return True
    return False


def test_every_known_one_is_refused_and_no_other(known):
    assert [word for word in KNOWN if not is_refused(word)] == []
    assert [word for word in OTHERS if is_refused(word)] == []


@pytest.mark.parametrize("ending", ["\n", "", "\r\n"])
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_short_lists_are_searched_to_both_ends(known, ending, lines):
    words = KNOWN[:lines]
    known.write_bytes("\n".join(hashes(words)).encode() + ending.encode())

    assert [is_refused(word) for word in words] == [True] * lines
    assert [word for word in OTHERS if is_refused(word)] == []


def test_an_empty_list_refuses_nothing(known):
    known.write_bytes(b"")
    assert not is_refused(KNOWN[0])


def test_without_a_list_nothing_is_refused(settings):
    assert settings.BREACHED_PASSWORDS == ""
    assert not is_refused(KNOWN[0])


def test_nobody_can_choose_a_known_one(client, people, known):
    sign_in(client)

    def answer(new: str):
        typed = {"password": PASSWORD, "new": new, "again": new}
        return client.post("/staff/account/password/", typed)

    refused = answer(KNOWN[7])
    assert refused.status_code == 422
    assert "known to people who try passwords" in refused.content.decode()
    assert answer(ANOTHER).status_code == 302
