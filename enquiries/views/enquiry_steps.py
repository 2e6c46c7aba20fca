"""What can be done to an enquiry on its page: the form of each step, and the action it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from enquiries import actions
from enquiries.forms.enquiries import (
    AnswerForm,
    CloseForm,
    NameForm,
    NoteForm,
    ReopenForm,
    StepForm,
    TopicForm,
)
from enquiries.londontime import service_day
from enquiries.lookups import lookups_at
from enquiries.models import Enquiry, Resident

Status = Enquiry.Status


@dataclass(frozen=True)
class Step:
    """One thing that can be done to an enquiry."""

    form: type[StepForm]
    action: Callable[..., object]
    done: str
    statuses: tuple[str, ...]
    """In which it is offered."""

    needs: tuple[str, ...] = ()
    """What the form is made with, beside what was typed."""

    minds_changes: bool = False
    """Whether it is refused where a colleague has changed the enquiry meanwhile."""


_ASKED = (Status.OPEN, Status.REFERRED, Status.CLOSED)

STEPS = {
    "note": Step(NoteForm, actions.add_note, "The note is kept.", tuple(Status)),
    "answer": Step(
        AnswerForm,
        actions.answer,
        "What was agreed is kept.",
        Enquiry.LIVE,
        needs=("today",),
        minds_changes=True,
    ),
    "close": Step(
        CloseForm,
        actions.close,
        "The enquiry is closed.",
        (Status.OPEN,),
        needs=("lookups",),
        minds_changes=True,
    ),
    "reopen": Step(ReopenForm, actions.reopen, "The enquiry is open again.", (Status.CLOSED,)),
    "topic": Step(
        TopicForm, actions.correct_topic, "The topic is corrected.", _ASKED, needs=("lookups", "enquiry")
    ),
    "name": Step(NameForm, actions.name_resident, "The enquiry is theirs now.", _ASKED, needs=("residents",)),
}


def form_of(
    name: str, enquiry: Enquiry, user: User, at: datetime, data: Any = None, **options: Any
) -> StepForm:
    """Return the form of a step. `seen`, in `options`, is the last event that the page shows."""
    step = STEPS[name]
    offered = {
        "today": lambda: service_day(at),
        "lookups": lambda: lookups_at(service_day(at)),
        "enquiry": lambda: enquiry,
        "residents": lambda: Resident.objects.visible_to(user).current(),
    }
    needed = {each: offered[each]() for each in step.needs}
    return step.form(data, auto_id=f"{name}_%s", initial=options, **needed)


def forms_offered(enquiry: Enquiry, user: User, at: datetime, *, seen: int) -> dict[str, StepForm]:
    """Return the empty forms of all steps that an enquiry's status allows, by name."""
    names = [name for name, step in STEPS.items() if enquiry.status in step.statuses]
    return {name: form_of(name, enquiry, user, at, seen=seen) for name in names}


def perform(name: str, form: StepForm, enquiry: Enquiry, user: User, at: datetime) -> None:
    """Do a step whose form is valid. Raises what its action raises."""
    step = STEPS[name]
    facts = {key: value for key, value in form.cleaned_data.items() if key != "seen"}
    if step.minds_changes:
        facts["seen"] = form.cleaned_data["seen"]
    step.action(enquiry=enquiry, by=user, at=at, **facts)
