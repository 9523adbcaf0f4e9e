"""Prove the lists of a closed trial: make them again from the seed, and compare every draw."""

import base64
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.loading import LISTS
from checkpoint.allocation.sequence import Place, commitment, digest, listed
from checkpoint.allocation.states import AllocationEvent, ListMethod
from checkpoint.allocation.tables import Allocation, ListSecret, Slot
from checkpoint.allocation.vault import DIGEST, SALT, SIZES, Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import Standing
from checkpoint.trials.rules import parse
from checkpoint.trials.states import TrialState
from checkpoint.trials.tables import TrialProtocol, TrialStratum

DRAWN: Any = (
    sa.select(
        col(Slot.id),
        col(Slot.position),
        col(Slot.place),
        col(Slot.arm),
        col(Slot.trial_stratum_id),
        col(TrialStratum.suite),
        col(Allocation.id).label("allocation_id"),
    )
    .join(TrialStratum, col(TrialStratum.id) == col(Slot.trial_stratum_id))
    .outerjoin(Allocation, col(Allocation.slot_id) == col(Slot.id))
    .where(col(Slot.sealed_list_id) == sa.bindparam("list_id", type_=sa.Uuid()))
    .order_by(col(TrialStratum.suite), col(Slot.position))
)
SECRET = sa.select(*ListSecret.__table__.c).where(
    col(ListSecret.sealed_list_id) == sa.bindparam("list_id", type_=sa.Uuid())
)


class StillOpen(errors.Conflict):
    slug = "trial-still-open"
    title = "A list is proved once its trial is closed"


class SeedWrong(errors.Unprocessable):
    slug = "seed-wrong"
    title = "That is not the seed the list was committed to"


class ProofFailed(errors.Conflict):
    slug = "proof-failed"
    title = "The draws do not equal what was sealed"


@dataclass(frozen=True)
class Proof:
    """What proving one list came to: each fault in plain English, and how far it was drawn.

    ``replaced`` are the places that nobody was drawn from, by suite, where an amendment's own list
    took the place of this one.
    """

    number: int
    method: ListMethod
    places: int
    drawn: Mapping[str, int]
    replaced: Mapping[str, int]
    faults: tuple[str, ...]


async def prove(
    session: AsyncSession,
    code: str,
    seed: bytes | None,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> list[Proof]:
    """Make a closed trial's lists again from the seed, and compare every draw with them.

    Args:
        session: the owner's.
        code: the trial's name.
        seed: the one its lists were committed to; None where all are the statistician's own.
        vault: opens each place.
        by: who proves it.
        at: when.

    Returns:
        One proof for each list.

    Raises:
        TrialNotFound, StillOpen, SeedWrong: nothing was opened.
    """
    trial = await trials.one(session, code, at=at)
    if trial.state is not TrialState.CLOSED:
        raise StillOpen("Close it first: checkpoint trials close.")
    lists = await rows_of(session, LISTS, trial_id=trial.id)
    for each in lists:
        if each.seed_commitment and (seed is None or commitment(seed) != each.seed_commitment):
            raise SeedWrong(f"List {each.number}: give the seed that it was sealed from.")
    slots = {each.id: await rows_of(session, DRAWN, list_id=each.id) for each in lists}
    proofs = [
        await _prove(
            session, trial, each, seed, slots[each.id], _replaced(each, lists, slots), vault=vault
        )
        for each in lists
    ]
    await ledger.record(
        session,
        Operation.CONSULTATION,
        AllocationEvent.LIST_OPENED,
        trial.id,
        *(each.id for each in lists),
        kind="trial",
        by=by,
        at=at,
    )
    return proofs


def _replaced(row: Any, lists: Sequence[Any], slots: Mapping[UUID, Sequence[Any]]) -> set[str]:
    """The suites in which an amendment's own list took the place of this one."""
    later = [each.id for each in lists if each.protocol_number > row.protocol_number]
    return {slot.suite for each in later for slot in slots[each]}


async def _prove(
    session: AsyncSession,
    trial: Standing,
    row: Any,
    seed: bytes | None,
    slots: Sequence[Any],
    replaced: set[str],
    *,
    vault: Vault,
) -> Proof:
    (secret,) = await rows_of(session, SECRET, list_id=row.id)
    salt = base64.b64decode(vault.open(secret.salt, place=f"{row.id} {SALT}"))
    stored = [Place(s.suite, s.position, vault.open(s.arm, place=str(s.id))) for s in slots]
    faults = []
    if digest(stored, salt) != row.digest:
        faults.append("The places that are stored are not the list that was sealed.")
    (found,) = await rows_of(session, DIGEST, list=row.id)
    if found.digest != row.sealed_digest:
        faults.append("The sealed places are not those that were lodged.")
    if seed is not None and row.seed_commitment:
        sizes = [
            int(s) for s in vault.open(secret.block_sizes, place=f"{row.id} {SIZES}").split(",")
        ]
        arms = await _arms_of(session, row.trial_protocol_id)
        made = _made_again(seed, trial.code, row.number, arms, sizes, stored)
        if made != stored:
            faults.append("The seed gives another list.")
    drawn, gaps = _drawn(slots)
    held = Counter(slot.suite for slot in slots)
    return Proof(
        number=row.number,
        method=ListMethod(row.method),
        places=len(stored),
        drawn=drawn,
        replaced={suite: held[suite] - drawn[suite] for suite in sorted(replaced & {*drawn})},
        faults=(*faults, *gaps),
    )


async def _arms_of(session: AsyncSession, protocol_id: UUID) -> Mapping[str, int]:
    (row,) = await rows_of(
        session,
        sa.select(col(TrialProtocol.content)).where(col(TrialProtocol.id) == protocol_id),
    )
    return parse(row.content).arms


def _made_again(
    seed: bytes,
    code: str,
    number: int,
    arms: Mapping[str, int],
    sizes: Sequence[int],
    stored: Sequence[Place],
) -> list[Place]:
    places: dict[str, int] = defaultdict(int)
    for place in stored:
        places[place.stratum] += 1
    return listed(seed, code, number, arms=arms, sizes=sizes, places=places)


def _drawn(slots: Sequence[Any]) -> tuple[dict[str, int], list[str]]:
    """How many were drawn in each stratum, and where a place was passed over."""
    drawn: dict[str, int] = {}
    faults = []
    for suite in sorted({slot.suite for slot in slots}):
        own = [slot.allocation_id is not None for slot in slots if slot.suite == suite]
        drawn[suite] = sum(own)
        if not all(own[: drawn[suite]]):
            faults.append(f"{suite}: a place was passed over.")
    return drawn, faults
