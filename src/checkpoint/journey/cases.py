"""Where every case stands: the one select behind lists and counts, and how it is narrowed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.allocation.tables import Allocation, Enrolment
from checkpoint.consent import queries as consents
from checkpoint.consent.states import ConsentAnswer, ConsentKind, ConsentState
from checkpoint.consent.tables import Consent, ConsentAsking, ConsentWithdrawal
from checkpoint.custody import queries as custody
from checkpoint.custody.circumstances.tables import ScreeningOmission
from checkpoint.custody.lists import Offence
from checkpoint.custody.movements.states import is_late
from checkpoint.custody.reach import queries as reach
from checkpoint.custody.states import ModeOfTrial
from checkpoint.custody.tables import AllegedOffence, CustodyRecord, Screening
from checkpoint.eligibility import lookups
from checkpoint.eligibility.states import Basis, Verdict
from checkpoint.eligibility.tables import EligibilityDecision
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.paging import Listing, Turn
from checkpoint.journey.schemas import CaseView
from checkpoint.journey.stages import (
    OF_CONSENT,
    OF_VERDICT,
    Entered,
    Stage,
    next_of,
    prosecution_deadline,
)
from checkpoint.journey.states import CaseOrder, Whose
from checkpoint.journey.steps.states import BLIND, Position
from checkpoint.oversight.states import Outcome
from checkpoint.oversight.tables import Determination, EligibilityOverride, OverrideAnswer
from checkpoint.people.tables import Person

RECORD, PERSON = CustodyRecord.__table__, Person.__table__
PRESENT = EligibilityDecision.__table__.alias("present")
LATER = EligibilityDecision.__table__.alias("later")
BEGUN = Screening.__table__.alias("begun")
DETERMINED = Determination.__table__.alias("determined")
OVERRIDE = EligibilityOverride.__table__.alias("override")
CONFIRMED = OverrideAnswer.__table__.alias("confirmed")
OMISSION = ScreeningOmission.__table__
# Every case, with its present decision, what people put in its place, and the first saving of its
# screening, where there are any. The database keeps a decision to one confirmed override.


def with_standing(records: Any) -> Any:
    return (
        records.outerjoin(
            PRESENT,
            sa.and_(
                PRESENT.c.custody_record_id == RECORD.c.id,
                ~sa.exists().where(LATER.c.supersedes_id == PRESENT.c.id),
            ),
        )
        .outerjoin(DETERMINED, DETERMINED.c.eligibility_decision_id == PRESENT.c.id)
        .outerjoin(
            OVERRIDE.join(
                CONFIRMED,
                sa.and_(
                    CONFIRMED.c.eligibility_override_id == OVERRIDE.c.id,
                    CONFIRMED.c.outcome == Outcome.CONFIRMED,
                ),
            ),
            OVERRIDE.c.eligibility_decision_id == PRESENT.c.id,
        )
        .outerjoin(BEGUN, sa.and_(BEGUN.c.custody_record_id == RECORD.c.id, BEGUN.c.number == 1))
    )


CASES = with_standing(RECORD)
# What people put in the place of the rules' verdict (``oversight.rules.standing_of`` in SQL), what
# counts of the two, and the last reason given for not screening.
STANDING: Any = sa.func.coalesce(DETERMINED.c.verdict, OVERRIDE.c.verdict)
VERDICT: Any = sa.func.coalesce(STANDING, PRESENT.c.verdict)
OMITTED: Any = (
    sa.select(sa.cast(OMISSION.c.reason, sa.String()))
    .where(OMISSION.c.custody_record_id == RECORD.c.id)
    .order_by(OMISSION.c.number.desc())
    .limit(1)
    .scalar_subquery()
)


def word(value: str) -> Any:
    return sa.literal(value, sa.String())


def last_said(column: Any) -> Any:
    """A column of the last answer to taking part."""
    return (
        consents.LAST_ANSWERS.with_only_columns(column)
        .where(
            col(ConsentAsking.custody_record_id) == RECORD.c.id,
            col(Consent.kind) == ConsentKind.PROGRAMME,
        )
        .correlate(RECORD)
        .scalar_subquery()
    )


# ``consent.states.state_of`` in SQL, of the last answer to taking part.
CONSENT: Any = sa.func.coalesce(
    last_said(
        sa.case(
            (col(ConsentWithdrawal.id).is_not(None), word(ConsentState.WITHDRAWN)),
            (col(Consent.answer) == ConsentAnswer.GIVEN, word(ConsentState.GIVEN)),
            else_=word(ConsentState.DECLINED),
        )
    ),
    word(ConsentState.NOT_ASKED),
)
ENTERED: Any = sa.case(
    *(
        (sa.exists().where(col(table.custody_record_id) == RECORD.c.id), word(entered))
        for table, entered in ((Allocation, Entered.ALLOCATED), (Enrolment, Entered.ENROLLED))
    )
)
# ``stages.stage_of`` in SQL; a test compares the two over everything that can be.
STAGE: Any = sa.case(
    (ENTERED.is_not(None), ENTERED),
    (
        VERDICT == Verdict.ELIGIBLE,
        sa.case({word(state): word(stage) for state, stage in OF_CONSENT.items()}, value=CONSENT),
    ),
    *((verdict == VERDICT, word(stage)) for verdict, stage in OF_VERDICT.items()),
    (BEGUN.c.id.is_not(None), word(Stage.SCREENING)),
    else_=word(Stage.NOT_SCREENED),
)
DECLINING = last_said(sa.cast(col(Consent.reason_code), sa.String()))
BASIS = sa.case(
    (DETERMINED.c.id.is_not(None), word(Basis.DETERMINATION)),
    (OVERRIDE.c.id.is_not(None), word(Basis.OVERRIDE)),
    (PRESENT.c.id.is_not(None), word(Basis.RULES)),
)
MISSING = sa.case((VERDICT == Verdict.PENDING, PRESENT.c.missing))
CHANGED = lookups.entered_since(RECORD, PRESENT)
PUT_RIGHT = lookups.put_right_since(RECORD, PRESENT)


def summary_only(alleged: Any) -> Any:
    """That an alleged offence stands, and only a magistrates' court may try it."""
    right = aliased(AllegedOffence)
    return sa.and_(
        sa.exists().where(
            col(Offence.id) == alleged.offence_id,
            col(Offence.mode_of_trial) == ModeOfTrial.SUMMARY_ONLY,
        ),
        ~sa.exists().where(col(right.replaces_id) == alleged.id),
    )


