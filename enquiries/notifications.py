"""Messages that leave the portal: e-mail and text messages.

By GOV.UK Notify where its key is set; else by Django's mail, which writes to the console in the demo.
"""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from enquiries.errors import NotDelivered
from enquiries.folding import folded, phone_key

EMAIL, TEXT = "email", "sms"

_CONSOLE = "django.core.mail.backends.console.EmailBackend"
_NOBODY = "text-message.invalid"
"""Where the demo "sends" text messages: a domain that never exists (RFC 2606)."""


def working_ways() -> frozenset[str]:
    """Return how messages can be sent from here. A production site without a mail server sends none."""
    if settings.NOTIFY_API_KEY or settings.DEMO:
        return frozenset({EMAIL, TEXT})
    return frozenset() if settings.EMAIL_BACKEND == _CONSOLE else frozenset({EMAIL})


def send_email(*, to: str, subject: str, body: str) -> None:
    """Send an e-mail in plain text. Raises `NotDelivered`. The subject must hold no personal data."""
    if settings.NOTIFY_API_KEY:
        personalisation = {"subject": subject, "body": body}
        _by_notify("send_email_notification", to, settings.NOTIFY_EMAIL_TEMPLATE_ID, personalisation)
    elif EMAIL in working_ways():
        _by_mail(to, subject, body)
    else:
        raise NotDelivered("E-mail is not set up here.")


def send_text(*, to: str, body: str) -> None:
    """Send a text message to a phone number, however it was typed. Raises `NotDelivered`."""
    number = _dialled(to)
    if settings.NOTIFY_API_KEY:
        _by_notify("send_sms_notification", number, settings.NOTIFY_TEXT_TEMPLATE_ID, {"body": body})
    elif settings.DEMO:
        _by_mail(f"{number}@{_NOBODY}", "Text message", body)
    else:
        raise NotDelivered("Text messages are not set up here.")


def _dialled(typed: str) -> str:
    """Return a phone number in Western digits alone; + stays before the number of another country."""
    digits = phone_key(typed)
    is_abroad = folded(typed).startswith("+") and not digits.startswith("0")
    return f"+{digits}" if is_abroad else digits


def _by_mail(to: str, subject: str, body: str) -> None:
    try:
        EmailMessage(subject, body, to=[to]).send()
    except (SMTPException, OSError, ValueError) as error:
        # ValueError: an address that cannot be written in the letters of mail.
        raise NotDelivered("The mail server did not take it.") from error


def _by_notify(method: str, to: str, template: str, personalisation: dict[str, str]) -> None:
    # Its HTTP library takes a third of a second to load, which only those who use it shall wait for.
    from notifications_python_client.errors import APIError
    from notifications_python_client.notifications import NotificationsAPIClient

    client = NotificationsAPIClient(settings.NOTIFY_API_KEY, timeout=settings.EMAIL_TIMEOUT)
    # Whom a message is for goes to Notify, nowhere else.
    client.request_session.max_redirects = 0
    try:
        getattr(client, method)(to, template, personalisation=personalisation)
    except APIError as error:
        raise NotDelivered(f"GOV.UK Notify did not take it (answer {error.status_code}).") from error
