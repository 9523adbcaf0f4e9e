"""Read phases and trials; nobody's rows, so no scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation import errors
from checkpoint.foundation.calendar import london_day
from checkpoint.foundation.database import rows_of
from checkpoint.trials.rules import Adopted, Phase, Protocol, in_effect, parse, state_on
from checkpoint.trials.schemas import HoldersView, PhaseView, StratumView, TrialView
from checkpoint.trials.states import MEANING, TrialKind, TrialState
from checkpoint.trials.tables import (
    ProgrammePhase,
    Trial,
    TrialClosing,
    TrialProtocol,
    TrialStratum,
)


class TrialNotFound(errors.NotFound):
    slug = "trial-not-found"
    title = "There is no trial of that name"


@dataclass(frozen=True)
class Standing:
    """A trial as it stands at a moment: the protocol that counts, and its strata by suite."""

    id: UUID
    code: str
    kind: TrialKind
    state: TrialState
    protocol_id: UUID
    protocol: Protocol
    strata: dict[str, UUID]
    closed_at: datetime | None


PHASES = select(ProgrammePhase).order_by(col(ProgrammePhase.suite), col(ProgrammePhase.live_from))
VERSIONS = (
    sa.select(
        *TrialProtocol.__table__.c,
        col(Trial.code),
        col(Trial.kind),
        col(TrialClosing.closed_at),
    )
    .join(Trial, col(Trial.id) == col(TrialProtocol.trial_id))
    .outerjoin(TrialClosing, col(TrialClosing.trial_id) == col(Trial.id))
    .order_by(col(Trial.code), col(TrialProtocol.number))
)
OF_CODE = VERSIONS.where(col(Trial.code) == sa.bindparam("code"))
IN_SUITE = VERSIONS.where(
    col(Trial.id).in_(
        sa.select(col(TrialStratum.trial_id)).where(
            col(TrialStratum.suite) == sa.bindparam("suite")
        )
    )
)
STRATA = (
    sa.select(*TrialStratum.__table__.c)
    .where(col(TrialStratum.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid()))
    .order_by(col(TrialStratum.suite))
)

STRATA_HELD = STRATA.with_for_update()
CLOSING = sa.select(col(TrialClosing.id)).where(
    col(TrialClosing.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid())
)


@lru_cache(maxsize=64)
def protocol_of(digest: str, content: str) -> Protocol:  # noqa: ARG001 - content says it all
    """What an adopted protocol says, read once a process."""
    return parse(content)


async def phases(session: AsyncSession) -> list[Phase]:
    """Where the programme runs, from when until when."""
    return [
        Phase(row.suite, row.live_from, row.live_until, row.source)
        for row in await rows_of(session, PHASES)
    ]


async def is_live(session: AsyncSession, suite: str, on: date) -> bool:
    """Whether the programme runs at a suite on a day."""
    return any(each.suite == suite and each.is_live(on) for each in await phases(session))


def versions_of(rows: Sequence[Any]) -> list[Adopted]:
    return [Adopted(r.number, r.in_effect_from, r.opens_on, r.closes_on) for r in rows]


async def standing_of(session: AsyncSession, rows: Sequence[Any], at: datetime) -> Standing:
    """How one trial stands, from its protocol's versions."""
    on, first = london_day(at), rows[0]
    versions = versions_of(rows)
    row = rows[versions.index(in_effect(versions, on))]
    closed = first.closed_at is not None and first.closed_at <= at
    strata = await rows_of(session, STRATA, trial_id=first.trial_id)
    protocol = protocol_of(row.digest, row.content)
    return Standing(
        id=first.trial_id,
        code=first.code,
        kind=TrialKind(first.kind),
        state=state_on(versions, on, closed=closed),
        protocol_id=row.id,
        protocol=protocol,
        strata={each.suite: each.id for each in strata if each.suite in protocol.strata},
        closed_at=first.closed_at,
    )


async def one(session: AsyncSession, code: str, *, at: datetime) -> Standing:
    """A trial by its name.

    Raises:
        TrialNotFound: there is none.
    """
    rows = await rows_of(session, OF_CODE, code=code)
    if not rows:
        raise TrialNotFound("See GET /v1/trials for the names of all.")
    return await standing_of(session, rows, at)


async def every(session: AsyncSession, *, at: datetime) -> list[Standing]:
    """Every trial there is, by name."""
    return await _grouped(session, await rows_of(session, VERSIONS), at)


async def of_suite(session: AsyncSession, suite: str, *, at: datetime) -> list[Standing]:
    """The trials that had or have a stratum at a suite."""
    return await _grouped(session, await rows_of(session, IN_SUITE, suite=suite), at)


async def has_closing(session: AsyncSession, trial_id: UUID) -> bool:
    """Whether somebody closed a trial, whenever that was."""
    return bool(await rows_of(session, CLOSING, trial_id=trial_id))


def open_at(found: Sequence[Standing], suite: str) -> str | None:
    """The name of the trial that is open and whose protocol names a suite today, if there is one.

    Others that had a stratum there may be closed, or announced.
    """
    recruiting = (each for each in found if each.state is TrialState.OPEN)
    return next((each.code for each in recruiting if suite in each.strata), None)


async def _grouped(session: AsyncSession, rows: Sequence[Any], at: datetime) -> list[Standing]:
    by_trial: dict[UUID, list[Any]] = {}
    for row in rows:
        by_trial.setdefault(row.trial_id, []).append(row)
    return [await standing_of(session, each, at) for each in by_trial.values()]


def view(standing: Standing) -> TrialView:
    protocol = standing.protocol
    return TrialView(
        code=standing.code,
        kind=standing.kind,
        state=standing.state,
        meaning=MEANING[standing.state],
        title=protocol.title,
        registered_as=protocol.registered_as,
        protocol_version=protocol.version,
        changed=protocol.changed,
        source=protocol.source,
        in_effect_from=protocol.in_effect_from,
        opens_on=protocol.opens_on,
        closes_on=protocol.closes_on,
        closed_at=standing.closed_at,
        target=protocol.target,
        ratio=dict(protocol.arms),
        strata=[StratumView(suite=suite) for suite in standing.strata],
        holders=HoldersView.model_validate(protocol.holders),
    )


def phase_view(phase: Phase) -> PhaseView:
    return PhaseView.model_validate(phase)
