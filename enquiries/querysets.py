"""Which people and stories somebody may see, and what each page needs with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from enquiries.folding import phone_key
from enquiries.search import Asked, found, indexed
from enquiries.ties import nothing_kept_back

EVERY_HUB = "enquiries.see_every_hub"
MOST_ALIKE = 5
IN_THE_ROOM = ("waiting", "held", "called")


class VisitQuerySet(models.QuerySet[Any]):
    """Visits."""

    def visible_to(self, user: User) -> Self:
        """Visits this person may see: a manager all, a desk officer those of the home hub, others none."""
        if user.has_perm(EVERY_HUB):
            return self
        if user.has_perm("enquiries.log_visit") and user.home_hub_id:
            return self.filter(hub=user.home_hub_id)
        return self.none()

    def that_happened(self) -> Self:
        """Without those that were noted by mistake: nobody was there, and they count nowhere."""
        return self.exclude(left_reason="mistake")

    def earliest_month(self) -> int | None:
        """The month of the first visit there is, such as 202303; None without any."""
        return self.that_happened().order_by("month").values_list("month", flat=True).first()

    def in_the_room(self, day: date) -> Self:
        """Visits of a London date that are waiting, on hold or being seen, in the order of their tickets."""
        return self.filter(service_day=day, state__in=IN_THE_ROOM).in_turn()

    def in_turn(self, *then: str) -> Self:
        """In the order in which people are called: by the time they were asked for, else by their arrival.

        `then` are columns that order the rows of one person.
        """
        return self.order_by(Coalesce("expected_at", "arrived_at"), "ticket_number", *then)


class EnquiryQuerySet(models.QuerySet[Any]):
    """Enquiries."""

    def visible_to(self, user: User) -> Self:
        """Enquiries this person may see.

        A manager: all. A desk officer: those of the home hub, and online questions that are not about a
        sensitive topic. A service officer: those referred to one of theirs, and online questions about
        a sensitive topic that one of theirs takes. Everybody else: none.
        """
        if user.has_perm(EVERY_HUB):
            return self
        seen = Q(pk__in=[])
        if user.has_perm("enquiries.work_enquiries") and user.home_hub_id:
            seen |= Q(hub=user.home_hub_id) | Q(hub__isnull=True, topic__sensitive=False)
        if user.has_perm("enquiries.work_referrals"):
            services = user.services.values("pk")
            seen |= Q(Exists(_of(self.model.referrals, "enquiry").filter(service__in=services)))
            seen |= Q(hub__isnull=True, topic__sensitive=True, topic__service__in=services)
        return self.filter(seen)

    def that_happened(self) -> Self:
        """Without those of visits that were noted by mistake: nobody asked, and they count nowhere."""
        return self.exclude(status="mistake")

    def earliest_month(self) -> int | None:
        """The month of the first enquiry there is, such as 202303; None without any."""
        return self.that_happened().order_by("month").values_list("month", flat=True).first()

    def known_to(self, user: User) -> Self:
        """Enquiries of which this person may know when a resident's history is told.

        Those they may see, and for a desk also those of any other hub that are not about a sensitive topic:
        a line each, so that nobody tells their story twice. Their pages stay out of sight.
        """
        if user.has_perm("enquiries.work_enquiries") and user.home_hub_id:
            return self.filter(Q(hub=user.home_hub_id) | Q(topic__sensitive=False))
        return self.visible_to(user)

    def search(self, text: str, *, beginnings: bool = False) -> Self:
        """Enquiries with all these words, in the story, the topic, the reference or the name; newest first.

        Whole words; with `beginnings` words of three letters and more may go on. Not for use inside another
        query.
        """
        return found(self, Asked.read(text, beginnings_from=3 if beginnings else None))

    def for_tracking(self) -> Self:
        """With all that the resident's own page shows, in one statement whoever is found."""
        return self.select_related("topic", "resident", "hub")

    def still_open(self) -> Self:
        """Those on which somebody still has to act, the hub or a service."""
        return self.filter(status__in=("open", "referred"))

    def overdue(self, on: date) -> Self:
        """Those of which the resident should have heard by now, on the London date `on`."""
        return self.still_open().filter(due_on__lt=on)

    def for_desk(self) -> Self:
        """With all that a row of the desk's list shows."""
        return self.select_related("topic", "resident", "hub", "outcome")

    def for_page(self) -> Self:
        """With all that the pages of one enquiry show."""
        return self.select_related(
            "topic__service", "resident", "hub", "outcome", "cause", "visit", "opened_by", "closed_by"
        )


