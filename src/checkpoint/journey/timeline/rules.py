"""A case's entries in the ledger, with when what they tell of really happened. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from checkpoint.consent.states import ConsentEvent
from checkpoint.contracts.evidence.states import EvidenceEvent
from checkpoint.contracts.outcomes.states import OutcomeEvent
from checkpoint.contracts.sessions.states import SessionEvent
from checkpoint.contracts.states import NEXT
from checkpoint.custody.states import CustodyEvent
from checkpoint.delivery.states import DeliveryEvent
from checkpoint.needs.states import NeedsEvent
from checkpoint.referrals.offers.states import OffersEvent
from checkpoint.referrals.states import NEXT as REFERRED
from checkpoint.victims.states import VictimEvent

# Events whose moment stands in a table of the room, by what those rows are called when read.
DATED: Mapping[str, str] = MappingProxyType(
    {
        CustodyEvent.OPENED.value: "opened",
        CustodyEvent.RELEASED.value: "moved",
        CustodyEvent.TRANSFERRED.value: "moved",
        CustodyEvent.RETURNED.value: "moved",
        CustodyEvent.ATTENDED.value: "moved",
        CustodyEvent.BAIL_VARIED.value: "bail_varied",
        CustodyEvent.REVIEWED.value: "reviewed",
        CustodyEvent.EXTENDED.value: "extended",
        CustodyEvent.PAUSED.value: "paused",
        VictimEvent.CONTACTED.value: "contacted",
        VictimEvent.VIEWS_GIVEN.value: "views_given",
        VictimEvent.NOTIFIED.value: "notified",
        ConsentEvent.TAKEN.value: "consented",
        ConsentEvent.WITHDRAWN.value: "consent_withdrawn",
        NeedsEvent.ASSESSED.value: "assessed",
        NeedsEvent.CORRECTED.value: "assessed",
        DeliveryEvent.STARTED.value: "started",
        DeliveryEvent.DEVIATED.value: "deviated",
        DeliveryEvent.DISPOSED.value: "disposed",
        DeliveryEvent.REPLACED.value: "disposed",
        # A contract's steps are called as its events are.
        **{event.value: event.value for _, event in NEXT},
        EvidenceEvent.RECORDED.value: "evidence",
        SessionEvent.ATTENDANCE_RECORDED.value: "attended",
        SessionEvent.CONTACTED.value: "reached",
        SessionEvent.WARNED.value: "warned",
        OutcomeEvent.CHALLENGED.value: "challenged",
        # So are a referral's.
        **{event.value: event.value for _, event in REFERRED},
        OffersEvent.NO_PROVIDER.value: "no_provider",
    }
)


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One event of a case: when it happened, when it was recorded, and who recorded it, by role."""

    id: UUID
    event: str
    happened_at: datetime
    recorded_at: datetime
    role: str | None
    code: str | None

    @property
    def key(self) -> tuple[datetime, UUID]:
        """Its place in the story; what happened at one instant stands as it was recorded."""
        return self.happened_at, self.id


def story(entries: Sequence[Any], rows: Sequence[Any]) -> list[Happened]:
    """A case's story, what happened first coming first.

    A row and its entry carry the same instant, because one request wrote both; where one instant
    has several of a kind, they are taken in the order in which they were made.

    Args:
        entries: of the ledger, in the order in which they were written, with id, event, at and
            actor_role.
        rows: what the rooms recorded, in the order in which they were made, with what,
            recorded_at, happened_at and code.

    Returns:
        Every entry once. One without a row happened when it was recorded.
    """
    made = defaultdict[tuple[str, datetime], list[Any]](list)
    for row in reversed(rows):
        made[row.what, row.recorded_at].append(row)
    found = []
    for entry in entries:
        waiting = made[DATED.get(entry.event, ""), entry.at]
        row = waiting.pop() if waiting else None
        found.append(
            Happened(
                id=entry.id,
                event=entry.event,
                happened_at=entry.at if row is None else row.happened_at,
                recorded_at=entry.at,
                role=entry.actor_role,
                code=None if row is None else row.code,
            )
        )
    return sorted(found, key=lambda one: one.key)


def cut(
    found: Sequence[Happened], *, after: tuple[datetime, UUID] | None, most: int
) -> Sequence[Happened]:
    """The part of a story that makes a page.

    Args:
        found: the story in its order.
        after: the place of the last entry of the page before; None for the first page.
        most: how many entries are wanted.

    Returns:
        As many as there are, up to ``most``.
    """
    return [one for one in found if after is None or one.key > after][:most]
