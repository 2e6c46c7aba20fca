"""What can be chosen at a desk, and how choices are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from enquiries.lookups import Lookups
from enquiries.models import Outcome
from hubs.access import Access
from hubs.models import Hub, Topic


@dataclass(frozen=True)
class Tile:
    """One choice of a group of radios, with the key that chooses it."""

    id: str
    value: str
    label: str
    key: str
    checked: bool
    by_appointment: bool = False
    then: str = ""
    """The id of the control that has to be filled in next; empty for the usual one."""


@dataclass(frozen=True)
class DeskChoices:
    """Where and by whom a form is filled in, and what can be chosen there."""

    hub: Hub
    lookups: Lookups
    residents: Callable[[], QuerySet[Any]]
    """Those whom the member of staff may see, asked only where one was named."""
    owner: str
    """For whom the form's token is minted."""
    at: datetime

    @property
    def topics(self) -> Sequence[Topic]:
        return self.lookups.topics

    @property
    def outcomes(self) -> list[Outcome]:
        """How a visit can end at the desk: what has a key there. Others are for the services."""
        return [each for each in self.lookups.outcomes if each.key and each.group != Outcome.Group.LEFT]

    @property
    def walk_in_hubs(self) -> list[Hub]:
        """Where somebody can be sent."""
        return [each for each in self.lookups.hubs if each.walk_in and each.pk != self.hub.pk]

    def needs_appointment(self, topic: Topic) -> bool:
        """Whether nobody can walk in about this topic here."""
        return self.lookups.access(self.hub, topic) == Access.APPOINTMENT_ONLY

    @property
    def offers_ways_out(self) -> bool:
        """Whether anything here needs an appointment."""
        return any(self.needs_appointment(each) for each in self.topics)


class RowField(forms.Field):
    """A choice among rows that are at hand, by their ids; gives the row, or None. No query.

    `empty` is the words for no choice in a list; tiles, which are drawn by the page, have none.
    """

    default_error_messages = {"invalid_choice": "Choose one of the answers that are offered"}

    def __init__(self, rows: Iterable[Any], *, empty: str | None = None, **kwargs: Any) -> None:
        self.rows = {str(row.pk): row for row in rows}
        choices = [(pk, row.name_en) for pk, row in self.rows.items()]
        if empty is None:
            widget: forms.Widget = forms.RadioSelect(choices=choices)
        else:
            widget = forms.Select(choices=[("", empty), *choices])
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if value not in self.rows:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.rows[value]
