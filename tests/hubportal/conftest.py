"""Fixtures of the desk and of residents that the portal's own tests use too; and where the demo starts."""

import pytest
from django.core.management import call_command

from hubportal import demo
from tests.enquiries.asking import asker, clock
from tests.enquiries.racing import shared_database

__all__ = ["asker", "clock", "shared_database"]


def make_borough() -> None:
    """Load hubs, the desk's rows and the demo's accounts."""
    call_command("load_hubs", verbosity=0)
    call_command("load_desk", verbosity=0)
    demo.load_accounts(password="correct horse battery")


@pytest.fixture
def borough(db) -> None:
    """Hubs, the desk's rows and the demo's accounts."""
    make_borough()
