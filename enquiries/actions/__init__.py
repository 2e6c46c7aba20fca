"""Every change of state of visits, enquiries, referrals and residents. One door each.

All are keyword-only, take who (`by`) and when (`at`), run in one transaction and list their effects in order.
Lock order: counter, visit, enquiry, referral, resident, waiting room.
Every move on the waiting list also counts the room's moves up, which the lists' pages ask for.
"""

from .complaints import acknowledge_complaint, answer_complaint, receive_complaint
from .desk import call_next, call_visit, finish_visit, hold, leave, log_visit, return_to_list
from .enquiries import add_note, answer, close, correct_topic, name_resident, open_enquiry, reopen, take_back
from .online import ask, count_look_up, give_feedback
from .referrals import accept, finish, promised_on, questions_for, refer, return_to_desk, tell_leads
from .residents import add_resident, change_resident, merge_residents, note_view, note_views
from .rights import erase, give_copy
from .slips import give_slip

__all__ = [
    "accept",
    "acknowledge_complaint",
    "add_note",
    "add_resident",
    "answer",
    "answer_complaint",
    "ask",
    "call_next",
    "call_visit",
    "change_resident",
    "close",
    "correct_topic",
    "count_look_up",
    "erase",
    "finish",
    "finish_visit",
    "give_copy",
    "give_feedback",
    "give_slip",
    "hold",
    "leave",
    "log_visit",
    "merge_residents",
    "name_resident",
    "note_view",
    "note_views",
    "open_enquiry",
    "promised_on",
    "questions_for",
    "receive_complaint",
    "refer",
    "reopen",
    "return_to_desk",
    "return_to_list",
    "take_back",
    "tell_leads",
]