CLOCKED, SOONER = aliased(AllegedOffence), aliased(AllegedOffence)
OF_RECORD = sa.and_(col(CLOCKED.custody_record_id) == RECORD.c.id, summary_only(CLOCKED))
# The day from which ``stages.prosecution_deadline`` counts; null where nothing is summary only.
EARLIEST = sa.select(sa.func.min(CLOCKED.committed_from)).where(OF_RECORD).scalar_subquery()
FIRST = sa.and_(
    summary_only(CLOCKED),
    ~sa.exists().where(
        col(SOONER.custody_record_id) == col(CLOCKED.custody_record_id),
        sa.tuple_(col(SOONER.committed_from), col(SOONER.id))
        < sa.tuple_(col(CLOCKED.committed_from), col(CLOCKED.id)),
        summary_only(SOONER),
    ),
)
BEFORE = sa.bindparam("committed_before", type_=sa.Date())
SINCE = sa.bindparam("committed_since", type_=sa.Date())
NARROWING: Mapping[str, Any] = {
    "only_suite": RECORD.c.suite == sa.bindparam("only_suite"),
    "suites": custody.OF_SUITE,
    "reader": custody.OPEN,
    "team": reach.OF_TEAM,
    "asks_at": sa.true(),  # of the team
    "suite": RECORD.c.suite == sa.bindparam("suite"),
    "stage": sa.bindparam("stage", type_=sa.String()) == STAGE,
    "missing": sa.and_(
        VERDICT == Verdict.PENDING,
        PRESENT.c.missing.contains(sa.bindparam("missing", type_=JSONB)),
    ),
    "since": RECORD.c.arrested_at >= sa.bindparam("since"),
    "until": RECORD.c.arrested_at < sa.bindparam("until"),
    # What ``EARLIEST`` would say, in a form that can be joined and not only tried row by row.
    "committed_before": sa.exists().where(OF_RECORD, col(CLOCKED.committed_from) < BEFORE),
    "committed_since": sa.and_(
        sa.exists().where(OF_RECORD),
        ~sa.exists().where(OF_RECORD, col(CLOCKED.committed_from) < SINCE),
    ),
}


