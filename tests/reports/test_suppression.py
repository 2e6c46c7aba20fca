"""Nobody can work out a hidden count, not even somebody who knows the rule that hid it."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.suppression import SMALLEST_SHOWN, Published, publishable

MONTHS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 40), max_size=7)


def test_large_counts_are_all_published():
    assert publishable({"bow": 5, "town-hall": 80}) == Published({"bow": 5, "town-hall": 80}, 85)


def test_one_small_count_hides_its_neighbour_too():
    counts = {"bethnal-green": 60, "bow": 4, "chrisp-street": 90, "cubitt-town": 30, "town-hall": 20}

    published = publishable(counts)

    assert published == Published(counts | {"bethnal-green": None, "bow": None}, 204)


def test_the_last_of_an_odd_number_hangs_with_the_two_before_it():
    assert publishable({"a": 60, "b": 40, "c": 90, "d": 30, "e": 0}) == Published(
        {"a": 60, "b": 40, "c": None, "d": None, "e": None}, 220
    )


def test_small_counts_that_together_are_small_hide_the_next_group():
    assert publishable({"a": 60, "b": 40, "c": 90, "d": 30, "e": 0, "f": 4}) == Published(
        {"a": None, "b": None, "c": 90, "d": 30, "e": None, "f": None}, 224
    )


@pytest.mark.parametrize("counts", [{}, {"bow": 3}, {"bow": 1, "town-hall": 2}, {"bow": 0, "town-hall": 0}])
def test_a_month_with_too_little_to_hide_behind_keeps_its_total(counts):
    assert publishable(counts) == Published(dict.fromkeys(counts), None)


def test_a_count_below_nothing_is_refused():
    with pytest.raises(ValueError, match="below nothing"):
        publishable({"bow": -1})


@given(MONTHS)
def test_every_hidden_count_could_be_anything_under_five(counts):
    published = publishable(counts)

    shown = [count for count in published.cells.values() if count is not None]
    hidden = len(published.cells) - len(shown)
    assert all(count >= SMALLEST_SHOWN for count in shown)
    assert all(published.cells[key] in (None, count) for key, count in counts.items())
    if published.total is None:
        assert not shown
    elif hidden:
        # Each of the hidden may be 0, 1, 2, 3 or 4, since another of them can take the rest.
        assert hidden > 1
        assert published.total - sum(shown) >= SMALLEST_SHOWN


@pytest.mark.parametrize(("hubs", "most"), [(1, 20), (2, 20), (3, 9), (4, 6), (5, 5)])
def test_not_even_the_rule_itself_gives_a_hidden_count_away(hubs, most):
    """Of every month with up to `most` visits a hub: each hidden count has several truths that fit.

    Somebody who runs the rule backwards tries all months and keeps those that would be published the same.
    """
    truths = defaultdict(list)
    for counts in product(range(most + 1), repeat=hubs):
        published = publishable(dict(zip("abcde", counts, strict=False)))
        truths[(tuple(published.cells.values()), published.total)].append(counts)

    given_away = {
        published: alike
        for published, alike in truths.items()
        for place, count in enumerate(published[0])
        if count is None and len({each[place] for each in alike}) == 1
    }
    assert given_away == {}
