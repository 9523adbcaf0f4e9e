"""Sums into what is told of arms before allocation; no session."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from checkpoint.evaluation import facts, views
from checkpoint.evaluation.covariates import NOT_KNOWN
from checkpoint.evaluation.differences import of_means, of_shares
from checkpoint.evaluation.means import Sums
from checkpoint.evaluation.profiles.schemas import (
    ApartView,
    BaselineView,
    CharacteristicView,
    NumberView,
    ShareView,
    ValueView,
)
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.rules import Arm, hidden_levels
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import rests_on_few

LARGE = 0.1
NOBODY = Sums(0, 0.0, 0.0)
DENOMINATOR = "Everybody allocated, by the arm they were allocated to."


def baseline(
    opened: Opened,
    allocated: Mapping[str, int],
    ages: Sequence[Any],
    codes: Mapping[str, Sequence[Any]],
    others: Sequence[Any],
    *,
    role: Role,
) -> BaselineView:
    """Everything that was known, by arm.

    Args:
        opened: the cut.
        allocated: how many, by mask.
        ages: sums by mask.
        codes: by name, counts by mask and value.
        others: sums and counts of whatever else was known, by mask, name and value.
        role: the reader's.
    """
    told = [_number(opened.arms, "age", {row.mask: sums_of(row) for row in ages}, role=role)]
    told += [
        _coded(opened.arms, name, allocated, counts_of(rows), role=role)
        for name, rows in codes.items()
    ]
    by_name: dict[str, list[Any]] = defaultdict(list)
    for row in others:
        by_name[row.name].append(row)
    for name, rows in sorted(by_name.items()):
        if all(row.kind == "number" for row in rows):
            sums = {row.mask: sums_of(row) for row in rows}
            told.append(_number(opened.arms, name, sums, role=role))
        else:
            told.append(_coded(opened.arms, name, allocated, counts_of(rows), role=role))
    return BaselineView(
        **views.beginning(opened, allocated, role=role),
        denominator=DENOMINATOR,
        note=facts.NO_TEST_OF_BASELINE,
        characteristics=told,
    )


def sums_of(row: Any) -> Sums:
    return Sums(row.people, float(row.total or 0), float(row.squares or 0))


def counts_of(rows: Sequence[Any]) -> dict[str, dict[str, int]]:
    """How many by value, by mask; numbers among codes are of the value that they are."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        value = NOT_KNOWN if row.code is None else str(row.code)
        found[value][row.mask] = found[value].get(row.mask, 0) + row.people
    return found


def _number(
    arms: Sequence[Arm], name: str, sums: Mapping[str, Sums], *, role: Role
) -> CharacteristicView:
    found = [(arm, sums.get(arm.mask, NOBODY)) for arm in arms]
    few = rests_on_few([each.people for _, each in found], role)
    (first, reference), *others = found
    apart = [_apart(arm, first, of_means(each, reference)) for arm, each in others]
    return CharacteristicView(
        name=name,
        numbers=[] if few else [_mean(arm, each) for arm, each in found],
        apart=[] if few else apart,
        values=[],
        withheld=facts.SMALL if few else None,
    )


def _mean(arm: Arm, sums: Sums) -> NumberView:
    deviation = None if sums.variance is None else sqrt(sums.variance)
    return NumberView(
        mask=arm.mask, arm=arm.name, known=sums.people, mean=sums.mean, deviation=deviation
    )


def _coded(
    arms: Sequence[Arm],
    name: str,
    allocated: Mapping[str, int],
    counts: dict[str, dict[str, int]],
    *,
    role: Role,
) -> CharacteristicView:
    for arm in arms:  # whoever has no value at all is not known
        given = sum(each.get(arm.mask, 0) for each in counts.values())
        if given < allocated.get(arm.mask, 0):
            rest = counts.setdefault(NOT_KNOWN, {})
            rest[arm.mask] = rest.get(arm.mask, 0) + allocated[arm.mask] - given
    cells = {value: [each.get(arm.mask, 0) for arm in arms] for value, each in counts.items()}
    hidden = hidden_levels(cells, role)
    people = [allocated.get(arm.mask, 0) for arm in arms]
    return CharacteristicView(
        name=name,
        numbers=[],
        apart=[],
        values=[
            _value(arms, value, cells[value], people, hidden=value in hidden)
            for value in sorted(cells, key=lambda value: (value == NOT_KNOWN, value))
        ],
        withheld=None,
    )


def _value(
    arms: Sequence[Arm], value: str, cells: Sequence[int], people: Sequence[int], *, hidden: bool
) -> ValueView:
    shares = [
        ShareView(
            mask=arm.mask,
            arm=arm.name,
            people=None if hidden else count,
            percent=None if hidden or not whole else 100 * count / whole,
        )
        for arm, count, whole in zip(arms, cells, people, strict=True)
    ]
    apart = [
        _apart(arm, arms[0], of_shares(count, whole, cells[0], people[0]))
        for arm, count, whole in zip(arms[1:], cells[1:], people[1:], strict=True)
    ]
    return ValueView(
        value=value,
        withheld=facts.SMALL if hidden else None,
        arms=shares,
        apart=[] if hidden else apart,
    )


def _apart(arm: Arm, reference: Arm, standardised: float | None) -> ApartView:
    return ApartView(
        arm=arm.label,
        compared_with=reference.label,
        standardised=standardised,
        large=standardised is not None and abs(standardised) > LARGE,
    )
