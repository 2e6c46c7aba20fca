"""The words of `appointments.wording` as template filters: `{{ slot.starts_at|when_words }}`."""

from django import template

from appointments import wording

register = template.Library()

for _words in (wording.clock_words, wording.when_words, wording.times_words, wording.interpreter_words):
    register.filter(_words)
# Staff pages have a `day_words` of their own, short and in English.
register.filter("whole_day_words", wording.day_words)
