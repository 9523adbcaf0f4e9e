"""What the database keeps as open of a case, and who is told of what. Pure.

The words of matters are those of the view ``open_matter_now``; a migration says what each follows from.
"""

from collections.abc import Callable
from dataclasses import dataclass

from checkpoint.access.permissions import Permission
from checkpoint.journey.worklist.duties import DUTIES
from checkpoint.journey.worklist.states import Kind
from checkpoint.victims.states import NotificationKind


@dataclass(frozen=True)
class Matter:
    """One word of the database's, and the kind of thing that it is due as.

    Of what a victim is to be told, ``what`` says what, and ``soon`` that they are vulnerable or
    intimidated, or that nobody knows: then there is less time.
    """

    word: str
    kind: Kind
    what: NotificationKind | None = None
    soon: bool = False


# A case that was started on the programme, and whose arm the reader has not been shown.
OF_STARTED = "disposal_of_started"
# One matter is due as an appointment before it begins, and as an entry that is missing after that.
APPOINTMENT = "appointment"
MATTERS = (
    Matter("prosecution_deadline", Kind.PROSECUTION_DEADLINE),
    Matter("first_contact", Kind.FIRST_CONTACT),
    Matter("no_navigator", Kind.NO_NAVIGATOR),
    Matter("disposal_missing", Kind.DISPOSAL_MISSING),
    Matter(OF_STARTED, Kind.DISPOSAL_MISSING),
    Matter(APPOINTMENT, Kind.APPOINTMENT_TODAY),
    Matter(APPOINTMENT, Kind.ATTENDANCE_MISSING),
    Matter("handover_unanswered", Kind.HANDOVER_UNANSWERED),
    Matter("glass_to_review", Kind.GLASS_TO_REVIEW),
    Matter("contract_unsigned", Kind.CONTRACT_UNSIGNED),
    Matter("change_to_sign", Kind.CHANGE_TO_SIGN),
    Matter("change_to_approve", Kind.CHANGE_TO_APPROVE),
    Matter("outcome_to_record", Kind.OUTCOME_TO_RECORD),
    Matter("arrest_unreviewed", Kind.ARREST_UNREVIEWED),
    Matter("review_due", Kind.REVIEW_DUE),
    Matter("challenge_open", Kind.CHALLENGE_OPEN),
    Matter("contract_ending", Kind.CONTRACT_ENDING),
    Matter("referral_unacknowledged", Kind.REFERRAL_UNACKNOWLEDGED),
    Matter("referral_waiting", Kind.REFERRAL_WAITING),
    *(
        Matter(f"tell_{what}{'_soon' * soon}", Kind.VICTIM_TO_TELL, what, soon)
        for what in NotificationKind
        for soon in (False, True)
    ),
)

# What a team's supervisors are told of, in whatever suite it is due: as ``team_matter_now`` has it.
OF_TEAM = frozenset(
    {
        Kind.FIRST_CONTACT,
        Kind.APPOINTMENT_TODAY,
        Kind.ATTENDANCE_MISSING,
        Kind.CONTRACT_UNSIGNED,
        Kind.CHANGE_TO_SIGN,
        Kind.CHANGE_TO_APPROVE,
        Kind.OUTCOME_TO_RECORD,
        Kind.ARREST_UNREVIEWED,
        Kind.REVIEW_DUE,
        Kind.CHALLENGE_OPEN,
        Kind.CONTRACT_ENDING,
        Kind.REFERRAL_UNACKNOWLEDGED,
        Kind.REFERRAL_WAITING,
    }
)


def is_told(kind: Kind, *, holds: Callable[[Permission], bool]) -> bool:
    """Whether somebody is told of a kind: they hold one of those that it is told to.

    Args:
        kind: what is due.
        holds: whether their role holds a permission.

    Returns:
        True if one permission is enough of those that it is told to.
    """
    return any(holds(permission) for permission in DUTIES[kind].told)


def why_not(kind: Kind, *, holds: Callable[[Permission], bool]) -> str | None:
    """Why somebody who is told of it may not go through its door.

    Args:
        kind: what is due.
        holds: whether their role holds a permission.

    Returns:
        Whom to ask, in plain English; None where they may.
    """
    return None if holds(DUTIES[kind].opens) else "Ask a supervisor: your role may not do this."
