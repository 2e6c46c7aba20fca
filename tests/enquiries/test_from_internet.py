"""Pages that one resident sees: small on the wire, and kept by nobody."""

from __future__ import annotations

import gzip

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/ask/", "/bn/track/", "/bn/appointments/"])
def test_resident_pages_are_compressed_and_say_the_same(client, topics, hubs, path):
    small = client.get(path, headers={"Accept-Encoding": "gzip"})
    whole = client.get(path).content

    assert (small.headers["Content-Encoding"], "Accept-Encoding" in small.headers["Vary"]) == ("gzip", True)
    assert len(small.content) < len(whole) / 2
    assert len(gzip.decompress(small.content)) == len(whole)
