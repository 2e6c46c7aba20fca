"""The public facts: hubs and their hours, topics, services, notices and postcodes. No personal data."""

from .busy_hours import BusyHour
from .content import ContentVersion
from .hours import DatedHours, DatedPeriod, OpeningPeriod
from .hubs import Facility, Hub, HubFacility
from .notices import Notice
from .postcodes import Postcode
from .topics import Service, Topic, TopicCode, TopicOffer

__all__ = [
    "BusyHour",
    "ContentVersion",
    "DatedHours",
    "DatedPeriod",
    "Facility",
    "Hub",
    "HubFacility",
    "Notice",
    "OpeningPeriod",
    "Postcode",
    "Service",
    "Topic",
    "TopicCode",
    "TopicOffer",
]
