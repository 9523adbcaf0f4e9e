"""What was assessed, as its readers are shown it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
from checkpoint.foundation import errors
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep
from checkpoint.needs.facts import missing_of, not_confirmed_of
from checkpoint.needs.questions import Instrument
from checkpoint.needs.schemas import (
    AnswerView,
    AssessmentLineView,
    AssessmentView,
    CompletedView,
    DistanceView,
    ExternalScoreView,
    MomentView,
    NeedsFormView,
    PathwayView,
    ScoreView,
    StatementView,
    TravelView,
)
from checkpoint.needs.scoring import distance, in_words, why_no_distance
from checkpoint.needs.states import LABELS, AssessmentState, Pathway, StatementKind

ROLE = "Your role does not allow this; ask a custody officer."
UNREADY = "Something is missing. Save it, too; not_known is an answer."
COMPARISON = "/v1/custody-records/{record_id}/distance-travelled"
AS_KEPT = (
    "pathway",
    "score",
    "score_at_least",
    "score_at_most",
    "highest",
    "level",
    "linked_to_offending",
    "link_carried_over",
    "not_assessed_reason",
)


def may_not(by: Actor) -> str | None:
    """Why this reader may record nothing here; None when they may."""
    return None if holds(by.role, Permission.ASSESS_NEEDS) else ROLE


def _scored(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AS_KEPT} | {
        "label": LABELS[row.pathway],
        "complete": row.score is not None,
        "level_label": LABELS[row.level] if row.level is not None else None,
    }


def shown_completed(found: Any, scores: Mapping[Pathway, Any]) -> CompletedView:
    """What a completed assessment came to."""
    return CompletedView(
        number=found.number,
        assessed_at=found.assessed_at,
        prefilled_from=found.prefilled_from_id,
        corrects=found.corrects_id,
        correction_reason=found.correction_reason,
        corrected_by=found.corrected_by,
        completed_at=found.completed_at,
        completed_by=found.completed_by,
        scores=[ScoreView(**_scored(row)) for row in scores.values()],
    )


def line_of_completed(found: Any, scores: Mapping[Pathway, Any]) -> AssessmentLineView:
    """A completed assessment in a list."""
    return AssessmentLineView(
        id=found.id,
        custody_record_id=found.custody_record_id,
        state=AssessmentState.COMPLETED,
        timepoint=found.timepoint,
        instrument_version=found.instrument_version,
        begun_at=found.begun_at or found.completed_at,
        begun_by=found.begun_by or found.completed_by,
        saved_at=None,
        completed=shown_completed(found, scores),
        next_steps=[],
    )


def missing_of_draft(draft: Any, instrument: Instrument) -> list[str]:
    """What a half-done assessment still lacks, by its own instrument."""
    return missing_of(NeedsFormView.model_validate(draft.content), instrument)


def line_of_draft(draft: Any, instrument: Instrument, *, by: Actor) -> AssessmentLineView:
    """A half-done assessment in a list."""
    return AssessmentLineView(
        id=draft.id,
        custody_record_id=draft.custody_record_id,
        state=AssessmentState.DRAFT,
        timepoint=draft.content.get("timepoint"),
        instrument_version=instrument.version,
        begun_at=draft.begun_at,
        begun_by=draft.begun_by,
        saved_at=draft.saved_at,
        completed=None,
        next_steps=draft_steps(draft.id, missing_of_draft(draft, instrument), by=by),
    )


def shown_draft(draft: Any, instrument: Instrument, *, by: Actor) -> AssessmentView:
    """A half-done assessment with all that it says so far."""
    form = NeedsFormView.model_validate(draft.content)
    return AssessmentView(
        **dict(line_of_draft(draft, instrument, by=by)),
        form=form,
        missing=missing_of(form, instrument),
        not_confirmed=not_confirmed_of(form),
        pathways=[],
        external_scores=[],
    )


def shown_assessment(
    found: Any,
    instrument: Instrument,
    scores: Mapping[Pathway, Any],
    answers: Mapping[UUID, Sequence[Any]],
    statements: Mapping[tuple[UUID, StatementKind], Sequence[Any]],
    external: Sequence[Any],
) -> AssessmentView:
    """A completed assessment with everybody's words, in those of its instrument."""
    labels = {each.code: each.label for each in instrument.external_scores}
    return AssessmentView(
        **dict(line_of_completed(found, scores)),
        form=None,
        missing=[],
        not_confirmed=[],
        pathways=[
            PathwayView(
                **_scored(row),
                not_assessed_words=row.not_assessed_words,
                own_view=row.own_view,
                answers=_answers(answers.get(row.id, ()), instrument, row.pathway),
                strengths=_stated(statements.get((row.id, StatementKind.STRENGTH), ())),
                statements=_stated(statements.get((row.id, StatementKind.STATEMENT), ())),
            )
            for row in scores.values()
        ],
        external_scores=[
            ExternalScoreView(code=row.code, label=labels[row.code], score=row.score)
            for row in external
        ],
    )


