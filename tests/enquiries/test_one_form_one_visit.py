"""One form makes one visit, however often it is sent."""

from __future__ import annotations

import time
import uuid

import pytest

from enquiries import actions, form_tokens
from enquiries.actions.desk import Raised
from enquiries.models import Enquiry, Visit
from tests.conftest import MONDAY_NOON
from tests.enquiries.desk_form import JSON, LOG, errors
from tests.enquiries.racing import Officer, at_once


def test_the_same_form_sent_twice_is_one_visit_and_says_so(signed_in, typed):
    fields = typed()
    signed_in().post(LOG, fields)
    again = signed_in().post(LOG, fields | {"words": "changed since"}, follow=True)

    reference = Enquiry.objects.get().shown_reference
    assert Visit.objects.count() == 1
    assert "This visit was saved before" in again.content.decode()
    assert reference in again.content.decode()


def test_forms_filled_in_one_after_the_other_without_the_server_are_visits_of_their_own(signed_in, typed):
    fields = typed()
    for serial in (0, 1, 2, 1):
        signed_in().post(LOG, fields | {"serial": serial}, headers=JSON)

    assert Visit.objects.count() == 3


def test_a_token_of_somebody_else_saves_nothing_and_is_replaced(signed_in, typed, people):
    fields = typed("other_desk")
    response = signed_in("desk").post(LOG, fields)

    told = {"__all__": ["This page was opened by somebody else. Check it and save it again."]}
    assert (response.status_code, errors(response), Visit.objects.count()) == (422, told, 0)
    again = signed_in("desk").post(LOG, fields | {"token": response.context["form"]["token"].value()})
    assert (again.status_code, Visit.objects.count()) == (302, 1)


@pytest.mark.parametrize("serial", [-1, form_tokens.MOST_SERIALS + 1])
def test_a_serial_out_of_range_is_no_token(serial):
    with pytest.raises(form_tokens.ForeignToken):
        form_tokens.read(form_tokens.mint("visit:1"), "visit:1", serial)


@pytest.mark.django_db(transaction=True)
def test_the_same_form_five_times_at_once_is_one_visit_with_one_reference(people, typed, desk_server):
    officer = Officer(desk_server, people["desk"])
    officer.get(LOG)
    told = []
    for _ in range(10):
        fields = typed()
        replies = at_once([lambda fields=fields: officer.post(LOG, fields, **JSON)] * 5)
        told.append({(reply.status, *reply.json()["references"]) for reply in replies})

    assert [len(each) for each in told] == [1] * 10
    assert (Visit.objects.count(), Enquiry.objects.count()) == (10, 10)


@pytest.mark.django_db(transaction=True)
def test_looking_for_the_form_before_saving_would_make_several_visits(people, topics, hubs, shared_database):
    """The negative control: what the test above would find if the database did not keep tokens unique."""

    def look_first(form: str) -> None:
        if Visit.objects.filter(on_behalf_of=form).exists():
            return
        time.sleep(0.02)
        actions.log_visit(
            token=uuid.uuid4(),
            hub=hubs["bow"],
            raised=[Raised(topics["housing"])],
            by=people["desk"],
            at=MONDAY_NOON,
            on_behalf_of=form,
        )

    for form in "abc":
        at_once([lambda form=form: look_first(form)] * 5)

    assert Visit.objects.count() > 3
