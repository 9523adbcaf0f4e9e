"""Builds and releases into views; no session."""

from typing import Any

from checkpoint.access.permissions import Permission, holds
from checkpoint.extracts import rules
from checkpoint.extracts.builds.schemas import BuildView, ReleaseView, ReportView, TablesView
from checkpoint.extracts.states import LABELS, LIVE, BuildState
from checkpoint.foundation.actors import Actor
from checkpoint.foundation.schemas import NextStep


def place_of(row: Any) -> str:
    """Where a build's progress is told."""
    return f"/v1/extracts/{row.request_id}/builds/{row.number}"


def build(row: Any, *, by: Actor) -> BuildView:
    """How far a build is, and what this reader may do about it."""
    return BuildView(
        extract_id=row.request_id,
        number=row.number,
        state=row.state,
        meaning=LABELS[BuildState(row.state)],
        stage=row.stage,
        stage_meaning=LABELS[row.stage],
        percent=rules.percent(row.done, row.total),
        fault=row.fault,
        fault_meaning=LABELS[row.fault] if row.fault else None,
        attempts=row.attempts,
        asked_at=row.asked_at,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        next_steps=_steps(row, by=by),
    )


def _steps(row: Any, *, by: Actor) -> list[NextStep]:
    if row.state not in LIVE:
        return []
    why_not = None
    if not holds(by.role, Permission.BUILD_EXTRACT):
        why_not = "Your role does not allow this."
    elif row.cancelled_at is not None:
        why_not = "It is being cancelled."
    return [
        NextStep(
            step="cancel_extract_build",
            method="POST",
            href=f"{place_of(row)}/cancellation",
            allowed=why_not is None,
            why_not=why_not,
        )
    ]


def release(row: Any) -> ReleaseView:
    """A line of the register."""
    told = {"extract_id", "meaning"}
    fields = ReleaseView.model_fields.keys() - told
    return ReleaseView(
        **{name: getattr(row, name) for name in fields},
        extract_id=row.request_id,
        meaning=LABELS[row.label],
    )


def report(row: Any) -> ReportView:
    """The disclosure report of a release."""
    return ReportView(
        extract_id=row.request_id, digest=row.digest, label=row.label, report=row.report
    )


def tables(row: Any) -> TablesView:
    """The tables of a release of aggregates."""
    return TablesView(extract_id=row.request_id, digest=row.digest, tables=row.counts)
