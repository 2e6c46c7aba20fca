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
from django.utils.functional import cached_property

from enquiries import form_tokens
from enquiries.forms.desk_choices import DeskChoices, Tile
from enquiries.forms.desk_fields import MORE_TOPICS, WAYS_OUT, fields_for, refusal
from enquiries.models import Outcome, Resident, Visit
from hubs.access import Access
from hubs.models import Hub, Topic

Kind, Group = Visit.Kind, Outcome.Group

BACK_DATED_AT_MOST = timedelta(days=31)
LATE_AFTER = timedelta(minutes=5)
"""A form that the browser kept for longer while the server was away is entered with its own time."""

OPTIONAL = (
    *("words", "agreed", "on_behalf_of", "needs", "language"),
    *("arrived_on", "arrived_time", "cause", "resident"),
)


class LogVisitForm(forms.Form):
    """A visit: what it is about, what happened, and whatever else is worth noting.

    Its fields are shared between requests: a form reads them and never changes them.
    """

    def __init__(self, data: Any = None, *, choices: DeskChoices, **kwargs: Any) -> None:
        # The page draws its own labels; for Django's, each form looks a colon up in the translations.
        super().__init__(data, label_suffix="", **kwargs)
        self.desk = choices
        self.wants_to_wait = data is not None and data.get("then") == "wait"
        self._made = fields_for(choices)
        self.fields = self._made.by_name
        if not self.is_bound:
            self.initial["token"] = form_tokens.mint(choices.owner)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is filled in yet, so that the questions look as they do for everybody here."""
        return not self.is_bound and not self.initial.get("resident")

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
            pk = self.fields["resident"].clean(self["resident"].value())
        except ValidationError:
            return None
        return self.desk.residents().filter(pk=pk).first() if pk else None

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
    def refers(self) -> int | None:
        """The place, from 0, of the first topic to be referred; None without. The form must be valid."""
        outcomes = [self.cleaned_data["outcome"]]
        outcomes += [
            self.cleaned_data[f"also_outcome_{n}"]
            for n in MORE_TOPICS
            if self.cleaned_data[f"also_topic_{n}"]
        ]
        groups = [each.group if each else "" for each in outcomes]
        return groups.index(Group.REFERRED) if Group.REFERRED in groups and not self.wants_to_wait else None

    @property
    def was_kept(self) -> bool:
        """Whether the browser kept the form while the server was away, and sends it now."""
        return bool(self.cleaned_data.get("typed_at"))

    def refuse_walk_in(self) -> None:
        """Say that nobody can walk in about this here."""
        self.add_error("kind", refusal(self.desk.hub))

    def _clean_fields(self) -> None:
        """Look at what was filled in: it is known what an empty field gives, and most are empty."""
        whole, empty = self.fields, self._made.left_empty
        self.cleaned_data = empty.copy()
        self.fields = {
            name: field for name, field in whole.items() if name not in empty or self.data.get(name)
        }
        super()._clean_fields()
        self.fields = whole

    def clean_resident(self) -> Resident | None:
        if self.cleaned_data["resident"] and self.known_resident is None:
            raise ValidationError("That record is not there any more. Find the resident again.")
        return self.known_resident

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self._read_token(found)
        self._settle_kind(found)
        self._settle_outcomes(found)
        found["arrived_at"] = self._arrival(found)
        if self.wants_to_wait and (found.get("arrived_on") or found.get("arrived_time")):
            self.add_error("arrived_time", "Somebody who came earlier cannot be put on the waiting list")
        return found

    def _tiles(self, name: str, keys: list[str], strict: list[bool] | None = None) -> list[Tile]:
        chosen = str(self[name].value() or "")
        choices = self.fields[name].widget.choices  # type: ignore[attr-defined]
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
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["token"], self.data["serial"] = form_tokens.mint(self.desk.owner), ""  # type: ignore[index]

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
            if typed_at is None or self.desk.at - typed_at <= LATE_AFTER:
                return None
            return self._in_range("token", typed_at)
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
