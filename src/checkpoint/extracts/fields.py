"""Which fields an extract of a data cut may have, and what is withheld until arms are told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from checkpoint.extracts.choosing import as_asked, chosen, not_offered
from checkpoint.extracts.columns import (
    Column,
    Covariate,
    CovariateKind,
    Kind,
    offered,
)
from checkpoint.extracts.hierarchies import harmless
from checkpoint.extracts.states import FieldsWithheld, Product
from checkpoint.foundation.database import rows_of
from checkpoint.monitor import queries as monitor
from checkpoint.outcomes.cuts.states import Measure

# Everybody of a cut has the same covariates; these are enough to see of what kind each is.
LOOKED_AT = 1_000
COVARIATES = sa.text(f"""
    SELECT held.key AS name, array_agg(DISTINCT jsonb_typeof(held.value)) AS kinds
      FROM (SELECT baseline FROM cut_participant WHERE cut_id = :cut_id LIMIT {LOOKED_AT}) AS looked,
           jsonb_each(looked.baseline) AS held
     WHERE jsonb_typeof(held.value) <> 'null'
     GROUP BY held.key ORDER BY held.key
""").bindparams(sa.bindparam("cut_id", type_=sa.Uuid()))  # noqa: S608 - a number of our own
KINDS = {"number": CovariateKind.NUMBER, "boolean": CovariateKind.YES_NO}
# What people may be counted by: groups, and nothing that is measured in steps.
COUNTED_BY = frozenset(
    {Kind.CODE, Kind.YES_NO, Kind.AGE, Kind.ETHNICITY, Kind.OFFENCE, Kind.PLACE, Kind.SEX,
     Kind.QUARTER}
)  # fmt: skip
WITHHELD = "It would tell which mask is which arm; the trial is not unblinded."


async def covariates(session: AsyncSession, cut: Any) -> list[Covariate]:
    """What else a cut holds of people at allocation, in the words of its programme, if it has any."""
    return [
        covariate(row.name, kind_of(row.kinds), (cut.covariates or {}).get(row.name))
        for row in await rows_of(session, COVARIATES, cut_id=cut.id)
    ]


def covariate(name: str, kind: CovariateKind, told: Mapping[str, Any] | None) -> Covariate:
    """A covariate as its programme describes it.

    Args:
        name: as the cut has it.
        kind: what its values are.
        told: its ``label`` and what its ``codes`` mean; None: the cut was taken without.

    Returns:
        With a title and words that no spreadsheet takes for a formula; without either of the
        programme's, the title is the name.
    """
    if told is None:
        return Covariate(name, kind, name.replace("_", " ").capitalize())
    words = {code: harmless(meaning) for code, meaning in told["codes"].items()}
    return Covariate(name, kind, harmless(told["label"]), words)


def kind_of(kinds: Sequence[str]) -> CovariateKind:
    """What a covariate is, by the types of its values in JSON."""
    return KINDS.get(kinds[0], CovariateKind.CODE) if len(kinds) == 1 else CovariateKind.CODE


async def of_cut(
    session: AsyncSession, cut: Any, *, unblinded: bool | None = None
) -> tuple[Column, ...]:
    """The columns of people that an extract of a cut may have now.

    Args:
        session: the caller's.
        cut: the data cut.
        unblinded: as if the trial's arms were told, or were not; None: as they are.
    """
    if unblinded is None:
        unblinded = await monitor.is_unblinded(session, cut.trial_id)
    return offered(
        [Measure(measure) for measure in cut.measures],
        await covariates(session, cut),
        unblinded=unblinded,
    )


def countable(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Those of them that people may be counted by; by their arm they are counted anyway."""
    return tuple(each for each in columns if each.kind in COUNTED_BY and each.quasi)


async def check(
    session: AsyncSession,
    cut: Any,
    product: Product,
    names: Sequence[str],
    *,
    sources: Sequence[str] | None = None,
    exempt: Sequence[str] = (),
    events: bool = False,
) -> tuple[Column, ...]:
    """The columns that were asked for, if they may be given now.

    Args:
        session: the caller's.
        cut: the data cut.
        product: rows of people, or counts.
        names: that were asked for.
        sources: what each was made of when it was asked for; None: what it is made of now.
        exempt: see ``chosen``.
        events: see ``chosen``.

    Returns:
        In the order in which they are offered.

    Raises:
        FieldsWithheld: one tells the arms of a trial that is not unblinded.
        FieldNotOffered: there is no such field, or people are not counted by it.
    """
    now = as_asked(await of_cut(session, cut), names, sources)
    whole = as_asked(await of_cut(session, cut, unblinded=True), names, sources)
    later = {each.name for each in whole}
    withheld = sorted({*names} & (later - {each.name for each in now}))
    if withheld:
        detail = f"Leave out {', '.join(withheld)}, or wait until two people unblind it."
        places = [place for place, name in enumerate(names) if name in withheld]
        raise FieldsWithheld(
            detail,
            errors=[
                {"pointer": f"#/fields/{place}", "code": "field-withheld", "detail": WITHHELD}
                for place in places
            ],
        )
    if product is Product.AGGREGATES:
        counted = countable(now)
        offers = [each.name for each in counted]
        wrong = [f"#/fields/{n}" for n, name in enumerate(names) if name not in offers]
        wrong += [f"#/exempt/{n}/field" for n, _ in enumerate(exempt)]
        if wrong:
            raise not_offered("Count by fields that are groups, with none exempt.", wrong, offers)
        return tuple(each for each in counted if each.name in names)
    return chosen(names, now, exempt=exempt, events=events)
