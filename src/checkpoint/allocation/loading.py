"""Seal lists. Deeds like any other, for the statistician's shell alone."""

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.sequence import (
    Place,
    SequenceImpossible,
    commitment,
    digest,
    list_faults,
    listed,
    salt_of,
)
from checkpoint.allocation.states import AllocationEvent, ListMethod
from checkpoint.allocation.tables import ListSecret, SealedList, Slot
from checkpoint.allocation.vault import DIGEST, SALT, SIZES, Vault
from checkpoint.audit import ledger
from checkpoint.audit.operations import Operation
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import insert, rows_of
from checkpoint.foundation.identifiers import new_id
from checkpoint.trials import queries as trials
from checkpoint.trials.queries import Standing
from checkpoint.trials.states import TrialKind, TrialState
from checkpoint.trials.tables import TrialProtocol, TrialStratum

LISTS = (
    sa.select(
        *SealedList.__table__.c,
        col(TrialProtocol.adopted_by),
        col(TrialProtocol.number).label("protocol_number"),
    )
    .join(TrialProtocol, col(TrialProtocol.id) == col(SealedList.trial_protocol_id))
    .where(col(SealedList.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid()))
    .order_by(col(SealedList.number))
)
LAST_PLACES = (
    sa.select(col(Slot.trial_stratum_id), sa.func.max(col(Slot.place)).label("last"))
    .join(TrialStratum, col(TrialStratum.id) == col(Slot.trial_stratum_id))
    .where(col(TrialStratum.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid()))
    .group_by(col(Slot.trial_stratum_id))
)
ALONE = sa.text("SELECT pg_advisory_xact_lock(hashtext('sealed lists'))")


class SealRefused(errors.Unprocessable):
    slug = "seal-refused"
    title = "The list cannot be sealed"


class OneHandTooMany(errors.Forbidden):
    slug = "one-hand-too-many"
    title = "Whoever adopted the protocol does not seal the list"


async def seal_blocks(
    session: AsyncSession,
    code: str,
    seed: bytes,
    *,
    sizes: Sequence[int],
    places: int,
    strata: Sequence[str] = (),
    vault: Vault,
    by: Actor,
    at: datetime,
) -> tuple[SealedList, dict[str, int]]:
    """Seal permuted blocks of random size, from a secret seed.

    Args:
        session: the owner's.
        code: the trial's name.
        seed: 32 secret bytes; nothing of it is stored but its commitment.
        sizes: the sizes a block may have.
        places: how many are wanted in each stratum.
        strata: of these suites alone; of all where none is named.
        vault: seals each place.
        by: the statistician, who did not adopt the protocol of a live trial.
        at: when.

    Returns:
        The list, and its places by stratum.

    Raises:
        SealRefused, OneHandTooMany, TrialNotFound.
    """
    trial = await _sealable(session, code, vault=vault, at=at)
    number = await _next_number(session, trial, by=by)
    wanted = dict.fromkeys(_strata(trial, strata), places)
    arms = trial.protocol.arms
    try:
        found = listed(seed, code, number, arms=arms, sizes=sizes, places=wanted)
    except SequenceImpossible as error:
        raise SealRefused(str(error)) from error
    made = _List(ListMethod.PERMUTED_BLOCKS, found, salt_of(seed), tuple(sizes), commitment(seed))
    return await _seal(session, trial, number, made, vault=vault, by=by, at=at)


