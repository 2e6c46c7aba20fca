"""What a request to the Open Referral API asks for: which records, and which page of them.

Numbers of records here are in the tens, so they are filtered and paged in memory; that keeps the rules in one
place and the number of queries fixed. Parameters the standard does not name are ignored, as it expects.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import time
from typing import Any

from django import forms
from django.core.paginator import EmptyPage, Paginator

from hubs import postcodes
from hubs.finder import Place, distance_m
from hubs.hours_ahead import weekly_periods
from hubs.models import Postcode, Topic
from hubs.models.hours import Weekday
from hubs.offerings import Offering
from hubs.open_referral import WEEKDAY_CODES, Record, terms_of

PER_PAGE = 50
MOST_PER_PAGE = 1000
"""A larger `per_page` gets this many: the answer's own `size` says how many came."""
LONGEST_TEXT = 200
"""Characters of any parameter that is text."""

_TIMES = ["%H:%M", "%H:%M:%S"]


class NoSuchPage(Exception):
    """A page beyond the last one was asked for."""


class PageQuery(forms.Form):
    """Which page of a list: `page` from 1 on, `per_page` records on each."""

    page = forms.IntegerField(required=False, min_value=1)
    per_page = forms.IntegerField(required=False, min_value=1)

    def page_of(self, found: Sequence[Any], record: Callable[[Any], Record]) -> Record:
        """Return the page asked for in the standard's envelope, each item made a `record`.

        Raises NoSuchPage beyond the last page. The first page is always there, if need be empty.
        """
        size = min(self.cleaned_data["per_page"] or PER_PAGE, MOST_PER_PAGE)
        paginator = Paginator(found, size)
        try:
            page = paginator.page(self.cleaned_data["page"] or 1)
        except EmptyPage as beyond:
            raise NoSuchPage(f"The last page is {paginator.num_pages}.") from beyond
        return {
            "total_items": paginator.count,
            "total_pages": paginator.num_pages,
            "page_number": page.number,
            "size": len(page.object_list),
            "first_page": not page.has_previous(),
            "last_page": not page.has_next(),
            "empty": not page.object_list,
            "contents": [record(each) for each in page.object_list],
        }


class ServiceQuery(PageQuery):
    """Which services.

    Two parameters are checked and change nothing. No service has an age limit, so every age may use it. No
    service records when it last changed, so `modified_after` leaves none out: a harvester gets one record
    too many rather than misses one.
    """

    search = forms.CharField(required=False, max_length=LONGEST_TEXT)
    taxonomy_term_id = forms.CharField(required=False, max_length=LONGEST_TEXT)
    taxonomy_id = forms.CharField(required=False, max_length=LONGEST_TEXT)
    minimum_age = forms.FloatField(required=False, min_value=0)
    maximum_age = forms.FloatField(required=False, min_value=0)
    start_time = forms.TimeField(required=False, input_formats=_TIMES)
    end_time = forms.TimeField(required=False, input_formats=_TIMES)
    day = forms.CharField(required=False, max_length=LONGEST_TEXT)
    modified_after = forms.DateTimeField(required=False)

    def clean_day(self) -> int | None:
        """Return the weekday (Monday 0) of "MO" or "Monday" in any case, None where none was given."""
        given = self.cleaned_data["day"].upper()
        if not given:
            return None
        for weekday, code in zip(Weekday, WEEKDAY_CODES, strict=True):
            if given in (code, weekday.name):
                return weekday.value
        raise forms.ValidationError("Give a day as MO, TU, WE, TH, FR, SA or SU.")

    def narrow(self, offerings: Sequence[Offering]) -> list[Offering]:
        """Return the offerings that fit every parameter given, in the order they came in."""
        return [each for each in offerings if all(fits(each) for fits in self._filters())]

    def _filters(self) -> list[Callable[[Offering], bool]]:
        asked = self.cleaned_data
        filters: list[Callable[[Offering], bool]] = []
        if words := _folded(asked["search"]).split():
            filters.append(lambda each: all(word in _words_of(each) for word in words))
        if term := asked["taxonomy_term_id"].lower():
            filters.append(lambda each: any(found["id"] == term for found in terms_of(each.topic)))
        if taxonomy := asked["taxonomy_id"].lower():
            filters.append(
                lambda each: any(found["taxonomy_id"] == taxonomy for found in terms_of(each.topic))
            )
        if any(asked[name] is not None for name in ("day", "start_time", "end_time")):
            filters.append(lambda each: _opens(each, asked["day"], asked["start_time"], asked["end_time"]))
        return filters


class ServiceAtLocationQuery(ServiceQuery):
    """Which services at which hubs: near a postcode too, nearest first."""

    postcode = forms.CharField(required=False, max_length=LONGEST_TEXT)
    proximity = forms.FloatField(required=False, min_value=0)

    def clean_postcode(self) -> Postcode | None:
        """Return the postcode's row, None where none was given; one query. Those no longer used count."""
        if not (given := self.cleaned_data["postcode"]):
            return None
        try:
            code = postcodes.normalise(given)
        except postcodes.NotAPostcode as unreadable:
            raise forms.ValidationError("This is not a postcode.") from unreadable
        found = Postcode.objects.filter(pk=code).first()
        if found is None:
            raise forms.ValidationError("Not known here: we hold postcodes in and near the borough.")
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a distance from nowhere."""
        asked = super().clean() or self.cleaned_data
        if asked.get("proximity") is not None and not asked.get("postcode") and "postcode" not in self.errors:
            self.add_error("proximity", "Give a postcode to measure from.")
        return asked

    def narrow(self, offerings: Sequence[Offering]) -> list[Offering]:
        """Return the offerings that fit; with a postcode, the nearest hub's first."""
        found = super().narrow(offerings)
        if (postcode := self.cleaned_data["postcode"]) is None:
            return found
        here = Place(postcode.easting, postcode.northing)
        within = self.cleaned_data["proximity"]
        near = [each for each in found if within is None or distance_m(here, each) <= within]
        return sorted(near, key=lambda each: distance_m(here, each))


def topics_of(offerings: Sequence[Offering]) -> list[Topic]:
    """Return the topics of these offerings, each once, in the order they came in."""
    return list({each.topic.pk: each.topic for each in offerings}.values())


def _opens(offering: Offering, day: int | None, start: time | None, end: time | None) -> bool:
    return any(
        (day is None or day in each.weekdays)
        and (start is None or each.period.opens >= start)
        and (end is None or (not each.period.to_midnight and each.period.closes <= end))
        for each in weekly_periods(offering.listed.schedule)
    )


def _words_of(offering: Offering) -> str:
    topic, hub = offering.topic, offering.listed.hub
    about = [topic.name_en, topic.name_bn, topic.summary_en, topic.summary_bn]
    about += [topic.urgent_en, topic.urgent_bn, topic.help_en, topic.help_bn]
    where = [hub.name_en, hub.name_bn, hub.area_en, hub.area_bn, hub.street, hub.postcode]
    return _folded(" ".join(about + where))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
