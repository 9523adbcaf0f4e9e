"""Decide eligibility from a rule set and the facts. Pure: same in, same out, for ever."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, cast

from dateutil.relativedelta import relativedelta
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from checkpoint.eligibility.facts import FACTS, Fact, Kind, all_of, any_of
from checkpoint.eligibility.states import Answer, Verdict

Words = Annotated[str, Field(min_length=3)]
Facts = Mapping[str, JsonValue]


class RulesUnreadable(ValueError):
    """A rule file that cannot be loaded; the message says where and why."""


class Part(BaseModel):
    """Any part of a rule file: nothing unknown in it, and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
        return isinstance(value, list) and bool(value) and {*map(str, value)} <= fact.choices
    if wanted is int:
        return type(value) is int
    return type(value) is bool if fact.kind is Kind.YES_NO else value in fact.choices


class Test(Part):
    """One question put to one fact."""

    __test__ = False  # a rule's test, not pytest's

    fact: str
    test: Literal[
        "is", "one_of", "at_least", "less_than", "all_in", "any_in", "less_than_months_ago"
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


class Special(Part):
    """Something that sends the case to a supervisor, and how the criterion then stands."""

    when: All
    answer: Literal[Answer.MET, Answer.NOT_KNOWN]
    reason: Words


class Criterion(Part):
    """One question of the rule set, with the words an officer hears for each answer."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{2,12}$")]
    question: Words
    met_when: Annotated[tuple[All, ...], Field(min_length=1)]
    not_known_when: tuple[All, ...] = ()
    refer: tuple[Special, ...] = ()
    if_met: Words
    if_not_met: Words
    source: Words

    def tests(self) -> Iterator[Test]:
        parts = (*self.met_when, *self.not_known_when, *(special.when for special in self.refer))
        for part in parts:
            yield from part.all

    def finding(self, facts: Facts, *, source: str | None = None) -> "Finding":
        """The answer to this question, whichever it is, with its reason and its source."""
        answer, refers, reason, missing = self._answer(facts)
        return Finding(
            code=self.code,
            question=self.question,
            answer=answer,
            refers=refers,
            reason=reason,
            missing=tuple(missing),
            source=source or self.source,
        )

    def _answer(self, facts: Facts) -> tuple[Answer, bool, str, list[str]]:
        if any_of([part.holds(facts) for part in self.not_known_when]):
            return _unknown({test.fact for part in self.not_known_when for test in part.all})
        met = any_of([part.holds(facts) for part in self.met_when])
        if met is False:
            return Answer.NOT_MET, False, self.if_not_met, []
        for special in self.refer:
            if special.when.holds(facts):
                return special.answer, True, special.reason, []
        open_terms = any_of([special.when.holds(facts) for special in self.refer]) is None
        if met is None or open_terms:
            return _unknown({test.fact for test in self.tests() if facts.get(test.fact) is None})
        return Answer.MET, False, self.if_met, []


def _unknown(wanted: set[str]) -> tuple[Answer, bool, str, list[str]]:
    missing = sorted(wanted)
    asked = " ".join(FACTS[name].question for name in missing)
    return Answer.NOT_KNOWN, False, f"Not known yet. {asked}", missing


class Finding(Part):
    """The answer to one criterion, as it is stored with a decision."""

    code: str
    question: str
    answer: Answer
    refers: bool = False
    reason: str
    missing: tuple[str, ...] = ()
    source: str


FINDINGS = TypeAdapter(tuple[Finding, ...])


class RuleSet(Part):
    """A dated, sourced set of criteria."""

    version: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{3,39}$")]
    title: Words
    in_force_from: date
    approved_by: Words
    notes: str = ""
    sources: Annotated[dict[str, Words], Field(min_length=1)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def whole(self) -> Self:
        codes = [criterion.code for criterion in self.criteria]
        doubled = sorted({code for code in codes if codes.count(code) > 1})
        if doubled:
            raise ValueError(f"criteria stand twice: {', '.join(doubled)}")
        for criterion in self.criteria:
            named = criterion.source.partition(":")[0]
            if named not in self.sources:
                raise ValueError(f"{criterion.code}: no source {named} in [sources]")
        return self

    def named(self, source: str) -> str:
        """A criterion's source with the name of the document, not only its letter and number."""
        code, _, words = source.partition(":")
        return f"{self.sources[code]} ({code}):{words}"


@lru_cache(maxsize=64)
def parse(text: str) -> RuleSet:
    """The rule set that ``text`` (TOML) describes.

    Raises:
        RulesUnreadable: not TOML, or a part is missing, unknown, doubled or does not fit.
    """
    try:
        return RuleSet.model_validate(tomllib.loads(text))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise RulesUnreadable("; ".join(faults)) from error
    except tomllib.TOMLDecodeError as error:
        raise RulesUnreadable(str(error)) from error


def digest(text: str) -> str:
    """SHA-256 of a rule file's text, in hexadecimal: what may never change once published."""
    return hashlib.sha256(text.encode()).hexdigest()


def decide(rules: RuleSet, facts: Facts) -> tuple[Verdict, tuple[Finding, ...]]:
    """Answer every criterion, so that an officer hears every reason and not just the first.

    Args:
        rules: the set in force.
        facts: by name, as ``facts.gather`` makes them; None is not known.

    Returns:
        Ineligible if any criterion is not met; else pending if any waits for a fact; else refer
        if any is for a supervisor; else eligible. With it a finding for each criterion, in order.

    Source: domain notes 1.2 and 4.1; unknown is neither yes nor no.
    """
    findings = tuple(
        criterion.finding(facts, source=rules.named(criterion.source))
        for criterion in rules.criteria
    )
    return verdict_of(findings), findings


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """What the findings come to."""
    if any(found.answer is Answer.NOT_MET for found in findings):
        return Verdict.INELIGIBLE
    if any(found.answer is Answer.NOT_KNOWN and not found.refers for found in findings):
        return Verdict.PENDING
    if any(found.refers for found in findings):
        return Verdict.REFER
    return Verdict.ELIGIBLE


def missing_of(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The facts that stored findings still want, each once, in the order of the criteria."""
    return list(dict.fromkeys(name for found in findings for name in found["missing"]))


def stored(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Findings as they are kept with a decision: plain JSON."""
    return cast("list[dict[str, Any]]", FINDINGS.dump_python(findings, mode="json"))
