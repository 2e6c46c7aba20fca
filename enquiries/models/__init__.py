"""People and their stories: visits, enquiries, referrals. All personal data of the portal starts here."""

from .complaints import DataProtectionComplaint
from .desk import TicketCounter, Visit, WaitingRoom
from .enquiries import Cause, Enquiry, EnquiryEvent, Outcome
from .feedback import Feedback
from .online import SubmissionCount
from .referrals import Referral, ServiceQuestion, ServiceTerms
from .residents import RecordView, Resident, ResidentEvent
from .retention import RetentionPeriod, RightsRequest
from .slips import Slip

__all__ = [
    "Cause",
    "DataProtectionComplaint",
    "Enquiry",
    "EnquiryEvent",
    "Feedback",
    "Outcome",
    "RecordView",
    "Referral",
    "Resident",
    "ResidentEvent",
    "RetentionPeriod",
    "RightsRequest",
    "ServiceQuestion",
    "ServiceTerms",
    "Slip",
    "SubmissionCount",
    "TicketCounter",
    "Visit",
    "WaitingRoom",
]