COLUMNS = (
    *(RECORD.c[name] for name in ("id", "person_id", "reference", "suite", "arrested_at")),
    RECORD.c.arrived_at,
    RECORD.c.opened_at,
    PERSON.c.family_name,
    PERSON.c.given_names,
    STAGE.label("stage"),
    VERDICT.label("verdict"),
    BASIS.label("basis"),
    PRESENT.c.id.label("decision_id"),
    sa.and_(PRESENT.c.id.is_not(None), CHANGED).label("changed"),
    PUT_RIGHT.label("put_right"),
    MISSING.label("missing"),
    CONSENT.label("consent"),
)
OF_PEOPLE = CASES.join(PERSON, PERSON.c.id == RECORD.c.person_id)
# From the days of offences on: of so many tables PostgreSQL takes the first ones first.
OF_DAYS = with_standing(
    sa.join(CLOCKED, RECORD, col(CLOCKED.custody_record_id) == RECORD.c.id).join(
        PERSON, PERSON.c.id == RECORD.c.person_id
    )
)
DAY: Any = col(CLOCKED.committed_from).label("earliest")
LISTINGS: Mapping[CaseOrder, Listing] = {
    CaseOrder.ARREST: Listing(
        sa.select(*COLUMNS, EARLIEST.label("earliest")).select_from(OF_PEOPLE),
        at=RECORD.c.arrested_at,
        id=RECORD.c.id,
        filters=NARROWING,
    ),
    # Walks the days of offences, so that one page need not put all cases in order.
    CaseOrder.DEADLINE: Listing(
        sa.select(*COLUMNS, DAY).select_from(OF_DAYS).where(FIRST),
        at=DAY,
        id=col(CLOCKED.custody_record_id).label("id"),
        filters={
            **NARROWING,
            "committed_before": col(CLOCKED.committed_from) < BEFORE,
            "committed_since": col(CLOCKED.committed_from) >= SINCE,
        },
        soonest=True,
    ),
}


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    turn: Turn,
    order: CaseOrder,
    whose: Whose = Whose.SUITES,
    **narrow: Any,
) -> tuple[list[Any], str | None]:
    """One page of the cases of the reader's suites or of their team, narrowed by what is given."""
    scope = scope_of(actor) if whose is Whose.SUITES else reach.team_of(actor)
    return await LISTINGS[order].page(session, turn, **scope, **narrow)


def scope_of(actor: Actor) -> dict[str, Any]:
    """The reader's suites; a single one by an equality, which keeps to the order of its index."""
    return custody.narrow_scope_of(actor)


def view(row: Any, *, today: date, position: Position = BLIND) -> CaseView:
    """A case as one line of the list; ``position`` is where its work stands, once it came in."""
    deadline, stage = prosecution_deadline(row.earliest), Stage(row.stage)
    return CaseView(
        **{name: getattr(row, name) for name in SHOWN},
        record_id=row.id,
        entered_late=is_late(row.arrived_at, row.opened_at),
        stage=stage,
        missing=list(dict.fromkeys(row.missing or ())),
        prosecution_deadline_on=deadline,
        days_left=None if deadline is None else (deadline - today).days,
        overtaken=row.changed or row.put_right,
        consent=(consent := ConsentState(row.consent)),
        next=next_of(
            stage,
            changed=row.changed,
            put_right=row.put_right,
            consent=consent,
            position=position,
        ),
    )


SHOWN = (
    "reference",
    "suite",
    "family_name",
    "given_names",
    "arrested_at",
    "verdict",
    "basis",
    "decision_id",
)
