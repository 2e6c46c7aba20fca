"""Fixtures of the desk and of residents that the portal's own tests use as well."""

from tests.enquiries.asking import asker, clock
from tests.enquiries.racing import shared_database

__all__ = ["asker", "clock", "shared_database"]
