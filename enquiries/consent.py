"""The words a resident agrees to before their story is shared, in the page's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hubs.models import Service


def consent_wording(service: Service) -> str:
    """Return what is read to a resident, and kept word for word with the referral."""
    return _(
        "The Residents’ Hubs may share what I told them, and how to reach me safely, with %(service)s, so "
        "that I do not have to tell it again. I can say no, and I can change my mind."
    ) % {"service": service.name.plain}