def _answers(rows: Sequence[Any], instrument: Instrument, pathway: Pathway) -> list[AnswerView]:
    given = {row.question: row for row in rows}
    return [
        AnswerView(
            question=question.code,
            words=question.words,
            option=given[question.code].option,
            label=next(
                (o.label for o in question.options if o.code == given[question.code].option),
                "Not known",
            ),
            score=question.score_of(given[question.code].option),
            carried_over=given[question.code].carried_over,
        )
        for question in instrument.of(pathway).questions
        if question.code in given
    ]


def _stated(rows: Sequence[Any]) -> list[StatementView]:
    return [StatementView.model_validate(row) for row in rows]


def _step(name: str, method: str, href: str, why_not: str | None) -> NextStep:
    return NextStep(step=name, method=method, href=href, allowed=why_not is None, why_not=why_not)


def draft_steps(draft_id: UUID, missing: Sequence[str], *, by: Actor) -> list[NextStep]:
    """A draft goes on, or is completed once nothing is missing."""
    here, why_not = f"/v1/needs-assessments/{draft_id}", may_not(by)
    unready = why_not or (UNREADY if missing else None)
    completing = _step("complete_needs_draft", "POST", f"{here}/completion", unready)
    return [
        _step("save_needs_draft", "PATCH", here, why_not),
        completing.model_copy(update={"missing": [*missing]}),
    ]


def case_steps(
    record_id: UUID,
    *,
    hindered: errors.Refusal | None,
    has_draft: bool,
    completed: int,
    by: Actor,
) -> list[NextStep]:
    """Somebody is assessed, from a form that is filled in already where there was one before."""
    here = f"/v1/custody-records/{record_id}/needs-assessments"
    told = f"{hindered.title}. {hindered.detail}" if hindered else None
    if has_draft:
        told = "One is half-done; go on with that."
    why_not = may_not(by) or told
    steps = [_step("assess_needs", "POST", here, why_not)]
    if completed:
        steps.append(_step("read_prefilled_needs", "GET", f"{here}/prefilled", None))
    if completed > 1:
        href = COMPARISON.format(record_id=record_id)
        steps.append(_step("read_distance_travelled", "GET", href, None))
    return steps


def shown_distance(
    earlier: Any, later: Any, scores: Mapping[UUID, Mapping[Pathway, Any]]
) -> DistanceView:
    """How far somebody has come between two assessments that can be compared."""
    place = COMPARISON.format(record_id=earlier.custody_record_id)
    pairs = [(scores[earlier.id][each], scores[later.id][each]) for each in Pathway]
    return DistanceView(
        custody_record_id=earlier.custody_record_id,
        earlier=_moment(earlier),
        later=_moment(later),
        pathways=[_travelled(first, second) for first, second in pairs],
        picture=f"{place}.svg?from={earlier.id}&to={later.id}",
    )


def _moment(found: Any) -> MomentView:
    return MomentView(
        assessment_id=found.id,
        timepoint=found.timepoint,
        label=LABELS[found.timepoint],
        assessed_at=found.assessed_at,
        instrument_version=found.instrument_version,
        corrected_by=found.corrected_by,
    )


def _travelled(first: Any, second: Any) -> TravelView:
    assessed = (first.not_assessed_reason is None, second.not_assessed_reason is None)
    why_not = why_no_distance(first.score, second.score, assessed=assessed)
    highest = first.highest
    return TravelView(
        pathway=first.pathway,
        label=LABELS[first.pathway],
        highest=highest,
        score_from=first.score,
        score_to=second.score,
        level_from=first.level,
        level_to=second.level,
        difference=distance(first.score, second.score),
        why_not=why_not,
        words=in_words(first.pathway, first.score, second.score, highest=highest, why_not=why_not),
    )
