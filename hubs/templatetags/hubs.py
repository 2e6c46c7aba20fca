"""The words of `hubs.wording` as template filters: `{{ each.status|status_words }}`."""

from django import template

from hubs import wording
from hubs.bilingual import LocalText
from hubs.directory import ListedHub

register = template.Library()

for _words in (
    wording.status_words,
    wording.opening_words,
    wording.hours_words,
    wording.reason_words,
    wording.date_words,
    wording.walk_words,
    wording.metres_words,
):
    register.filter(_words)


@register.filter
def no_hours_confirmed(listed: list[ListedHub]) -> bool:
    """Tell whether not one hub of a list has its hours confirmed, so that one note above it says so for all."""
    return bool(listed) and not any(each.hub.hours_confirmed for each in listed)


@register.filter
def by_appointment(listed: list[ListedHub]) -> list[ListedHub]:
    """Return the hubs that nobody can walk in to."""
    return [each for each in listed if not each.walk_in]


@register.filter
def lines(text: LocalText) -> list[LocalText]:
    """Split what an administrator wrote a line each, every line keeping its language."""
    return [LocalText(line.strip(), text.lang) for line in text.plain.splitlines() if line.strip()]
