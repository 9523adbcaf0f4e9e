"""Requests for extracts into views; no session."""

from typing import Any

from checkpoint.access.permissions import Permission, holds
from checkpoint.extracts.builds import views as builds
from checkpoint.extracts.builds.schemas import (
    AnswerView,
    AssessmentView,
    EndingView,
    ExtractItemView,
    ExtractView,
    FieldView,
)
from checkpoint.extracts.columns import Column
from checkpoint.extracts.queries import Extract
from checkpoint.extracts.states import (
    LABELS,
    LIVE,
    EndingKind,
    Product,
    RequestState,
)
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep

DERIVED = {
    "state",
    "meaning",
    "fields",
    "answers",
    "assessments",
    "builds",
    "release",
    "key_destroyed_at",
    "ending",
    "next_steps",
}
NOT_YOURS = "Your role does not allow this."


def extract(found: Extract, *, by: Actor) -> ExtractView:
    """An extract, what was said of it, and what this reader may do about it."""
    request = found.request
    fields = ExtractView.model_fields.keys() - DERIVED
    return ExtractView(
        **{name: getattr(request, name) for name in fields},
        state=found.state,
        meaning=LABELS[found.state],
        fields=request.columns,
        answers=[AnswerView.model_validate(row) for row in found.answers],
        assessments=[_assessment(row) for row in found.assessments],
        builds=[builds.build(row, by=by) for row in found.builds],
        release=builds.release(found.releases[0]) if found.releases else None,
        key_destroyed_at=request.destroyed_at,
        ending=_ending(found),
        next_steps=_steps(found, by=by),
    )


def item(row: Any, *, state: RequestState) -> ExtractItemView:
    """A line of the list."""
    fields = ExtractItemView.model_fields.keys() - {"state", "meaning"}
    return ExtractItemView(
        **{name: getattr(row, name) for name in fields}, state=state, meaning=LABELS[state]
    )


def field(column: Column, *, withheld: str | None = None) -> FieldView:
    """A field that may be asked for, or may later."""
    return FieldView(
        name=column.name,
        title=column.title,
        description=column.description,
        codes=dict(column.words),
        quasi_identifier=column.quasi,
        withheld=withheld,
    )


def _assessment(row: Any) -> AssessmentView:
    fields = AssessmentView.model_fields.keys() - {"meaning"}
    return AssessmentView(
        **{name: getattr(row, name) for name in fields}, meaning=LABELS[row.verdict]
    )


def _ending(found: Extract) -> EndingView | None:
    if found.state is not RequestState.ENDED:
        return None
    request = found.request
    kind = request.ending or EndingKind.EXPIRED
    return EndingView(
        kind=kind, meaning=LABELS[kind], words=request.ending_words, ended_at=request.ended_at
    )


def _steps(found: Extract, *, by: Actor) -> list[NextStep]:
    """What may be done with an extract now."""
    state, steps = found.state, []
    if state is RequestState.REQUESTED:
        why = _why_no_answer(found, by)
        steps += [("approve_extract", "POST", "approval", why)]
        steps += [("refuse_extract", "POST", "refusal", why)]
    if state in {RequestState.APPROVED, RequestState.RELEASED}:
        steps += [("build_extract", "POST", "builds", _why_no_build(found, by))]
    if state is RequestState.RELEASED:
        person_level = found.request.product == Product.PERSON_LEVEL
        mine = found.request.requested_by == by.id and holds(by.role, Permission.DOWNLOAD_EXTRACT)
        why = None if mine else "Whoever asked for it downloads it, and nobody else."
        steps += [("download_extract", "GET", "package", why)]
        if not person_level:
            steps += [("read_extract_tables", "GET", "tables", why)]
        assess = _why_no_answer(found, by, deciding=False)
        steps += [("assess_extract", "POST", "assessments", assess)] if person_level else []
    if state not in {RequestState.REFUSED, RequestState.ENDED}:
        steps += [("end_extract", "POST", "ending", _why_no_ending(by))]
    return [
        NextStep(
            step=step,
            method=method,
            href=f"/v1/extracts/{found.request.id}/{noun}",
            allowed=why is None,
            why_not=why,
        )
        for step, method, noun, why in steps
    ]


def _why_no_answer(found: Extract, by: Actor, *, deciding: bool = True) -> str | None:
    if found.request.requested_by == by.id:
        return "You asked for it; somebody else does this."
    if not holds(by.role, Permission.APPROVE_EXTRACT):
        return NOT_YOURS
    if deciding and by.id in {row.answered_by for row in found.answers}:
        return "You approved it; somebody else has to, too."
    return None


def _why_no_build(found: Extract, by: Actor) -> str | None:
    if not holds(by.role, Permission.BUILD_EXTRACT):
        return NOT_YOURS
    if found.request.product == Product.PERSON_LEVEL and found.request.sealed is None:
        return "Its key is destroyed."
    if any(row.state in LIVE for row in found.builds):
        return "It is being built already."
    return None


def _why_no_ending(by: Actor) -> str | None:
    return None if holds(by.role, Permission.END_EXTRACT) else NOT_YOURS
