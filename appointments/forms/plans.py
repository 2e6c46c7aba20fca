"""What managers type about plans and closed days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from appointments.models import ClosedDay, Plan
from appointments.models.plans import MOST_DESKS
from enquiries.forms.typed_text import TypedLine
from hubs.models import Hub, Topic
from hubs.models.hours import Weekday

_DATE = {"type": "date"}
_TIME = {"type": "time"}
_WHOLE_MINUTES = ["%H:%M", "%H:%M:00"]


FURTHEST = timedelta(days=2 * 365)
"""How far ahead a plan can begin, or a day be closed; what lies beyond is a slip of the keyboard."""


def _all(words: str) -> dict[str, str]:
    """Return one message that names the field, for whatever is wrong with it."""
    return dict.fromkeys(("required", "invalid", "invalid_choice", "min_value", "max_value"), words)


def _number(label: str, asked: str, least: int, most: int, *, start: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        initial=start,
        error_messages=_all(f"{asked}: {least:,} to {most:,}"),
    )


class PlanForm(forms.Form):
    """A weekday's window at a hub. `seen` are the bookings that the manager was shown as hit."""

    weekday = forms.TypedChoiceField(
        label="Weekday", choices=Weekday.choices, coerce=int, error_messages=_all("Choose the weekday")
    )
    starts = forms.TimeField(
        label="From",
        input_formats=_WHOLE_MINUTES,
        widget=forms.TimeInput(attrs=_TIME, format="%H:%M"),
        error_messages=_all("Enter the time from which people are seen, such as 09:30"),
    )
    ends = forms.TimeField(
        label="To",
        input_formats=_WHOLE_MINUTES,
        widget=forms.TimeInput(attrs=_TIME, format="%H:%M"),
        help_text="00:00 is midnight.",
        error_messages=_all("Enter the time until which people are seen, such as 12:30"),
    )
    minutes = _number("Minutes for each", "Enter how many minutes each appointment takes", 5, 480, start=30)
    desks = _number("Desks", "Enter how many desks there are", 1, MOST_DESKS, start=1)
    days_ahead = _number(
        "Days ahead that can be booked", "Enter how many days ahead can be booked", 1, 400, start=28
    )
    notice_minutes = _number(
        "Minutes before it starts until which residents can book",
        "Enter until how many minutes before it starts residents can book",
        0,
        10_080,
        start=120,
    )
    starts_on = forms.DateField(
        label="First day of the plan",
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
        error_messages=_all("Enter the first day of the plan"),
    )
    retired_on = forms.DateField(
        label="Day from which it ends",
        required=False,
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
        help_text="Leave empty while it goes on.",
        error_messages=_all("Enter the day from which the plan ends, or leave it empty"),
    )
    seen = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, hubs: Sequence[Hub], topics: Sequence[Topic], plan: Plan | None = None
    ) -> None:
        super().__init__(data, initial=_facts(plan) if plan else {"weekday": 0})
        self._topics = {str(topic.pk): topic for topic in topics}
        names = [(pk, topic.name_en) for pk, topic in self._topics.items()]
        self.fields["topics"] = forms.MultipleChoiceField(
            label="Only for these topics",
            choices=names,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="None ticked: every topic that the hub helps with.",
        )
        if plan is None:
            self._hubs = {str(hub.pk): hub for hub in hubs}
            choices = [(pk, hub.name_en) for pk, hub in self._hubs.items()]
            self.fields["hub"] = forms.ChoiceField(
                label="Hub", choices=choices, error_messages=_all("Choose a hub")
            )
            self.order_fields(["hub"])

    def clean(self) -> dict[str, Any]:
        """Check what the database would refuse."""
        found = super().clean() or {}
        starts, ends = found.get("starts"), found.get("ends")
        if starts and ends is not None and ends != time(0) and ends <= starts:
            self.add_error("ends", "It must end after it starts")
        elif {"starts", "ends", "minutes"} <= found.keys() and not _one_fits(found):
            self.add_error("minutes", "No appointment of this length fits between From and To")
        first, gone = found.get("starts_on"), found.get("retired_on")
        if first and first > timezone.localdate() + FURTHEST:
            self.add_error("starts_on", "Choose a first day within the next two years")
        if first and gone and gone < first:
            self.add_error("retired_on", "It cannot end before it begins")
        return found

    def refuse_hours(self, other: Plan) -> None:
        """Tell that another plan of the hub has some of these hours."""
        hours = f"{other.get_weekday_display()} {other.starts:%H:%M} to {other.ends:%H:%M}"
        self.add_error("starts", f"{hours} is planned already. Choose other hours, or change that plan")

    @property
    def seen_hits(self) -> set[int]:
        """The ids of the bookings that were shown as hit."""
        return _ids(self.cleaned_data["seen"])

    def hub(self) -> Hub:
        """Return the hub of a new plan."""
        return self._hubs[self.cleaned_data["hub"]]

    def chosen_topics(self) -> list[Topic]:
        """Return the topics that were ticked."""
        return [self._topics[pk] for pk in self.cleaned_data["topics"]]

    def facts(self) -> dict[str, Any]:
        """Return what `actions.save_plan` is told besides hub and topics."""
        return {name: self.cleaned_data[name] for name in _FACTS}


_FACTS = (
    *("weekday", "starts", "ends", "minutes", "desks"),
    *("days_ahead", "notice_minutes", "starts_on", "retired_on"),
)


def _facts(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in _FACTS} | {
        "topics": [str(pk) for pk in plan.topics.values_list("pk", flat=True)]
    }


def _one_fits(window: dict[str, Any]) -> bool:
    starts, ends = (each.hour * 60 + each.minute for each in (window["starts"], window["ends"]))
    return starts + window["minutes"] <= (ends or 24 * 60)


def _ids(text: str) -> set[int]:
    # What is longer was sent by no page; Python refuses to read numbers of some thousand digits at all.
    return {int(each) for each in text.split() if each.isdecimal() and len(each) < 16}


class CloseDayForm(forms.Form):
    """A day on which a hub sees nobody by appointment. `seen` as in `PlanForm`."""

    on = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
        error_messages={"required": "Choose the day", "invalid": "Choose the day"},
    )
    reason = TypedLine(
        label="Reason, for staff", required=False, max_length=ClosedDay._meta.get_field("reason").max_length
    )
    seen = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, hubs: Sequence[Hub], today: date) -> None:
        super().__init__(data)
        self._hubs = {str(hub.pk): hub for hub in hubs}
        self._today = today
        choices = [(pk, hub.name_en) for pk, hub in self._hubs.items()]
        self.fields["hub"] = forms.ChoiceField(label="Hub", choices=choices)
        self.order_fields(["hub"])

    def clean_on(self) -> date:
        """Return the day, which has not passed."""
        on: date = self.cleaned_data["on"]
        if on < self._today:
            raise forms.ValidationError("This day has passed")
        if on > self._today + FURTHEST:
            raise forms.ValidationError("Choose a day within the next two years")
        return on

    @property
    def seen_hits(self) -> set[int] | None:
        """The ids of the bookings that were shown as hit; None before any were."""
        text = self.cleaned_data["seen"]
        return _ids(text) if text else None

    def hub(self) -> Hub:
        """Return the hub."""
        return self._hubs[self.cleaned_data["hub"]]
