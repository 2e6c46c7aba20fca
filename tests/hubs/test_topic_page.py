"""A topic's page: what cannot wait for a hub stands before anything about hubs."""

import pytest

from hubs.models import Topic
from tests.reading import Reading, text_of


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/topics/housing/", ["If it is urgent", "In danger? Call 999.", "Or call 020 7364 5000 now."]),
        (
            "/bn/topics/housing/",
            ["জরুরি হলে", "বিপদে 999 নম্বরে ফোন করুন।", "বা এখনই 020 7364 5000 নম্বরে।"],
        ),
    ],
    ids=["en", "bn"],
)
def test_a_topic_page_says_first_what_cannot_wait_with_numbers_to_tap(client, topics, path, said):
    Topic.objects.filter(slug="housing").update(
        urgent_en="In danger? Call 999.\nOr call 020 7364 5000 now.",
        urgent_bn="বিপদে 999 নম্বরে ফোন করুন।\nবা এখনই 020 7364 5000 নম্বরে।",
    )
    page = Reading(client.get(path))
    box = page.one("hub-urgent")
    in_order = [each for each in page.root.iter() if each in (box, page.one("hub-inset"))]

    assert [text_of(each) for each in box] == said
    assert [link.get("href") for link in box.iter("a")] == ["tel:999", "tel:02073645000"]
    assert in_order == [box, page.one("hub-inset")]


def test_a_topic_that_is_never_urgent_has_no_empty_box(client, topics):
    assert Reading(client.get("/topics/benefits/")).all("hub-urgent") == []
