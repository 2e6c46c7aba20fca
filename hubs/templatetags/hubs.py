"""The words of `hubs.wording` as template filters: `{{ each.status|status_words }}`."""

from django import template

from hubs import wording

register = template.Library()

for _words in (
    wording.status_words,
    wording.opening_words,
    wording.hours_words,
    wording.reason_words,
    wording.date_words,
    wording.access_note,
    wording.walk_words,
    wording.metres_words,
):
    register.filter(_words)
