"""The words of `hubs.wording` as template filters: `{{ each.status|status_words }}`."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from hubs import wording
from hubs.bilingual import LocalText
from hubs.directory import ListedHub

register = template.Library()

# Numbers as Britain writes them, in running text: 020 7364 5000, 0808 2000 247, and 999.
_PHONE_NUMBER = re.compile(r"(?<![\d/-])(?:0\d{2,4} \d{3,4} \d{3,4}|999)(?![\d/-])")

for _words in (
    wording.status_words,
    wording.opening_words,
    wording.hours_words,
    wording.reason_words,
    wording.busy_words,
    wording.weekday_words,
    wording.date_words,
    wording.walk_words,
    wording.metres_words,
):
    register.filter(_words)


@register.filter
def no_hours_confirmed(listed: list[ListedHub]) -> bool:
    """Tell whether no hub of a list has its hours confirmed, so that one note above says so for all."""
    return bool(listed) and not any(each.hub.hours_confirmed for each in listed)


@register.filter
def by_appointment(listed: list[ListedHub]) -> list[ListedHub]:
    """Return the hubs that nobody can walk in to."""
    return [each for each in listed if not each.walk_in]


@register.filter
def lines(text: LocalText) -> list[LocalText]:
    """Split what an administrator wrote a line each, every line keeping its language."""
    return [LocalText(line.strip(), text.lang) for line in text.plain.splitlines() if line.strip()]


@register.filter
def with_phone_links(text: LocalText) -> SafeString:
    """Make each telephone number in a text one that can be tapped."""
    linked = _PHONE_NUMBER.sub(_phone_link, conditional_escape(text))
    return mark_safe(linked)  # noqa: S308  # nosec B308 B703


def _phone_link(found: re.Match[str]) -> str:
    number = found.group()
    return f'<a class="govuk-link hub-phone" href="tel:{number.replace(" ", "")}">{number}</a>'
