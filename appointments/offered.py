"""What can be booked at all: the topics and hubs of the plans, whether or not a time is free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import prefetch_related_objects

from appointments.models import Plan
from hubs.directory import offers_now, topics_now
from hubs.models import Hub, Topic


def bookable_topics(at: datetime, today: date) -> list[Topic]:
    """Return the current topics about which somebody is seen by appointment, in their order. Two queries."""
    plans = list(Plan.objects.current(today))
    prefetch_related_objects(plans, "topics")
    return [topic for topic in topics_now(at) if any(_is_about(plan, topic, at) for plan in plans)]


def hubs_for(topic: Topic, today: date) -> Sequence[Hub]:
    """Return the hubs that see somebody about a topic by appointment, in their order. One query."""
    plans = Plan.objects.current(today).for_topic(topic).select_related("hub")
    return list({plan.hub_id: plan.hub for plan in plans}.values())


def _is_about(plan: Plan, topic: Topic, at: datetime) -> bool:
    named = {each.pk for each in plan.topics.all()}
    return plan.hub_id in offers_now(at, topic) and (not named or topic.pk in named)
