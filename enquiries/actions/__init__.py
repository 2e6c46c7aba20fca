"""Every change of state of visits, enquiries, referrals and residents. One door each.

All are keyword-only, take who (`by`) and when (`at`), run in one transaction and list their effects in order.
Lock order: counter, visit, enquiry, referral, resident.
"""

from .desk import call_next, call_visit, finish_visit, hold, leave, log_visit, return_to_list
from .enquiries import add_note, answer, close, correct_topic, open_enquiry, reopen

__all__ = [
    "add_note",
    "answer",
    "call_next",
    "call_visit",
    "close",
    "correct_topic",
    "finish_visit",
    "hold",
    "leave",
    "log_visit",
    "open_enquiry",
    "reopen",
    "return_to_list",
]
