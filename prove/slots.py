"""Many who want the same appointment at the same moment: each desk of each slot goes to one of them."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from datetime import time as clock_time
from functools import partial
from html import unescape

from django.utils import timezone

from accounts.models import User
from appointments import actions
from appointments.models import Booking, Plan, Slot
from enquiries.models import Resident
from enquiries.stamps import Stamp
from hubs.models import Hub, Topic
from prove import portal
from prove.findings import Finding, ProofBroken, control, exactly, none_of
from prove.site import Site
from prove.tiers import Tier
from prove.visitors import Visitor, crowd

DETAILS = "/appointments/details/"
_TRIES = 50
"""Who want each slot at once."""
_TOGETHER_SECONDS = 60
"""After this time without all of them nobody begins: one that failed before must not keep the others."""
_LOOKERS = 16
_WEEKS_AHEAD = 8
_BETWEEN_LOOK_AND_BOOKING = 0.02
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_EVERYBODY_FROM_HERE = {"HOLDS_PER_ADDRESS_AT_ONCE": "1000000", "HOLDS_PER_ADDRESS_AN_HOUR": "1000000"}


def desks_given(site: Site, tier: Tier) -> Iterator[Finding]:
    """Have many go through the forms for each slot at once, and the control: look first, then book."""
    slots, topic = _slots(tier.slots + 1), Topic.objects.get(slug="housing")
    answers: Counter[str] = Counter()
    with replace(site, env=site.env | _EVERYBODY_FROM_HERE).node(tier.workers) as node:
        for slot in slots[1:]:
            together, lock = threading.Barrier(_TRIES), threading.Lock()
            forms = [_form(slot, topic) for _ in range(_TRIES)]
            crowd(_TRIES, [partial(_want, node.port, each, together, lock, answers) for each in forms])
    desks = sum(slot.capacity for slot in slots[1:])
    yield exactly(
        f"bookings of {desks:,} desks, {_TRIES} at once for each of {tier.slots:,} slots",
        answers["302"],
        desks,
    )
    yield none_of("slots whose desks or counter are not as booked", sum(map(_is_wrong, slots[1:])))
    yield none_of("losers not told 409", _TRIES * tier.slots - answers["302"] - answers["409"])
    crowd(_LOOKERS, [partial(_look_first, slots[0], topic, number) for number in range(_LOOKERS)])
    portal.let_go()
    sold = Booking.objects.filter(slot=slots[0]).count()
    yield control("desks sold twice by looking before booking", sold - slots[0].capacity)


def _slots(count: int) -> list[Slot]:
    """Return free slots of plans made for this, the latest first: of one and of three desks, hour by hour.

    The hub's own plans end today: no two have the same hours.
    """
    hub, manager = Hub.objects.get(slug="town-hall"), User.objects.get(username="manager")
    now = timezone.now()
    about = {"hub": hub, "by": manager, "at": now}
    for own in Plan.objects.filter(hub=hub):
        actions.save_plan(plan=own, retired_on=timezone.localdate(now), **about)
    plans = [
        actions.save_plan(
            weekday=weekday,
            starts=clock_time(hour),
            ends=clock_time(hour + 1),
            minutes=15,
            desks=(1, 3)[hour % 2],
            days_ahead=7 * _WEEKS_AHEAD,
            starts_on=date(2026, 1, 1),
            **about,
        )[0]
        for weekday in range(5)
        for hour in range(9, 17)
    ]
    free = Slot.objects.filter(plan__in=plans, withdrawn_at=None, starts_at__gt=now + timedelta(days=1))
    found = list(free.order_by("-starts_at", "capacity")[:count])
    if len(found) < count:
        raise ProofBroken(f"the plans have {len(found)} slots, {count} are wanted")
    return found


def _form(slot: Slot, topic: Topic) -> dict[str, str]:
    """Return the details of somebody whom nobody else is, ready to be sent."""
    stamp = Stamp(uuid.uuid4(), timezone.now() - timedelta(minutes=1))
    where = {"stamp": stamp.signed(), "topic": topic.slug, "slot": str(slot.pk)}
    return where | {"name": f"Resident {stamp.token}", "postcode": "E1 1BJ", "language": "en"}


def _want(
    port: int,
    form: dict[str, str],
    together: threading.Barrier,
    lock: threading.Lock,
    answers: Counter[str],
) -> None:
    """Go the way of a browser: a time, the details, what the page to check sends; note the last answer."""
    visitor = Visitor([port])
    together.wait(_TOGETHER_SECONDS)
    status, page = visitor.post_for_page(DETAILS, form)
    if status == "200":
        status, page = visitor.post_for_page(DETAILS, form | {"step": "check"})
    if status == "200":
        shown = {name: unescape(value) for name, value in _HIDDEN.findall(page)}
        status, _ = visitor.post(DETAILS, shown | {"step": "send"})
    visitor.leave()
    with lock:
        answers[status] += 1


def _is_wrong(slot: Slot) -> bool:
    """Whether a slot's bookings are not one for each desk, or its counter says something else."""
    desks = sorted(Booking.objects.live().filter(slot=slot).values_list("desk", flat=True))
    booked = Slot.objects.get(pk=slot.pk).booked
    return desks != list(range(1, slot.capacity + 1)) or booked != slot.capacity


def _look_first(slot: Slot, topic: Topic, number: int) -> None:
    """Book as a program would that looks whether there is room, and knows no counter."""
    now = timezone.now()
    if Booking.objects.filter(slot=slot).count() < slot.capacity:
        time.sleep(_BETWEEN_LOOK_AND_BOOKING)
        Booking.objects.create(
            reference=f"{number:09d}",
            private_key=f"look first {number}",
            token=uuid.uuid4(),
            hub_id=slot.hub_id,
            slot=slot,
            desk=number + 1,
            topic=topic,
            resident=Resident.objects.create(name="Amber Example", created_at=now),
            language="en",
            channel=Booking.Channel.ONLINE,
            booked_at=now,
            service_day=slot.service_day,
            month=slot.service_day.year * 100 + slot.service_day.month,
            lead_days=0,
        )
    portal.let_go()
