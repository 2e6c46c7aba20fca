"""Life goes on between two starts of the demo: enquiries take their next steps, by the actions of staff."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import takewhile

from accounts.models import User
from enquiries import actions
from enquiries.models import Enquiry, EnquiryEvent, Outcome, Visit
from enquiries.querysets import IN_THE_ROOM

from .borough import Borough
from .lives import Plan, reference, waiting_token
from .steps import Step, steps_of

Kind = EnquiryEvent.Kind


def go_on(borough: Borough, plan: Plan, before: date, at: datetime) -> int:
    """Take the steps that enquiries opened before a date should have taken by `at`; return how many.

    An enquiry in which somebody trying the demo has done anything is left to them.
    """
    planned = {reference(plan.month, each.number): each for each in plan.enquiries}
    still_open = Enquiry.objects.still_open().filter(month=plan.month, opened_at__lt=at)
    taken = 0
    for enquiry in still_open.prefetch_related("events"):
        life = planned.get(enquiry.reference)
        if life is None or life.opened_at.date() >= before:
            continue
        past = [event.kind for event in enquiry.events.all()]
        steps = [step for step in steps_of(borough, life) if step.at <= at]
        if past == [step.kind for step in steps[: len(past)]]:
            # To hand it over again needs the service's questions answered: that is left to the desk.
            for step in takewhile(lambda step: step.kind != Kind.REFERRED, steps[len(past) :]):
                _take(borough, enquiry, step)
                taken += 1
    return taken


def _take(borough: Borough, enquiry: Enquiry, step: Step) -> None:
    if step.by is None:
        raise ValueError("residents take no further steps")
    by = User.objects.get(pk=step.by)
    if step.kind == Kind.CLOSED:
        outcome = Outcome.objects.get(pk=borough.outcomes["resolved"])
        actions.close(enquiry=enquiry, outcome=outcome, by=by, at=step.at)
        return
    planned = step.referral
    if planned is None:
        raise ValueError(f"{step.kind} is no step of a referral")
    referral = enquiry.referrals.live().get(service=planned.service)
    if step.kind == Kind.ACCEPTED:
        actions.accept(referral=referral, had_all=planned.had_all, by=by, at=step.at)
    elif step.kind == Kind.RETURNED:
        actions.return_to_desk(referral=referral, reason=step.note, by=by, at=step.at)
    else:
        outcome = Outcome.objects.get(pk=borough.outcomes[planned.outcome])
        actions.finish(referral=referral, outcome=outcome, sentence=step.note, by=by, at=step.at)


def clear_waiting_rooms(borough: Borough, today: date) -> None:
    """Let those go who were put on the waiting lists of earlier days and whom nobody has seen since."""
    shown = Visit.objects.filter(
        token__range=(waiting_token(date(2023, 1, 1), 0), waiting_token(today, 0)), state__in=IN_THE_ROOM
    )
    for visit in shown:
        by = User.objects.get(pk=borough.desks[visit.hub_id])
        actions.leave(
            visit=visit, reason=Visit.LeftReason.UNKNOWN, by=by, at=visit.arrived_at + timedelta(hours=1)
        )