class ReferralQuerySet(models.QuerySet[Any]):
    """Referrals."""

    def visible_to(self, user: User) -> Self:
        """Referrals this person may see: a manager all, an officer the service's, a desk the hub's."""
        if user.has_perm(EVERY_HUB):
            return self
        seen = Q(pk__in=[])
        if user.has_perm("enquiries.work_referrals"):
            seen |= Q(service__in=user.services.values("pk"))
        if user.has_perm("enquiries.work_enquiries") and user.home_hub_id:
            seen |= Q(enquiry__hub=user.home_hub_id) | Q(
                enquiry__hub__isnull=True, enquiry__topic__sensitive=False
            )
        return self.filter(seen)

    def live(self) -> Self:
        """Referrals that a service still has to finish."""
        return self.filter(status__in=("sent", "accepted"))

    def overdue(self, on: date) -> Self:
        """Live referrals past their date, on the London date `on`."""
        return self.live().filter(due_on__lt=on)

    def for_inbox(self) -> Self:
        """With all that a row of the inbox shows."""
        return self.select_related(
            "service", "enquiry__topic", "enquiry__hub", "enquiry__resident", "sent_by", "accepted_by"
        )

    def for_page(self) -> Self:
        """With all that its own page shows."""
        return self.for_inbox().select_related(
            "enquiry__visit", "enquiry__cause", "outcome", "returned_by", "finished_by"
        )


class ResidentQuerySet(models.QuerySet[Any]):
    """Residents."""

    def visible_to(self, user: User) -> Self:
        """Residents this person may see: those with a visit or an enquiry that they may see.

        A desk officer finds everybody who is known to any desk by an enquiry that is not about a sensitive
        topic: residents use whichever hub is open, and must not tell their story twice. Somebody
        without an enquiry is found by every desk unless something else keeps them back (`enquiries.ties`).
        """
        if user.has_perm(EVERY_HUB):
            return self
        seen = Q(pk__in=[])
        theirs, visits = _of(self.model.enquiries, "resident"), _of(self.model.visits, "resident")
        if user.has_perm("enquiries.work_enquiries") and user.home_hub_id:
            known = Q(hub=user.home_hub_id) | Q(topic__sensitive=False)
            seen |= Q(Exists(theirs.filter(known))) | Q(Exists(visits.filter(hub=user.home_hub_id)))
            seen |= ~Q(Exists(theirs)) & nothing_kept_back(user)
        if user.has_perm("enquiries.work_referrals"):
            services = user.services.values("pk")
            seen |= Q(Exists(theirs.filter(referrals__service__in=services)))
        return self.filter(seen)

    def search(self, text: str) -> Self:
        """Residents by the beginnings of names, e-mail address, postcode or phone number; newest first.

        A phone number is also found by its last six or four digits. Not for use inside another query.
        """
        return found(self, Asked.read(text, beginnings_from=1))

    def like_person(self, facts: Mapping[str, Any]) -> list[Any]:
        """Return records that may be of the same person: the same phone or e-mail, or name and postcode."""
        alike: list[Any] = []
        if key := phone_key(facts["phone"]):
            alike += self.filter(phone_key=key)[:MOST_ALIKE]
        if email := facts["email"]:
            alike += self.search(email).filter(email__iexact=email)[:MOST_ALIKE]
        if facts["postcode"] and (name := indexed(facts["name"])):
            alike += self.filter(postcode=facts["postcode"], search_text__startswith=name)[:MOST_ALIKE]
        return list(dict.fromkeys(alike))[:MOST_ALIKE]

    def current(self) -> Self:
        """Records that were neither merged into another nor emptied."""
        return self.filter(merged_into__isnull=True, anonymised_at__isnull=True)


def _of(relation: Any, to: str) -> models.QuerySet[Any]:
    """Return the rows that refer by `to` to the row of the query around them, asked row by row."""
    return relation.rel.related_model.objects.filter(**{to: OuterRef("pk")})
