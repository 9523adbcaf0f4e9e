"""What waits for somebody's answer, or for somebody to be there again: selects like those of cases."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col

from checkpoint.allocation.tables import Allocation
from checkpoint.custody import queries as custody
from checkpoint.delivery.tables import Crossover, CrossoverAnswer
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.journey.worklist.cases import (
    CASES,
    PRESENT,
    READER,
    RECORD,
    Reach,
    has_read,
    of_case,
    of_nobody,
)
from checkpoint.monitor.tables import Unblinding, UnblindingAnswer
from checkpoint.navigators.queries import COVERS
from checkpoint.navigators.staff import queries as staff
from checkpoint.navigators.staff.tables import Absence, Clearance, Navigator
from checkpoint.navigators.tables import Assignment, Cover, Offer, OfferAnswer
from checkpoint.oversight.tables import EligibilityOverride, OverrideAnswer
from checkpoint.trials.tables import Trial

TODAY = sa.bindparam("today", type_=sa.Date())
WORKS = sa.or_(col(Navigator.last_day).is_(None), col(Navigator.last_day) >= TODAY)
# By another name than the reader's caseload has, which is put inside.
HELD, LATER = aliased(Assignment), aliased(Offer)
OPEN = (
    ~sa.exists().where(col(OfferAnswer.handover_id) == col(Offer.id)),
    ~sa.exists().where(
        col(LATER.assignment_id) == col(Offer.assignment_id), col(LATER.number) > col(Offer.number)
    ),
    sa.or_(col(Offer.cover_last_day).is_(None), col(Offer.cover_last_day) >= TODAY),
)


def _offers() -> Any:
    """Offers that can still be answered, as ``navigators.handovers`` lists them."""
    return (
        sa.select(*of_case(col(Offer.offered_at), col(Offer.id), col(Offer.id)))
        .join_from(
            Offer,
            HELD,
            sa.and_(col(HELD.id) == col(Offer.assignment_id), col(HELD.ended_at).is_(None)),
        )
        .join(RECORD, RECORD.c.id == col(HELD.custody_record_id))
        .where(*OPEN)
    )


def handover_offered(reach: Reach) -> Any:  # noqa: ARG001 - it is about whoever asks
    mine = col(Navigator.id) == col(Offer.to_navigator_id)
    whose = (col(Navigator.actor_id) == READER, WORKS, custody.OPEN)
    return _offers().join(Navigator, mine).where(*whose)


TEAM: Mapping[Reach, Any] = {
    Reach.SUITES: staff.IN_TEAM,
    Reach.CASELOAD: col(Navigator.actor_id) == READER,
}
RENEWED, PUT_RIGHT = aliased(Clearance), aliased(Absence)


def clearance_expiring(reach: Reach) -> Any:
    """The last induction and the last vetting of navigators who work here."""
    last = ~sa.exists().where(
        col(RENEWED.navigator_id) == col(Clearance.navigator_id),
        col(RENEWED.kind) == col(Clearance.kind),
        col(RENEWED.number) > col(Clearance.number),
    )
    words = sa.cast(col(Clearance.kind), sa.String())
    return (
        sa.select(*of_nobody(col(Clearance.last_day), col(Clearance.id), col(Navigator.id), words))
        .join_from(Clearance, Navigator, col(Navigator.id) == col(Clearance.navigator_id))
        .where(TEAM[reach], WORKS, last)
    )


COVERED = sa.exists().where(col(Cover.assignment_id) == col(Assignment.id), COVERS)
# Beside the navigator, so that their cases are counted once.
ALONE = (
    sa.select(sa.func.count().label("uncovered"))
    .select_from(Assignment)
    .where(col(Assignment.navigator_id) == col(Navigator.id))
    .where(col(Assignment.ended_at).is_(None), ~COVERED)
    .correlate(Navigator)
    .lateral("alone")
)
UNCOVERED = ALONE.c.uncovered


def navigator_absent(reach: Reach) -> Any:
    """Absences that are not over, of navigators who hold cases that nobody covers."""
    replaced = sa.exists().where(col(PUT_RIGHT.replaces_id) == col(Absence.id))
    words = sa.cast(UNCOVERED, sa.String())
    return (
        sa.select(*of_nobody(col(Absence.absent_from), col(Absence.id), col(Navigator.id), words))
        .join_from(Absence, Navigator, col(Navigator.id) == col(Absence.navigator_id))
        .join(ALONE, sa.true())
        .where(TEAM[reach], ~replaced, ~col(Absence.taken_away), UNCOVERED > 0)
        .where(sa.or_(col(Absence.last_day).is_(None), col(Absence.last_day) >= TODAY))
    )


def navigator_left(reach: Reach) -> Any:
    """Last days at work that are over, of navigators who still hold cases that nobody covers."""
    last_day = col(Navigator.last_day)
    words = sa.cast(UNCOVERED, sa.String())
    return (
        sa.select(*of_nobody(last_day, col(Navigator.id), col(Navigator.id), words))
        .join_from(Navigator, ALONE, sa.true())
        .where(TEAM[reach], last_day < TODAY, UNCOVERED > 0)
    )


def override_waiting(reach: Reach) -> Any:
    """Overrides of present decisions that somebody else proposed."""
    answered = sa.exists().where(
        col(OverrideAnswer.eligibility_override_id) == col(EligibilityOverride.id)
    )
    rows = of_case(
        col(EligibilityOverride.proposed_at),
        col(EligibilityOverride.id),
        col(EligibilityOverride.id),
    )
    return (
        sa.select(*rows)
        .join_from(
            EligibilityOverride,
            EligibilityDecision,
            col(EligibilityDecision.id) == col(EligibilityOverride.eligibility_decision_id),
        )
        .join(RECORD, RECORD.c.id == col(EligibilityDecision.custody_record_id))
        .where(CASES[reach], PRESENT, ~answered, col(EligibilityOverride.proposed_by) != READER)
    )


def crossover_waiting(reach: Reach) -> Any:
    """Crossovers that somebody else proposed, for those who have been shown the arm."""
    answered = sa.exists().where(col(CrossoverAnswer.crossover_id) == col(Crossover.id))
    return (
        sa.select(*of_case(col(Crossover.proposed_at), col(Crossover.id), col(Crossover.id)))
        .join_from(Crossover, Allocation, col(Allocation.id) == col(Crossover.allocation_id))
        .join(RECORD, RECORD.c.id == col(Allocation.custody_record_id))
        .where(CASES[reach], ~answered, col(Crossover.proposed_by) != READER)
        .where(has_read(col(Allocation.id)))
    )


def unblinding_waiting(reach: Reach) -> Any:  # noqa: ARG001 - a trial is nobody's case
    """Unblindings that somebody else proposed; of one case, too, the trial alone is named."""
    answered = sa.exists().where(col(UnblindingAnswer.unblinding_id) == col(Unblinding.id))
    proposed = (col(Unblinding.proposed_at), col(Unblinding.id), col(Unblinding.id))
    return (
        sa.select(*of_nobody(*proposed, col(Trial.code)))
        .join_from(Unblinding, Trial, col(Trial.id) == col(Unblinding.trial_id))
        .where(~answered, col(Unblinding.proposed_by) != READER)
    )
