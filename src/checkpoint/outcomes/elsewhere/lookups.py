"""Look up what the manifests of a trial from elsewhere named, edition by edition."""

from collections.abc import Iterable
from itertools import dropwhile, pairwise
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.foundation.database import rows_of
from checkpoint.outcomes.cuts.states import Origin
from checkpoint.outcomes.elsewhere.queries import EDITIONS
from checkpoint.outcomes.elsewhere.rules import Manifest, definitions_of
from checkpoint.outcomes.elsewhere.tables import TrialEditionEnd

# Only of complete editions is the trial known.
COMPLETE = EDITIONS.where(
    col(TrialEditionEnd.trial_id) == sa.bindparam("trial_id", type_=sa.Uuid())
)


def _since(editions: Iterable[tuple[int, Manifest]]) -> int | None:
    """The last edition that named another than the one before, or the first one, or left it out."""
    for (number, manifest), (_, before) in pairwise(editions):
        if manifest.judged_by != before.judged_by:
            return number
    return None


async def primary_since(session: AsyncSession, cut: Any) -> int | None:
    """From which edition on the primary outcome of a cut's trial is what the cut keeps.

    Args:
        session: the caller's.
        cut: its row.

    Returns:
        The number of the edition; None where no complete edition before it had another, and for a
        trial that runs here, whose definitions never change.
    """
    if cut.origin != Origin.ELSEWHERE:
        return None
    editions = await rows_of(session, COMPLETE, trial_id=cut.trial_id)
    own = dropwhile(lambda each: definitions_of(each.number) != cut.definitions, editions)
    return _since((each.number, Manifest.model_validate(each.manifest)) for each in own)
