"""The words of `reports.wording` as template filters: `{{ figure|figure_words }}`."""

from django import template

from reports import wording

register = template.Library()

register.filter(wording.figure_words)
register.filter(wording.count_words)
