"""Everybody who was allocated in a trial that runs here, as a data cut takes them in."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.states import AnnotationKind
from checkpoint.allocation.vault import Vault
from checkpoint.contracts.states import ContractState
from checkpoint.delivery.states import Given, delivered
from checkpoint.foundation.calendar import london_day
from checkpoint.monitor.rules import masks
from checkpoint.outcomes import lookups
from checkpoint.outcomes.cuts.facts import (
    Ended,
    Happened,
    Horizon,
    Primary,
    Programme,
    Taken,
    day_of,
    last_day_of,
)
from checkpoint.outcomes.cuts.spans import first_in_custody
from checkpoint.outcomes.cuts.states import EndOfObservation
from checkpoint.outcomes.definitions import Definitions
from checkpoint.outcomes.definitions import day_of as counted_on
from checkpoint.outcomes.harm import harm_of
from checkpoint.outcomes.own import counts, measures, queries, rules
from checkpoint.outcomes.states import ENDS, EVENTS
from checkpoint.trials.queries import Standing

PARTICULARS = ("sex", "self_defined_ethnicity", "local_authority")


@dataclass(frozen=True)
class Known:
    """All that stood on record at one moment of those who were allocated by the last day."""

    followed_until: date
    drawn: Mapping[UUID, Any]
    left_out: Mapping[UUID, str]
    people: Mapping[UUID, Sequence[Mapping[str, Any]]]
    arms: Mapping[UUID, str]
    record: queries.OnRecord
    covered: Mapping[UUID, Sequence[date]]
    told: Mapping[UUID, Sequence[Any]]


@dataclass(frozen=True)
class Judged:
    """By what everybody is judged, and behind which masks."""

    definitions: Definitions
    followed_until: date
    masks: Mapping[str, str]
    classes: Mapping[str, str]
    weights: Mapping[str, float]


async def source_of(
    session: AsyncSession,
    trial: Standing,
    *,
    until: datetime,
    vault: Vault,
    last: date | None = None,
) -> tuple[Programme, int, AsyncIterator[Taken]] | None:
    """A trial that runs here, as a data cut takes it in.

    Args:
        session: of a transaction after those that allocated.
        trial: the trial.
        until: what was on record by then counts, and nothing that came later.
        vault: opens the arms, which go on behind their masks alone.
        last: the last day that counts; None: the last of which follow-up is in.

    Returns:
        What holds for everybody, how many there are, and each of them in the order of their ids;
        None where no follow-up had come by then, or nobody was allocated by its last day. Whoever
        was allocated after that day is not in it; whoever agreed to the research no longer is left
        out, and counted by mask in the flow: those allocated are those in the cut and these.

    Raises:
        DefinitionsNotFound, DefinitionsChanged: nothing says what counts.
        SealedListChanged: an arm does not open.
        RuleBroken: that day is before the trial, or nobody was followed up until it.
    """
    definitions, digest = await lookups.of_trial(session, opened_on=trial.protocol.opens_on)
    version, weights = await lookups.harm_index_at(session, until)
    known = await _known(session, trial, until, last, vault=vault)
    if known is None:
        return None
    masked = masks(trial.protocol.arms, key=vault.key(), trial=trial.code)
    ends, primary = known.followed_until, definitions.primary
    flow = await counts.flow(session, trial, {*known.arms}, until=until, last=ends)
    flow["left_out"] = _counted(known.left_out.values(), masked)
    programme = Programme(
        followed_until=ends,
        measures=tuple(counted.measure for counted in definitions.measures),
        definitions=definitions.version,
        definitions_digest=digest,
        horizons=tuple(Horizon(each.name, each.months) for each in definitions.horizons),
        conviction_lag_months=definitions.lag_months,
        rule_sets=tuple(sorted({row.rules for row in known.drawn.values()})),
        harm_index=version,
        flow=flow,
        primary=None if primary is None else Primary(primary.measure, primary.horizon),
    )
    judged = Judged(
        definitions,
        programme.followed_until,
        masked,
        await queries.offence_classes(session),
        weights,
    )
    return programme, len(known.drawn), _each(known, judged)


def _counted(arms: Iterable[str], masked: Mapping[str, str]) -> dict[str, int]:
    """By mask, how many."""
    found = Counter(arms)
    return {mask: found[arm] for arm, mask in masked.items()}


async def _known(
    session: AsyncSession, trial: Standing, until: datetime, last: date | None, *, vault: Vault
) -> Known | None:
    rows = {row.id: row for row in await queries.drawn(session, trial.id, until)}
    merged = await queries.merges(session, until)
    survivor = rules.survivors(merged)
    drawn = [rules.Drawn(row.id, row.person_id, row.allocated_at) for row in rows.values()]
    stands = rules.standing(drawn, survivor)
    withdrawn = await queries.withdrawn(session, trial.id, until)
    covered, told = defaultdict(list), defaultdict(list)
    for row in await queries.covered(session, trial.id, until):
        covered[stands[row.allocation_id]].append(row.followed_until)
    days = [day for id, each in covered.items() if id not in withdrawn for day in each]
    if not days:
        return None
    ends = last_day_of(max(days), last, opened_on=trial.protocol.opens_on)
    inside = rules.allocated_by(ends, stands.values(), drawn)
    standing = {id: rows[id] for id in sorted(inside - withdrawn)}
    if not standing:
        return None
    arms = await _arms(session, trial, {id: rows[id].slot_id for id in inside}, vault=vault)
    for row in await queries.told(session, trial.id, until):
        told[stands[row.allocation_id]].append(row)
    return Known(
        followed_until=ends,
        drawn=standing,
        people=await _people(session, standing, merged, survivor, until),
        arms=arms,
        left_out={id: arm for id, arm in arms.items() if id in withdrawn},
        record=await queries.on_record(session, trial.id, until),
        covered=covered,
        told=told,
    )


async def _arms(
    session: AsyncSession, trial: Standing, slots: Mapping[UUID, UUID], *, vault: Vault
) -> dict[UUID, str]:
    sealed = await queries.sealed(session, trial.id)
    return {id: vault.open(sealed[slots[id]], place=str(slots[id])) for id in sorted(slots)}


async def _people(
    session: AsyncSession,
    standing: Mapping[UUID, Any],
    merged: Sequence[tuple[UUID, UUID]],
    survivor: Callable[[UUID], UUID],
    until: datetime,
) -> dict[UUID, list[dict[str, Any]]]:
    """Each one's records as they stood, the one they were found under first."""
    of: dict[UUID, list[UUID]] = defaultdict(list)
    for other, _ in merged:
        of[survivor(other)].append(other)
    records = {
        id: [survivor(row.person_id), *sorted(of[survivor(row.person_id)])]
        for id, row in standing.items()
    }
    asked = sorted({person for each in records.values() for person in each})
    present, later = await queries.people(session, asked, until)
    stood = {
        id: rules.as_it_stood({name: getattr(row, name) for name in PARTICULARS}, later[id])
        for id, row in present.items()
    }
    return {id: [stood[person] for person in each] for id, each in records.items()}


