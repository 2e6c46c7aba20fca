"""Methods that no page takes: the same answer at every address, whoever asks."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.test_access import EVERYBODY, example, public_and_staff, story  # noqa: F401 - a fixture


@pytest.mark.parametrize("who", ["nobody", "manager"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND"])
def test_a_method_that_no_page_takes_is_405_at_every_address(people, topics, postcodes, story, who, method):  # noqa: F811
    assert who in EVERYBODY
    client = Client(enforce_csrf_checks=True)
    if who != "nobody":
        client.force_login(people[who])
    paths = [example(route, name, story) for route, name in public_and_staff()] + [
        "/console/",
        "/console/hubs/hub/",
    ]
    answers = {path: client.generic(method, path).status_code for path in paths}

    assert {path: status for path, status in answers.items() if status != 405} == {}
    assert len(paths) > 80
