"""The console where administrators keep the public facts: no release is needed to change one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Model, QuerySet, URLField
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from hubs import actions
from hubs.console import NothingOverwritten
from hubs.hours_console import HitsShownFirst
from hubs.models import (
    DatedHours,
    DatedPeriod,
    Facility,
    Hub,
    HubFacility,
    Notice,
    OpeningPeriod,
    Service,
    Topic,
    TopicCode,
    TopicOffer,
)
from hubs.opening import Period, overlaps


class FactList(ChangeList):
    """A list in the console."""

    def get_filters(self, request: HttpRequest) -> Any:
        """Treat a year too large for a date like any other that is none."""
        try:
            return super().get_filters(request)
        except OverflowError as too_large:
            raise IncorrectLookupParameters(too_large) from too_large


class PublicFactsAdmin(NothingOverwritten):
    """Keeps public facts, and publishes each change in the same transaction."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the kind of list that the console shows."""
        return FactList

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show or save a form; look again where somebody else's save came between the check and our own."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what it means to choose no hub: a row of dashes would close all of them unnoticed."""
        if db_field.name == "hub" and db_field.null:
            kwargs.setdefault("empty_label", "All hubs")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="hub", ordering="hub", empty_value="All hubs")
    def hub_or_all(self, row: Any) -> Any:
        """The hub of a row in a list, or that it is about all of them."""
        return row.hub

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.publish(request)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        self.publish(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        self.publish(request)

    def publish(self, request: HttpRequest) -> None:
        """Make public pages show the change."""
        actions.publish()


class HoursAdmin(HitsShownFirst, PublicFactsAdmin):
    """Keeps facts that decide when hubs are open, and which there are."""


class PeriodFormSet(BaseInlineFormSet):
    """Opening periods on one screen, none overlapping another of the same day."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        by_day: dict[Any, list[Period]] = {}
        for form in self._kept_forms():
            row = form.cleaned_data
            by_day.setdefault(row.get("weekday"), []).append(Period(row["opens"], row["closes"]))
        for other in self._saved_since():
            day = getattr(other, "weekday", None)
            by_day.setdefault(day, []).append(Period(other.opens, other.closes))
        if any(overlaps(periods) for periods in by_day.values()):
            raise ValidationError("Two opening periods of the same day overlap. Change one of them.")

    def save_existing_objects(self, commit: bool = True) -> list[Any]:
        """Save changed rows, all of them taken away first: the database looks at each as it is written.

        Else a row's new time would meet the old one of a row that is only saved, or removed, after it.
        """
        if commit:
            changed = [form.instance.pk for form in self.initial_forms if form.has_changed()]
            self.get_queryset().filter(pk__in=changed).delete()
        return super().save_existing_objects(commit)

    def _saved_since(self) -> QuerySet[Any]:
        """Rows that somebody else has added since the form was opened."""
        shown = [form.instance.pk for form in self.initial_forms]
        return self.get_queryset().exclude(pk__in=shown)

    def _kept_forms(self) -> list[ModelForm[Any]]:
        return [
            form
            for form in self.forms
            if form.cleaned_data.get("opens") and not form.cleaned_data.get("DELETE")
        ]


class DatedPeriodFormSet(PeriodFormSet):
    """Special times of one date: none when closed, at least one when open."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = self._kept_forms()
        if self.instance.closed and kept:
            raise ValidationError("A closed date has no opening times. Untick “closed” or remove the times.")
        if not self.instance.closed and not kept:
            raise ValidationError("Give at least one opening time, or tick “closed”.")


class OpeningPeriodInline(admin.TabularInline):
    model = OpeningPeriod
    formset = PeriodFormSet
    extra = 1


class HubFacilityInline(admin.TabularInline):
    model = HubFacility
    extra = 0


class TopicOfferInline(admin.TabularInline):
    model = TopicOffer
    extra = 0


class DatedPeriodInline(admin.TabularInline):
    model = DatedPeriod
    formset = DatedPeriodFormSet
    extra = 1


class TopicCodeInline(admin.TabularInline):
    model = TopicCode
    extra = 1


class HubForm(ModelForm):
    """A hub's facts, as an administrator types them."""

    def clean_hours_checked_on(self) -> date | None:
        """Refuse a day that is still to come: nobody can have checked the hours on it."""
        checked_on = self.cleaned_data["hours_checked_on"]
        if checked_on and checked_on > timezone.localdate():
            raise ValidationError("The hours cannot be checked on a day to come. Enter today or earlier.")
        return checked_on


@admin.register(Hub)
class HubAdmin(HoursAdmin):
    form = HubForm
    list_display = ["name_en", "access", "hours_checked_on", "address_confirmed", "retired_on"]
    list_filter = ["access"]
    search_fields = ["name_en", "name_bn", "postcode"]
    inlines = [OpeningPeriodInline, HubFacilityInline, TopicOfferInline]


@admin.register(DatedHours)
class DatedHoursAdmin(HoursAdmin):
    list_display = ["on", "hub_or_all", "closed", "reason_en"]
    list_filter = ["hub", "closed"]
    date_hierarchy = "on"
    list_select_related = ["hub"]
    inlines = [DatedPeriodInline]


@admin.register(Topic)
class TopicAdmin(PublicFactsAdmin):
    # An address typed without its beginning is one of https, as it will be by default in Django 6.
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    list_display = ["name_en", "position", "service", "counted", "sensitive", "retired_on"]
    list_select_related = ["service"]
    search_fields = ["name_en", "name_bn"]
    inlines = [TopicCodeInline, TopicOfferInline]


@admin.register(Service)
class ServiceAdmin(PublicFactsAdmin):
    list_display = ["name_en", "phone", "retired_on"]
    search_fields = ["name_en", "name_bn"]


@admin.register(Facility)
class FacilityAdmin(PublicFactsAdmin):
    list_display = ["name_en", "position"]


@admin.register(Notice)
class NoticeAdmin(PublicFactsAdmin):
    list_display = ["text_en", "hub_or_all", "shows_from", "shows_until"]
    list_select_related = ["hub"]
