"""What a desk notes about a visit, and why somebody left."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property

from enquiries import form_tokens
from enquiries.forms.desk_choices import DeskChoices, RowField, Tile
from enquiries.models import Outcome, Resident, Visit
from enquiries.models.residents import Language
from hubs.access import Access
from hubs.models import Hub, Topic

Kind, Group = Visit.Kind, Outcome.Group

MORE_TOPICS = (2, 3, 4)
"""A visit has one topic and up to three more."""

BACK_DATED_AT_MOST = timedelta(days=31)
LATE_AFTER = timedelta(minutes=5)
"""A form that the browser kept for longer while the server was away is entered with its own time."""

OPTIONAL = (
    *("words", "agreed", "on_behalf_of", "needs", "language"),
    *("arrived_on", "arrived_time", "cause", "resident"),
)

WAYS_OUT = (Kind.BOOKED, Kind.SIGNPOSTED, Kind.URGENT)
"""What a desk can do for somebody who came without the appointment that is needed."""

KIND_WORDS = {
    Kind.WALK_IN: "Nothing: no appointment is needed",
    Kind.BOOKED: "Book an appointment for them by phone",
    Kind.SIGNPOSTED: "Send them to a walk-in hub",
    Kind.URGENT: "Urgent: see them today",
}


def text(label: str, limit: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, required=False, **kwargs)


class LogVisitForm(forms.Form):
    """A visit: what it is about, what happened, and whatever else is worth noting."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=500)
    serial = forms.IntegerField(widget=forms.HiddenInput, required=False)
    typed_at = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    urgent_reason = text("Why it cannot wait, such as homeless tonight", 300)
    words = text(
        "Their words: what happened, what they need",
        5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agreed = text("What was agreed, or why the hub could not help", 1000)
    on_behalf_of = text("Here for somebody else: whom?", 100)
    needs = text("Access needs, such as an interpreter or a chair", 300)
    language = forms.ChoiceField(
        label="Language", choices=[("", "Not asked"), *Language.choices], required=False
    )
    arrived_on = forms.DateField(
        label="Day, if not today",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    arrived_time = forms.TimeField(
        label="Time they came", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, data: Any = None, *, choices: DeskChoices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.desk = choices
        self.wants_to_wait = data is not None and data.get("then") == "wait"
        ask = "Choose what it is about"
        self.fields["topic"] = RowField(
            choices.topics,
            label="What is it about?",
            widget=forms.RadioSelect,
            error_messages={"required": ask},
        )
        self.fields["outcome"] = RowField(
            choices.outcomes, label="What happened?", widget=forms.RadioSelect, required=False
        )
        self.fields["kind"] = forms.ChoiceField(
            label="What can be done?",
            choices=[(kind.value, KIND_WORDS[kind]) for kind in self._kinds()],
            widget=forms.RadioSelect,
            required=False,
            error_messages={"invalid_choice": self._refusal()},
        )
        self.fields["signposted_to"] = RowField(
            choices.walk_in_hubs, label="To which hub?", widget=forms.RadioSelect, required=False
        )
        self.fields["cause"] = RowField(
            choices.lookups.causes,
            empty="Not asked",
            label="Why did they have to come?",
            required=False,
        )
        self.fields["resident"] = forms.ModelChoiceField(
            choices.residents,
            widget=forms.HiddenInput,
            required=False,
            error_messages={"invalid_choice": "That record is not there any more. Find the resident again."},
        )
        for number in MORE_TOPICS:
            self.fields[f"also_topic_{number}"] = RowField(
                choices.topics, empty="None", label="Also about", required=False
            )
            self.fields[f"also_outcome_{number}"] = RowField(
                choices.outcomes, empty="Choose", label="What happened?", required=False
            )
            self.fields[f"also_words_{number}"] = text("Their words", 5000)
        if not self.is_bound:
            self.initial["token"] = form_tokens.mint(choices.owner)

    def topic_tiles(self) -> list[Tile]:
        """The topics as tiles: 1 to 9 choose the first nine, 0 the last."""
        keys = [*"123456789"[: len(self.desk.topics)]]
        if len(self.desk.topics) > len(keys):
            keys += [""] * (len(self.desk.topics) - len(keys) - 1) + ["0"]
        # A mark on each tile would say nothing at a hub where everything needs an appointment.
        strict = [self.desk.hub.walk_in and self.desk.needs_appointment(each) for each in self.desk.topics]
        return self._tiles("topic", keys, strict)

    def outcome_tiles(self) -> list[Tile]:
        """The outcomes as tiles, each with the key that administrators gave it."""
        tiles = self._tiles("outcome", [each.key for each in self.desk.outcomes])
        why = [self._asks_why(each) for each in self.desk.outcomes]
        return [
            replace(tile, then="id_agreed") if asks else tile for tile, asks in zip(tiles, why, strict=True)
        ]

    def kind_tiles(self) -> list[Tile]:
        """The ways out as tiles."""
        return self._tiles("kind", [""] * 4 if self.desk.hub.walk_in else ["B", "W", "U"])

    def more_topics(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The further topics: what about, what happened, their words."""
        return [
            (self[f"also_topic_{n}"], self[f"also_outcome_{n}"], self[f"also_words_{n}"]) for n in MORE_TOPICS
        ]

    @cached_property
    def known_resident(self) -> Resident | None:
        """Who came, where the hidden field names somebody whom the member of staff may see."""
        try:
            return self.fields["resident"].clean(self["resident"].value())
        except ValidationError:
            return None

    def is_kept_open(self) -> bool:
        """Whether the optional part has something in it or amiss, so that nothing of that is out of sight."""
        more = [f"also_{part}_{n}" for n in MORE_TOPICS for part in ("topic", "outcome", "words")]
        return any(self[name].value() or self[name].errors for name in (*OPTIONAL, *more))

    def facts(self) -> dict[str, Any]:
        """What `actions.log_visit` takes, but for who, where, when and `raised`. The form must be valid."""
        found = self.cleaned_data
        return {
            "token": found["id"],
            "kind": found["kind"],
            "urgent_reason": found["urgent_reason"] if found["kind"] == Kind.URGENT else "",
            "signposted_to": found["signposted_to"] if found["kind"] == Kind.SIGNPOSTED else None,
            "resident": found["resident"],
            "on_behalf_of": found["on_behalf_of"],
            "language": found["language"],
            "needs": found["needs"],
            "arrived_at": found["arrived_at"],
            "waiting": self.wants_to_wait,
        }

    def raised(self) -> list[dict[str, Any]]:
        """The topics of the visit as `actions.Raised` takes them. The form must be valid.

        Somebody who waits has no outcome yet, and what is to be referred stays open until it is referred.
        """
        found = self.cleaned_data
        first = {"words": found["words"], "cause": found["cause"], "agreed": found["agreed"]}
        rows = [(found["topic"], found["outcome"], first)]
        rows += [
            (found[f"also_topic_{n}"], found[f"also_outcome_{n}"], {"words": found[f"also_words_{n}"]})
            for n in MORE_TOPICS
            if found[f"also_topic_{n}"]
        ]
        return [{"topic": topic, "outcome": self._ended(outcome), **rest} for topic, outcome, rest in rows]

    @property
    def was_kept(self) -> bool:
        """Whether the browser kept the form while the server was away, and sends it now."""
        return bool(self.cleaned_data.get("typed_at"))

    def refuse_walk_in(self) -> None:
        """Say that nobody can walk in about this here."""
        self.add_error("kind", self._refusal())

    def clean_typed_at(self) -> datetime | None:
        typed = self.cleaned_data["typed_at"]
        try:
            found = parse_datetime(typed) if typed else None
        except ValueError:
            found = None
        return found if found and timezone.is_aware(found) else None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self._read_token(found)
        self._settle_kind(found)
        self._settle_outcomes(found)
        found["arrived_at"] = self._arrival(found)
        if self.wants_to_wait and (found.get("arrived_on") or found.get("arrived_time")):
            self.add_error("arrived_time", "Somebody who came earlier cannot be put on the waiting list")
        return found

    def _kinds(self) -> tuple[Kind, ...]:
        return (Kind.WALK_IN, *WAYS_OUT) if self.desk.hub.walk_in else WAYS_OUT

    def _refusal(self) -> str:
        return (
            f"{self.desk.hub.name_en} takes this by appointment only: "
            "give an appointment, signpost, or say why it is urgent"
        )

    def _tiles(self, name: str, keys: list[str], strict: list[bool] | None = None) -> list[Tile]:
        chosen = str(self[name].value() or "")
        choices = self.fields[name].choices  # type: ignore[attr-defined]
        marks = strict or [False] * len(choices)
        return [
            Tile(f"id_{name}_{number}", str(value), label, key, str(value) == chosen, mark)
            for number, ((value, label), key, mark) in enumerate(zip(choices, keys, marks, strict=True))
        ]

    def _asks_why(self, outcome: Outcome) -> bool:
        """Whether an outcome needs a sentence: the first of its group names no reason."""
        return outcome.group == Group.COULD_NOT_HELP and outcome == next(
            each for each in self.desk.outcomes if each.group == Group.COULD_NOT_HELP
        )

    def _ended(self, outcome: Outcome | None) -> Outcome | None:
        if self.wants_to_wait or outcome is None or outcome.group == Group.REFERRED:
            return None
        return outcome

    def _read_token(self, found: dict[str, Any]) -> None:
        try:
            found["id"] = form_tokens.read(found.get("token", ""), self.desk.owner, found.get("serial") or 0)
        except form_tokens.ForeignToken:
            found["id"] = uuid.uuid4()
            self.add_error(None, "This page was opened by somebody else. Check it and save it again.")
            self.data = self.data.copy()
            self.data["token"], self.data["serial"] = form_tokens.mint(self.desk.owner), ""

    def _settle_kind(self, found: dict[str, Any]) -> None:
        kind = found["kind"] = found.get("kind") or (Kind.WALK_IN if self.desk.hub.walk_in else "")
        topics = [found.get("topic"), *(found.get(f"also_topic_{n}") for n in MORE_TOPICS)]
        if not kind and "kind" not in self.errors:
            self.add_error("kind", "Choose what can be done")
        if kind == Kind.WALK_IN and any(topic and self.desk.needs_appointment(topic) for topic in topics):
            self.refuse_walk_in()
        if kind == Kind.URGENT and not found.get("urgent_reason"):
            self.add_error("urgent_reason", "Say why it is urgent")
        if kind == Kind.SIGNPOSTED and "signposted_to" not in self.errors:
            self._check_way(found.get("signposted_to"), [each for each in topics if each])
        if kind in (Kind.BOOKED, Kind.SIGNPOSTED):
            if self.wants_to_wait:
                self.add_error("kind", "Only somebody who will be seen here can be put on the waiting list")
            group = Group.APPOINTMENT if kind == Kind.BOOKED else Group.SIGNPOSTED
            found["outcome"] = self._settled_as(group)

    def _settled_as(self, group: str) -> Outcome | None:
        try:
            return self.desk.lookups.outcome_of(group)
        except Outcome.DoesNotExist:
            self.add_error(None, f"No outcome of the kind “{group}” is kept. Ask an administrator for one.")
            return None

    def _check_way(self, hub: Hub | None, topics: list[Topic]) -> None:
        if hub is None:
            self.add_error("signposted_to", "Choose the hub they were sent to")
        elif any(self.desk.lookups.access(hub, topic) != Access.WALK_IN for topic in topics):
            self.add_error("signposted_to", f"{hub.name_en} takes this by appointment only too")

    def _settle_outcomes(self, found: dict[str, Any]) -> None:
        if self.wants_to_wait:
            return
        if (
            not found.get("outcome")
            and "outcome" not in self.errors
            and found["kind"] not in ("", *WAYS_OUT[:2])
        ):
            self.add_error("outcome", "Choose what happened")
        ended = [found.get("outcome")]
        for n in MORE_TOPICS:
            if found.get(f"also_topic_{n}"):
                ended.append(found.get(f"also_outcome_{n}"))
                if ended[-1] is None and f"also_outcome_{n}" not in self.errors:
                    self.add_error(f"also_outcome_{n}", "Choose what happened")
        if any(each and self._asks_why(each) for each in ended) and not found.get("agreed"):
            self.add_error("agreed", "Say why the hub could not help")

    def _arrival(self, found: dict[str, Any]) -> datetime | None:
        day, clock, typed_at = (found.get(name) for name in ("arrived_on", "arrived_time", "typed_at"))
        if clock is None and day is None:
            late = typed_at is not None and self.desk.at - typed_at > LATE_AFTER
            return self._in_range("token", typed_at) if late else None
        if clock is None:
            if "arrived_time" not in self.errors:
                self.add_error("arrived_time", "Say at what time they came")
            return None
        try:
            moment = from_current_timezone(datetime.combine(day or timezone.localdate(self.desk.at), clock))
        except ValidationError as error:
            self.add_error("arrived_time", error)
            return None
        return self._in_range("arrived_time", moment)

    def _in_range(self, name: str, moment: datetime) -> datetime | None:
        if moment > self.desk.at:
            self.add_error(name, "The time they came must not be in the future")
        elif self.desk.at - moment > BACK_DATED_AT_MOST:
            self.add_error(name, "A visit can be added up to 31 days later")
        else:
            return moment
        return None


class LeaveForm(forms.Form):
    """Why somebody left before being seen."""

    reason = forms.ChoiceField(
        choices=Visit.LeftReason.choices, error_messages={"required": "Choose why they left"}
    )
