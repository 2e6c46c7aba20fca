"""The key of the borough's map."""

import pytest

from tests.reading import Reading, text_of


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/hubs/bow/", ["Walk in"]),
        ("/hubs/town-hall/", ["By appointment only"]),
        ("/hubs/", ["Walk in", "By appointment only"]),
        ("/find/?postcode=E14+3HG", ["Walk in", "By appointment only", "You"]),
        ("/find/?postcode=E14+3HG&topic=benefits", ["By appointment only", "You"]),
    ],
)
def test_the_maps_key_explains_only_what_is_on_the_map(client, topics, postcodes, path, key):
    page = Reading(client.get(path))
    assert [text_of(each) for each in page.one("hub-key")] == key
