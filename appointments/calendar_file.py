"""One appointment as an iCalendar file (RFC 5545) that a phone takes into its calendar.

Times are UTC, which every calendar shows in its own time. The identifier stays when an appointment is moved,
so that a new file takes the old one's place. Nobody's name and no topic: calendars are shared.
"""

from __future__ import annotations

from datetime import UTC
from uuid import UUID, uuid5

from django.utils.translation import gettext
from icalendar import Calendar, Event

from appointments.models import Booking

_NAMESPACE = UUID("0a5f2f5e-6d7e-4f0c-9a53-7a3c3f6f5f0e")


def appointment_file(booking: Booking, *, link: str) -> bytes:
    """Return the file, in the active language; `link` is the resident's private one. One query."""
    hub, slot = booking.hub, booking.slot
    event = Event()
    event.add("uid", str(uuid5(_NAMESPACE, booking.reference)))
    lost = booking.has_lost_its_time
    changes = list(booking.events.values_list("at", flat=True))
    event.add("dtstamp", max([*changes, slot.withdrawn_at or booking.booked_at]).astimezone(UTC))
    # Odd while we cannot see them: so it grows at each change, and a calendar takes over the newer file.
    event.add("sequence", 2 * len(changes) + lost)
    event.add("dtstart", slot.starts_at.astimezone(UTC))
    event.add("dtend", slot.ends_at.astimezone(UTC))
    event.add("status", "CANCELLED" if lost or booking.status == booking.Status.CANCELLED else "CONFIRMED")
    event.add("summary", gettext("Appointment, %(hub)s") % {"hub": hub.name.plain})
    event.add("location", f"{hub.name_en}, {hub.street}, London {hub.postcode}")
    event.add("geo", (hub.latitude, hub.longitude))
    reference = gettext("Your reference: %(reference)s") % {"reference": booking.shown_reference}
    change = [] if booking.status == booking.Status.CANCELLED else [gettext("To move or cancel it:")]
    event.add("description", "\n".join([reference, *change, link]))
    event.add("url", link)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Residents' Hubs//Appointments//EN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical()
