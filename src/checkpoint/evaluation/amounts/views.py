"""Sums into means and how arms compare, as their reader may see them; no session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checkpoint.evaluation import facts, views
from checkpoint.evaluation.amounts.queries import THOUSANDTHS, column
from checkpoint.evaluation.amounts.schemas import (
    AmountsView,
    AmountView,
    ApartView,
    ArmSumView,
    SumView,
    WithinView,
)
from checkpoint.evaluation.means import Sums, mean, mean_difference, mean_ratio, rate
from checkpoint.evaluation.queries import Opened
from checkpoint.evaluation.rules import Arm, folded, group_of, telling, told_apart, told_together
from checkpoint.evaluation.states import Amount, Population
from checkpoint.foundation.actors import Role
from checkpoint.foundation.disclosure import rests_on_few
from checkpoint.outcomes.cuts.states import Measure

SEEN = ("people", "days")
OF_CASES = (
    Amount.DISTANCE, Amount.COST, Amount.CUSTODY, Amount.WELLBEING, Amount.SATISFACTION
)  # fmt: skip
# Of which one is no multiple of another: these may lie below 0, or are points of a scale.
WITHOUT_RATIO = frozenset({Amount.DISTANCE, Amount.WELLBEING, Amount.SATISFACTION})
HAD = ("had", "events", "events2", "harm", "harm2")


@dataclass(frozen=True)
class Part:
    """What a group has of one amount: of how many people, how many of these any, and the sums."""

    sums: Sums
    having: int
    days: int | None
    # Of whom something is known is itself a count, small or not; of an arm everybody knows it.
    of_known: bool = False

    @property
    def cells(self) -> tuple[int, int]:
        """What it rests on."""
        return self.having, self.sums.people - self.having


NONE = Part(Sums(0, 0.0, 0.0), 0, None)


def amounts(
    opened: Opened,
    allocated: Mapping[str, int],
    measure: Measure,
    seen: Sequence[Any],
    had: Sequence[Any],
    of_cases: Sequence[Any],
    population: Population,
    *,
    role: Role,
) -> AmountsView:
    """Amounts within each horizon, and of whole cases.

    Args:
        opened: the cut.
        allocated: how many, by mask.
        measure: what is counted.
        seen: people and days for each horizon.
        had: events and harm for each horizon.
        of_cases: sums of what is known of whole cases.
        population: who is compared with whom.
        role: the reader's.
    """
    hidden = telling(population, unblinded=opened.unblinded)
    unknown = facts.UNKNOWN.get(population) if nobody(seen, population) else None
    within = []
    for number, horizon in enumerate(opened.horizons):
        parts = _within(seen, had, population, number)
        is_told = population in _apart(opened, seen, had, number, role=role)
        why = unknown or (None if is_told else facts.LEAVES_FEW)
        shown = {Amount.EVENTS: parts["events"]}
        if opened.cut.harm_index is not None:
            shown[Amount.HARM] = parts["harm"]
        told = [
            _told(opened.arms, amount, each, hidden=hidden, unknown=why, role=role)
            for amount, each in shown.items()
        ]
        of = views.of(opened, measure, horizon)
        withheld = why or (facts.WITHHELD if hidden else None)
        within.append(WithinView(**of, population=population, withheld=withheld, amounts=told))
    return AmountsView(
        **views.beginning(opened, allocated, role=role),
        meaning=facts.POPULATIONS[population],
        within=within,
        of_cases=[
            # Who came how far and at what cost tells who was given the programme.
            _of_cases(opened, amount, _cases(of_cases, amount), role=role)
            for amount in OF_CASES
        ],
    )


def _apart(
    opened: Opened, seen: Sequence[Any], had: Sequence[Any], number: int, *, role: Role
) -> frozenset[Population]:
    """Which populations are told beside each other; by people, and who of them had any."""

    def cells(row: Any) -> tuple[int, ...]:
        people = getattr(row, column(number, "people"), 0)
        having = getattr(row, column(number, "had"), 0)
        return people, having, people - having

    return told_apart([*seen, *had], cells, role, unblinded=opened.unblinded)


def nobody(rows: Sequence[Any], population: Population) -> bool:
    """Whether nobody of a cut belongs to a population."""
    return all(group_of(population, row) is None for row in rows)


def _of_cases(
    opened: Opened, amount: Amount, parts: Mapping[str, Part], *, role: Role
) -> AmountView:
    known = any(part.sums.people for part in parts.values())
    unknown = None if known else facts.NOT_KNOWN_OF_ANYBODY
    hidden = not opened.unblinded
    return _told(opened.arms, amount, parts, hidden=hidden, unknown=unknown, role=role)


def _within(
    seen: Sequence[Any], had: Sequence[Any], population: Population, number: int
) -> dict[str, dict[str, Part]]:
    people = folded(seen, population, [column(number, each) for each in SEEN])
    sums = folded(had, population, [column(number, each) for each in HAD])
    found: dict[str, dict[str, Part]] = {"events": {}, "harm": {}}
    for mask, each in people.items():
        ours = sums.get(mask, {})

        def of(name: str, ours: Mapping[str, Any] = ours) -> float:
            return float(ours.get(column(number, name), 0))

        having, days = int(of("had")), each[column(number, "days")]
        whole = each[column(number, "people")]
        found["events"][mask] = Part(Sums(whole, of("events"), of("events2")), having, days)
        harm = Sums(whole, of("harm") / THOUSANDTHS, of("harm2") / THOUSANDTHS**2)
        found["harm"][mask] = Part(harm, having, None)
    return found


def _cases(rows: Sequence[Any], amount: Amount) -> dict[str, Part]:
    names = [f"{amount}_{name}" for name in ("people", "total", "squares")]
    found = {}
    for mask, each in folded(rows, Population.INTENTION_TO_TREAT, names).items():
        people, total, squares = (each[name] for name in names)
        unit = THOUSANDTHS if amount is Amount.SATISFACTION else 1
        found[mask] = Part(
            Sums(people, float(total) / unit, float(squares) / unit**2),
            people,
            None,
            of_known=True,
        )
    return found


def _told(
    arms: Sequence[Arm],
    amount: Amount,
    parts: Mapping[str, Part],
    *,
    hidden: bool,
    unknown: str | None,
    role: Role,
) -> AmountView:
    meaning = facts.AMOUNTS[amount]
    if unknown is not None:
        return AmountView(
            amount=amount,
            meaning=meaning,
            withheld=unknown,
            everybody=None,
            arms=[],
            comparisons=[],
        )
    listed = [] if hidden else [(arm, parts.get(arm.mask, NONE)) for arm in arms]
    whole = _merged([*parts.values()])
    stand = [part for _, part in listed] or [whole]
    few = any(rests_on_few(part.cells, role) for part in stand)
    told = told_together([part.sums.people for part in stand], role)
    comparable = listed and not few
    return AmountView(
        amount=amount,
        meaning=meaning,
        withheld=facts.SMALL if few else facts.WITHHELD if hidden else None,
        everybody=SumView(**_sum(whole, told[0], shown=not few)) if hidden else None,
        arms=[
            ArmSumView(mask=arm.mask, arm=arm.name, **_sum(part, people, shown=not few))
            for (arm, part), people in zip(listed, [] if hidden else told, strict=True)
        ],
        comparisons=_compared(amount, listed) if comparable else [],
    )


def _merged(parts: Sequence[Part]) -> Part:
    sums = [part.sums for part in parts]
    days = [part.days for part in parts if part.days is not None]
    return Part(
        Sums(sum(s.people for s in sums), sum(s.total for s in sums), sum(s.squares for s in sums)),
        sum(part.having for part in parts),
        sum(days) if days else None,
        of_known=any(part.of_known for part in parts),
    )


def _sum(part: Part, people: int | None, *, shown: bool) -> dict[str, Any]:
    yearly = shown and part.days is not None
    return {
        "people": people if shown or not part.of_known else None,
        "total": part.sums.total if shown else None,
        "mean": views.estimate(mean(part.sums)) if shown else None,
        "a_year": views.estimate(rate(int(part.sums.total), days=part.days or 0))
        if yearly
        else None,
    }


def _compared(amount: Amount, listed: Sequence[tuple[Arm, Part]]) -> list[ApartView]:
    (first, reference), *others = listed
    found = []
    for arm, part in others:
        difference, test = mean_difference(part.sums, reference.sums)
        ratio = None
        if amount not in WITHOUT_RATIO:
            ratio = views.estimate(mean_ratio(part.sums, reference.sums))
        found.append(
            ApartView(
                arm=arm.label,
                compared_with=first.label,
                difference=views.estimate(difference),
                test=views.test(test),
                ratio=ratio,
            )
        )
    return found