async def seal_own(
    session: AsyncSession,
    code: str,
    found: Sequence[Place],
    salt: bytes,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> tuple[SealedList, dict[str, int]]:
    """Seal a statistician's own list, checked against the protocol first.

    Raises:
        SealRefused, OneHandTooMany, TrialNotFound.
    """
    trial = await _sealable(session, code, vault=vault, at=at)
    number = await _next_number(session, trial, by=by)
    ordered = sorted(found, key=lambda place: (place.stratum, place.position))
    faults = list_faults(ordered, arms=trial.protocol.arms, strata=trial.protocol.strata)
    if faults:
        raise SealRefused("; ".join(faults))
    made = _List(ListMethod.OWN_LIST, ordered, salt, None, None)
    return await _seal(session, trial, number, made, vault=vault, by=by, at=at)


@dataclass(frozen=True)
class _List:
    method: ListMethod
    places: Sequence[Place]
    salt: bytes
    sizes: tuple[int, ...] | None
    commitment: str | None


async def _sealable(session: AsyncSession, code: str, *, vault: Vault, at: datetime) -> Standing:
    await (await session.connection()).execute(ALONE)
    trial = await trials.one(session, code, at=at)
    if trial.state is TrialState.CLOSED:
        raise SealRefused("The trial is closed.")
    if trial.kind is not vault.kind:
        raise SealRefused(
            f"This is a {trial.kind.value} trial, and here only {vault.kind.value} lists are "
            "sealed: see docs/trial.md."
        )
    return trial


async def _next_number(session: AsyncSession, trial: Standing, *, by: Actor) -> int:
    (protocol,) = await rows_of(
        session,
        sa.select(col(TrialProtocol.adopted_by)).where(col(TrialProtocol.id) == trial.protocol_id),
    )
    if trial.kind is TrialKind.LIVE and protocol.adopted_by == by.id:
        raise OneHandTooMany("Ask the statistician to seal it with a login of their own.")
    return len(await rows_of(session, LISTS, trial_id=trial.id)) + 1


def _strata(trial: Standing, named: Sequence[str]) -> list[str]:
    if unknown := [suite for suite in named if suite not in trial.strata]:
        raise SealRefused(f"No stratum of the trial: {', '.join(unknown)}.")
    return [*(named or trial.strata)]


async def _seal(
    session: AsyncSession,
    trial: Standing,
    number: int,
    made: _List,
    *,
    vault: Vault,
    by: Actor,
    at: datetime,
) -> tuple[SealedList, dict[str, int]]:
    list_id = new_id()
    last = {
        r.trial_stratum_id: r.last for r in await rows_of(session, LAST_PLACES, trial_id=trial.id)
    }
    slots = [_slot(list_id, trial, place, last, vault) for place in made.places]
    sealed = SealedList(
        id=list_id,
        trial_id=trial.id,
        kind=trial.kind,
        trial_protocol_id=trial.protocol_id,
        number=number,
        method=made.method,
        digest=digest(made.places, made.salt),
        sealed_digest=sealed_digest(slots),
        seed_commitment=made.commitment,
        key_check=vault.key_check(list_id),
        sealed_at=at,
        sealed_by=by.id,
    )
    for rows in ([sealed], slots, [_secret(list_id, made, vault)]):
        await insert(session, *rows)
    (found,) = await rows_of(session, DIGEST, list=list_id)
    if found.digest != sealed.sealed_digest:
        raise SealRefused("The database holds something else than was sealed.")
    event = AllocationEvent.SEALED
    await ledger.record(
        session, Operation.COLLECTION, event, sealed, trial.id, kind="sealed_list", by=by, at=at
    )
    return sealed, dict(Counter(place.stratum for place in made.places))


def _secret(list_id: UUID, made: _List, vault: Vault) -> ListSecret:
    salt = base64.b64encode(made.salt).decode()
    sizes = ",".join(map(str, made.sizes)) if made.sizes else None
    return ListSecret(
        sealed_list_id=list_id,
        salt=vault.seal(salt, place=f"{list_id} {SALT}"),
        block_sizes=vault.seal(sizes, place=f"{list_id} {SIZES}") if sizes else None,
    )


def _slot(
    list_id: UUID, trial: Standing, place: Place, last: Mapping[UUID, int], vault: Vault
) -> Slot:
    stratum, slot_id = trial.strata[place.stratum], uuid4()
    return Slot(
        id=slot_id,
        sealed_list_id=list_id,
        trial_stratum_id=stratum,
        position=place.position,
        place=last.get(stratum, 0) + place.position,
        arm=vault.seal(place.arm, place=str(slot_id)),
    )


def sealed_digest(slots: Sequence[Slot]) -> str:
    """SHA-256 over places as they are sealed; the database comes to the same by itself."""
    ordered = sorted(slots, key=lambda slot: (slot.place, str(slot.trial_stratum_id)))
    lines = (
        f"{slot.id}:{slot.trial_stratum_id}:{slot.position}:{slot.place}:{slot.arm.hex()}\n"
        for slot in ordered
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
