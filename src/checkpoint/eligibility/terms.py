"""What a rule file may ask of a fact, and how it is answered. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from dateutil.relativedelta import relativedelta
from pydantic import Field, JsonValue, model_validator

from checkpoint.eligibility.facts import FACTS, Fact, Kind
from checkpoint.eligibility.states import all_of
from checkpoint.foundation.datedfiles import Part

Words = Annotated[str, Field(min_length=3)]
Facts = Mapping[str, JsonValue]


def _months_since_less_than(fact: Any, value: Any, facts: Facts) -> bool:
    return date.fromisoformat(str(facts["decided_on"])) < date.fromisoformat(fact) + relativedelta(
        months=value
    )


# Each test: the kinds of fact it can be put to, the type its value must have, and how it decides.
TESTS: Mapping[str, tuple[frozenset[Kind], type, Callable[[Any, Any, Facts], bool]]] = {
    "is": (frozenset({Kind.YES_NO, Kind.CODE}), object, lambda fact, value, _: fact == value),
    "one_of": (frozenset({Kind.CODE}), list, lambda fact, value, _: fact in value),
    "at_least": (frozenset({Kind.NUMBER}), int, lambda fact, value, _: fact >= value),
    "less_than": (frozenset({Kind.NUMBER}), int, lambda fact, value, _: fact < value),
    "all_in": (frozenset({Kind.CODES}), list, lambda fact, value, _: set(fact) <= set(value)),
    "any_in": (frozenset({Kind.CODES}), list, lambda fact, value, _: bool(set(fact) & set(value))),
    "none_in": (frozenset({Kind.CODES}), list, lambda fact, value, _: not set(fact) & set(value)),
    "less_than_months_ago": (frozenset({Kind.DAY}), int, _months_since_less_than),
}


def fits(test: str, value: Any, fact: Fact) -> bool:
    """Whether a rule's value can be put to its test.

    Args:
        test: a name in ``TESTS``.
        value: what the rule file gives.
        fact: the fact that is tested.

    Returns:
        True if it is of the type that the test wants and, where it is codes, all are known ones.
    """
    wanted = TESTS[test][1]
    if wanted is list:
        return isinstance(value, list) and bool(value) and all(map(fact.may_be, value))
    if wanted is int:
        return type(value) is int
    return type(value) is bool if fact.kind is Kind.YES_NO else fact.may_be(value)


class Test(Part):
    """One question put to one fact."""

    __test__ = False  # a rule's test, not pytest's

    fact: str
    test: Literal[
        "is",
        "one_of",
        "at_least",
        "less_than",
        "all_in",
        "any_in",
        "none_in",
        "less_than_months_ago",
    ]
    value: JsonValue

    @model_validator(mode="after")
    def sensible(self) -> Self:
        if self.fact not in FACTS:
            raise ValueError(f"unknown fact {self.fact}")
        fact = FACTS[self.fact]
        if fact.kind not in TESTS[self.test][0]:
            raise ValueError(f"{self.test} cannot be put to {self.fact}")
        if not fits(self.test, self.value, fact):
            raise ValueError(f"{self.test} cannot be put to {self.fact} with this value")
        return self

    def holds(self, facts: Facts) -> bool | None:
        """Whether it holds; None when the fact is not known."""
        fact = facts.get(self.fact)
        return None if fact is None else TESTS[self.test][2](fact, self.value, facts)


class All(Part):
    """Tests that must all hold."""

    all: Annotated[tuple[Test, ...], Field(min_length=1)]

    def holds(self, facts: Facts) -> bool | None:
        return all_of([test.holds(facts) for test in self.all])
