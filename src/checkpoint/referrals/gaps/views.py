"""What was counted into views."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from checkpoint.needs.states import LABELS, Pathway
from checkpoint.referrals.gaps.counts import Counted
from checkpoint.referrals.gaps.facts import Loop, PathwayGap, in_words, loop_told
from checkpoint.referrals.gaps.schemas import (
    GapsView,
    GapView,
    LoopView,
    PathwayGapView,
    SummaryView,
)

# Said whether or not a row is left out: that one is would tell of somebody.
SUPPRESSED = (
    "Numbers under ten are not told, and others are rounded to the nearest five. A provider of "
    "whom every number is under ten is left out, so an empty list does not mean no referrals."
)


def _period(counted: Counted) -> dict[str, Any]:
    suites = None if counted.everybody else sorted(counted.by.suites)
    return {
        "since": counted.since,
        "until": counted.until,
        "of_suites": suites,
        "exact": not counted.everybody,
    }


def summary_view(
    counted: Counted, loops: Mapping[tuple[Pathway, UUID], Loop], names: Mapping[UUID, str]
) -> SummaryView:
    """By pathway and provider; a row of which nothing may be told is left out."""
    order = [*Pathway]
    items = []
    for (pathway, id), loop in sorted(
        loops.items(), key=lambda each: (order.index(each[0][0]), names[each[0][1]], each[0][1])
    ):
        told = loop_told(loop, exact=not counted.everybody)
        if counted.everybody and not any(value is not None for value in told.values()):
            continue
        row = LoopView(
            pathway=pathway,
            label=LABELS[pathway],
            organization_id=id,
            organization_name=names[id],
            **told,
        )
        items.append(row)
    note = SUPPRESSED if counted.everybody else None
    return SummaryView(**_period(counted), note=note, items=items)


def gaps_view(counted: Counted, found: Sequence[PathwayGap]) -> GapsView:
    """By pathway and district, with a sentence for each pathway."""
    return GapsView(
        **_period(counted),
        items=[
            PathwayGapView(
                pathway=each.pathway,
                label=LABELS[each.pathway],
                whole=GapView.model_validate(each.whole),
                districts=[GapView.model_validate(row) for row in each.districts],
                words=in_words(LABELS[each.pathway], each.whole),
            )
            for each in found
        ],
    )
