"""A clock that stands still, for everything about sign-in that ends after a while."""

import pytest
import time_machine

from tests.conftest import MONDAY_NOON


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY_NOON, tick=False) as traveller:
        yield traveller
