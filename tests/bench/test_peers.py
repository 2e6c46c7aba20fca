"""What stands beside the portal in the bench has the portal's own foundation."""

from __future__ import annotations

import re

import pytest

from script.steps import ROOT


@pytest.mark.parametrize("package", ["helpdesk", "django_appointment"])
@pytest.mark.parametrize("name", ["django", "granian"])
def test_a_peer_has_the_portals_own_django_and_web_server(package, name):
    theirs = (ROOT / "bench" / package / "requirements.txt").read_text()
    ours = (ROOT / "requirements.txt").read_text()
    found = [re.search(rf"(?m)^{name}==(\S+)", text)[1] for text in (theirs, ours)]

    assert found[0] == found[1]
