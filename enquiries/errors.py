"""What can be refused about visits, enquiries and referrals, in the domain's words."""


class WalkInRefused(Exception):
    """The hub is by appointment only: a walk-in cannot be logged there."""


class NothingWaiting(Exception):
    """Nobody is on the waiting list."""


class AlreadyTaken(Exception):
    """A colleague was quicker: the row is no longer in the state it was shown in."""


class MustHaveMissing(Exception):
    """A referral lacks an answer that the service cannot do without.

    `questions` are the ids of the service's questions that were left unanswered.
    """

    def __init__(self, questions: list[int]) -> None:
        super().__init__(f"unanswered questions: {questions}")
        self.questions = questions


class ConsentMissing(Exception):
    """A referral needs the resident's agreement to share their story."""


class AlreadyReferred(Exception):
    """The enquiry is with this service already."""


class NotAllowedNow(Exception):
    """The enquiry is in a state that does not allow this change."""


class ChangedMeanwhile(NotAllowedNow):
    """A colleague has changed the row since the page was opened."""


class SlipRefused(Exception):
    """A slip must not or cannot be sent this way; the text says why, for the officer."""


class NotDelivered(Exception):
    """A message could not be handed over to whoever delivers it; the text says why, without personal data."""


class TooManyTries(Exception):
    """A cap on what may be tried from the internet is reached, for this caller or for everybody.

    `seconds` is how long to wait. Pages say so, keep what was typed, and say to phone.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds
