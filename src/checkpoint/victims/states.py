"""The words of work with victims. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from checkpoint.custody.movements.states import ReleaseKind


class VictimEvent(StrEnum):
    """The room's events."""

    ADDED = "victim.added"
    CONTACTED = "victim.contacted"
    VIEWS_GIVEN = "victim.views_given"
    NOTIFIED = "victim.notified"
    WITHDRAWN = "victim.withdrawn"
    READ = "victim.read"


class ContactChannel(StrEnum):
    """How somebody was reached, or was to be."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    EMAIL = "email"
    TEXT_MESSAGE = "text_message"
    LETTER = "letter"
    THROUGH_SUPPORT_SERVICE = "through_support_service"


class ContactResult(StrEnum):
    """What came of it."""

    REACHED = "reached"
    MESSAGE_LEFT = "message_left"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    DECLINED_CONTACT = "declined_contact"


class VictimStance(StrEnum):
    """What a victim says to a disposal without prosecution: considered, and no veto."""

    SUPPORTS = "supports"
    OPPOSES = "opposes"
    NEUTRAL = "neutral"
    DECLINED_TO_SAY = "declined_to_say"


class RestorativeWish(StrEnum):
    """Whether a victim wishes for a restorative approach."""

    WISHES = "wishes"
    DOES_NOT_WISH = "does_not_wish"
    UNDECIDED = "undecided"
    NOT_ASKED = "not_asked"


class WithdrawalReason(StrEnum):
    """Why somebody should not have been entered as a victim."""

    ENTERED_TWICE = "entered_twice"
    WRONG_PERSON = "wrong_person"
    WRONG_RECORD = "wrong_record"
    NOT_HARMED = "not_harmed"


class NotificationKind(StrEnum):
    """What a victim has to be told."""

    ARRESTED = "arrested"
    RELEASED = "released"
    RELEASED_UNDER_INVESTIGATION = "released_under_investigation"
    RELEASED_ON_BAIL = "released_on_bail"
    CHARGED = "charged"
    NO_FURTHER_ACTION = "no_further_action"
    OUT_OF_COURT_DECISION = "out_of_court_decision"
    CONTRACT_STARTED = "contract_started"
    CONTRACT_COMPLETED = "contract_completed"
    CONTRACT_FAILED = "contract_failed"
    CONTRACT_ENDED = "contract_ended"  # neither completed nor failed


# What the room of contracts says is due, and by when.
OF_CONTRACTS = frozenset(
    {
        NotificationKind.CONTRACT_STARTED,
        NotificationKind.CONTRACT_COMPLETED,
        NotificationKind.CONTRACT_FAILED,
        NotificationKind.CONTRACT_ENDED,
    }
)
OF_RELEASE: Mapping[ReleaseKind, NotificationKind] = MappingProxyType(
    {
        ReleaseKind.CHARGED: NotificationKind.CHARGED,
        ReleaseKind.UNDER_INVESTIGATION: NotificationKind.RELEASED_UNDER_INVESTIGATION,
        ReleaseKind.ON_BAIL: NotificationKind.RELEASED_ON_BAIL,
        ReleaseKind.NO_FURTHER_ACTION: NotificationKind.NO_FURTHER_ACTION,
        ReleaseKind.OTHER: NotificationKind.RELEASED,
    }
)