async def _each(known: Known, judged: Judged) -> AsyncIterator[Taken]:
    for id in known.drawn:
        yield taken(id, known, judged)


def taken(id: UUID, known: Known, judged: Judged) -> Taken:
    """One of those who were allocated."""
    row, records, arm = known.drawn[id], known.people[id], known.arms[id]
    on = london_day(row.allocated_at)
    given = _given(id, known.record)
    was_given = rules.delivered_arm(delivered(given), arm, judged.masks)
    noted = [AnnotationKind(kind) for kind in known.record.noted.get(id, ())]
    states = [ContractState(state) for state in known.record.contracts.get(id, ())]
    last = judged.followed_until
    measured = measures.measured(known.record.measured.get(id, ()), allocated_on=on, last=last)
    spells = rules.spells(known.told.get(id, ()), allocated_on=on)
    until = rules.covered_until(known.covered.get(id, ()), allocated_on=on)
    return Taken(
        participant_id=id,
        mask=judged.masks[arm],
        allocated_on=on,
        stratum=row.suite,
        per_protocol=rules.is_per_protocol(arm, was_given, noted),
        delivered_mask=None if was_given is None else judged.masks[was_given],
        completed=rules.completed(states, started=Given.STARTED in given),
        sex=rules.sex_of(rules.first_known(records, "sex")),
        age=row.facts.get("age_at_decision_years"),
        ethnicity=rules.ethnicity_group(rules.first_known(records, "self_defined_ethnicity")),
        residence=rules.first_known(records, "local_authority"),
        offence_group=rules.index_group(row.facts.get("offence_classes") or ()),
        baseline=rules.covariates(row.facts) | measured.baseline,
        ends=(*_ends(known.told.get(id, ()), on), *_lost(until, on, last)),
        spells=spells,
        custody_day=first_in_custody(spells),
        events=tuple(_events(known.told.get(id, ()), on, min(until or on, last), judged)),
        distance_travelled=measures.distance(known.record.needs.get(id, ()), last=last),
        cost_pence=measured.cost_pence,
        wellbeing=measured.wellbeing,
        victim_satisfaction=measured.satisfaction,
    )


def _given(id: UUID, record: queries.OnRecord) -> set[Given]:
    found = {
        Given.STARTED: record.started,
        Given.DEVIATED: record.deviated,
        Given.DISPOSED: record.disposed,
    }
    return {event for event, ids in found.items() if id in ids}


def _ends(told: Sequence[Any], on: date) -> list[Ended]:
    return [
        Ended(EndOfObservation(each.kind), day_of(each.from_on, allocated_on=on))
        for each in told
        if each.kind in ENDS
    ]


def _lost(until: date | None, on: date, last: date) -> list[Ended]:
    """Whoever nobody looked for until the last day was observed no longer than they looked."""
    if until is not None and until >= last:
        return []
    return [Ended(EndOfObservation.LOST, day_of(until or on, allocated_on=on))]


def _events(told: Sequence[Any], on: date, until: date, judged: Judged) -> list[Happened]:
    found = []
    for each in told:
        for counted in judged.definitions.measures if each.kind in EVENTS else ():
            day = counted_on(
                counted,
                each,
                allocated_on=on,
                followed_until=until,
                definitions=judged.definitions,
            )
            if day is None:
                continue
            happened = Happened(
                measure=counted.measure,
                day=day,
                offence_group=judged.classes.get(each.offence_code or ""),
                harm_days=harm_of(each.offence_code, judged.weights),
                proactively_detected=each.proactively_detected,
            )
            found.append(happened)
    return found
