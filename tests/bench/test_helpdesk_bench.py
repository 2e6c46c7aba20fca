"""How the desk is set against django-helpdesk: nothing here starts a server or installs anything."""

from __future__ import annotations

import pytest

from bench.helpdesk_desk import IN_ONE_SLICE, LIST_PAGE, LIST_ROWS, TICKET, aims_of, subjects_of
from bench.rounds import Figures
from bench.site import Server

SHIFT = {"cookies": "a=b", "ticket": "queue=1", "submit": "/submit/", "page": "/list/", "rows": "/rows/"}


@pytest.mark.parametrize(("walk_in", "listed", "met"), [(250, 500, [True, True]), (260, 520, [False, False])])
def test_a_walk_in_is_set_against_a_ticket_and_our_list_against_both_their_requests(walk_in, listed, met):
    costs = {TICKET: 1_000, LIST_PAGE: 2_000, LIST_ROWS: 8_000, "walk-in": walk_in, "list": listed}
    figures = {name: Figures(costs=[float(cost)] * 7) for name, cost in costs.items()}
    aims = aims_of(figures, walk_ins=["walk-in"], waiting_list="list")

    assert [aim.met for aim in aims] == met


def test_each_ticket_of_a_slice_is_another_one():
    ticket, *lists = subjects_of(Server("django-helpdesk", 9, None, ()), SHIFT)

    assert len(set(ticket.forms())) == IN_ONE_SLICE
    assert [each.paths for each in lists] == [["/list/"], ["/rows/"]]
