"""How many cases stand where, and why: one statement, so that all counts are of the same cases."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH, array
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.consent.references import label_of
from checkpoint.consent.states import ConsentAnswer
from checkpoint.eligibility.facts import FACTS
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.database import rows_of
from checkpoint.journey import cases
from checkpoint.journey.cases import word
from checkpoint.journey.schemas import (
    CountsView,
    CriterionCountView,
    DecliningCountView,
    MissingCountView,
    ReasonCountView,
    StageCountView,
)
from checkpoint.journey.stages import MEANING, NO_REASON, REACHED, Stage

COUNTED = (
    "Custody records, one for each arrest. Whoever was arrested twice counts twice; a person "
    "nowhere counts as such."
)
KINDS = ("stage", "reason", "criterion", "supervisor", "declining", "fact")
# A path that leads no deeper: the value itself, as text.
NOWHERE: Any = array([], type_=sa.Text())
UNTOLD = sa.cast(sa.null(), sa.String())


async def of_all(session: AsyncSession, *, actor: Actor, **narrow: Any) -> Sequence[Any]:
    """The counts of the reader's suites, narrowed by whatever is given.

    Returns:
        Rows of ``records`` by ``name``. What the name is says ``kind``: a stage, the reason why not
        screened, a criterion that is not met (``told`` is its question, ``alone`` those refused
        by it alone), a supervisor who refused where the rules did not, why somebody declined, or a
        fact that is wanted.
    """
    asked = {name: value for name, value in narrow.items() if value is not None}
    asked |= cases.scope_of(actor)
    return await rows_of(session, _counted(frozenset(asked)), **asked)


@cache
def _counted(names: frozenset[str]) -> Any:
    """Built once for each way of narrowing."""
    case = _arrested(names)
    criterion = (
        sa.func.jsonb_array_elements_text(case.c.against).table_valued("value").lateral("criterion")
    )
    fact = sa.func.jsonb_array_elements_text(case.c.missing).table_valued("value").lateral("fact")
    records = sa.func.count(case.c.id.distinct())
    alone = records.filter(sa.func.jsonb_array_length(case.c.against) == 1)
    return sa.union_all(
        _of("stage", case.c.stage, records).group_by(case.c.stage),
        _of("reason", case.c.reason, records)
        .where(case.c.stage == word(Stage.NOT_SCREENED))
        .group_by(case.c.reason),
        _criteria(case, criterion, records, alone),
        _of("supervisor", word(Stage.INELIGIBLE), records.filter(case.c.by_supervisor)),
        _of("declining", case.c.declining, records)
        .where(case.c.declining.is_not(None))
        .group_by(case.c.declining),
        _of("fact", fact.c.value, records)
        .select_from(case.join(fact, sa.true()))
        .group_by(fact.c.value),
    )


def _arrested(names: frozenset[str]) -> Any:
    """Every case that is counted, with what it is counted by."""
    return (
        sa.select(
            cases.RECORD.c.id,
            cases.STAGE.label("stage"),
            sa.func.coalesce(cases.OMITTED, word(NO_REASON)).label("reason"),
            sa.case((word(Stage.INELIGIBLE) == cases.STAGE, cases.PRESENT.c.not_met)).label(
                "against"
            ),
            sa.and_(
                word(Stage.INELIGIBLE) == cases.STAGE,
                cases.PRESENT.c.verdict != Verdict.INELIGIBLE,
            ).label("by_supervisor"),
            sa.case((word(Stage.DECLINED) == cases.STAGE, cases.DECLINING)).label("declining"),
            cases.MISSING.label("missing"),
            sa.cast(cases.PRESENT.c.id, sa.String()).label("decision_id"),
        )
        .select_from(cases.CASES)
        .where(*(cases.NARROWING[name] for name in sorted(names)))
        .cte("arrested")
    )


def _criteria(case: Any, criterion: Any, records: Any, alone: Any) -> Any:
    """Each with its question as the last decision among them asked it."""
    code = criterion.c.value.label("code")
    last = sa.func.max(case.c.decision_id).label("last")
    found = (
        sa.select(code, records.label("records"), alone.label("alone"), last)
        .select_from(case.join(criterion, sa.true()))
        .group_by(code)
        .subquery("found")
    )
    asked = sa.func.jsonb_path_query_first(
        cases.LATER.c.findings,
        sa.cast("$[*] ? (@.code == $code).question", JSONPATH),
        sa.func.jsonb_build_object("code", found.c.code),
        type_=JSONB,
    )
    question = (
        sa.select(asked.op("#>>")(NOWHERE))
        .where(cases.LATER.c.id == sa.cast(found.c.last, sa.Uuid()))
        .scalar_subquery()
    )
    return _of("criterion", found.c.code, found.c.records, question, found.c.alone)


def _of(kind: str, name: Any, records: Any, told: Any = UNTOLD, alone: Any = 0) -> Any:
    return sa.select(
        word(kind).label("kind"),
        name.label("name"),
        records.label("records"),
        told.label("told"),
        (sa.literal(0) if alone == 0 else alone).label("alone"),
    )


def view(rows: Sequence[Any]) -> CountsView:
    """The counts with their meanings, the largest first where there is no order of their own."""
    found: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for row in sorted(rows, key=lambda row: (-row.records, row.name)):
        found[row.kind].append(row)
    at = dict.fromkeys(Stage, 0) | {Stage(row.name): row.records for row in found["stage"]}
    arrested = sum(at.values())
    screened = arrested - at[Stage.NOT_SCREENED]
    return CountsView(
        **_reasons(found),
        counted=COUNTED,
        arrested=arrested,
        screened=screened,
        decided=screened - at[Stage.SCREENING],
        **{name: sum(at[stage] for stage in stages) for name, stages in REACHED.items()},
        stages=[
            StageCountView(stage=stage, meaning=MEANING[stage], records=records)
            for stage, records in at.items()
        ],
        by_supervisor=sum(row.records for row in found["supervisor"]),
    )


def _reasons(found: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Why cases are where they are."""
    return {
        "not_screened": [
            ReasonCountView(reason=row.name, records=row.records) for row in found["reason"]
        ],
        "ineligible": [
            CriterionCountView(
                criterion=row.name, question=row.told, records=row.records, alone=row.alone
            )
            for row in found["criterion"]
        ],
        "declined": [
            DecliningCountView(
                reason_code=row.name,
                reason=label_of(ConsentAnswer.DECLINED, row.name),
                records=row.records,
            )
            for row in found["declining"]
        ],
        "pending": [
            MissingCountView(
                fact=row.name,
                question=FACTS[row.name].question if row.name in FACTS else row.name,
                records=row.records,
            )
            for row in found["fact"]
        ],
    }
