"""Decide eligibility from a rule set and the facts. Pure: same in, same out, for ever."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from checkpoint.eligibility.facts import FACTS, Kind
from checkpoint.eligibility.states import Answer, AppliesTo, Verdict, any_of
from checkpoint.eligibility.terms import All, Facts, Test, Words
from checkpoint.foundation.datedfiles import Part
from checkpoint.foundation.schemas import Version
from checkpoint.foundation.tomlfiles import parsed

MOVED = "person_id"
# The particulars of a person from which some fact of a decision comes.
RESTED_ON = frozenset(
    fact.given_as.removeprefix("person.")
    for fact in FACTS.values()
    if fact.given_as.startswith("person.")
)

AGES = frozenset(name for name, fact in FACTS.items() if fact.given_as == "person.date_of_birth")
ESTIMATED = "The age on record is an estimate, which proves none: a date of birth is needed."


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
    until_fact: str | None = None
    source: Words

    @model_validator(mode="after")
    def ends_on_a_day(self) -> Self:
        if self.until_fact is not None:
            fact = FACTS.get(self.until_fact)
            if fact is None or fact.kind is not Kind.DAY:
                raise ValueError(f"until_fact: {self.until_fact} is not a fact that is a day")
        return self

    def tests(self) -> Iterator[Test]:
        parts = (*self.met_when, *self.not_known_when, *(special.when for special in self.refer))
        for part in parts:
            yield from part.all

    def finding(self, facts: Facts, *, source: str | None = None) -> "Finding":
        """The answer to this question, whichever it is, with its reason and its source."""
        answer, refers, reason, missing = self._answer(facts)
        ends = self.until_fact if answer is Answer.NOT_MET else None
        return Finding(
            code=self.code,
            question=self.question,
            answer=answer,
            refers=refers,
            reason=reason,
            missing=tuple(missing),
            source=source or self.source,
            until=facts.get(ends) if ends else None,
        )

    def _answer(self, facts: Facts) -> tuple[Answer, bool, str, list[str]]:
        waits = any_of([part.holds(facts) for part in self.not_known_when])
        if waits:
            return _unknown({test.fact for part in self.not_known_when for test in part.all}, facts)
        met = any_of([part.holds(facts) for part in self.met_when])
        if met is False:
            return Answer.NOT_MET, False, self.if_not_met, []
        missing = {test.fact for test in self.tests() if facts.get(test.fact) is None}
        if met is None or waits is None:  # no special term makes up for what is not known
            return _unknown(missing, facts)
        for special in self.refer:
            if special.when.holds(facts):
                return special.answer, True, special.reason, []
        if any_of([special.when.holds(facts) for special in self.refer]) is None:
            return _unknown(missing, facts)
        return Answer.MET, False, self.if_met, []


def _unknown(wanted: set[str], facts: Facts) -> tuple[Answer, bool, str, list[str]]:
    missing = sorted(wanted)
    asked = [FACTS[name].question for name in missing]
    if facts.get("age_estimated") and any(name in AGES for name in missing):
        asked.append(ESTIMATED)
    return Answer.NOT_KNOWN, False, " ".join(("Not known yet.", *asked)), missing


class Finding(Part):
    """The answer to one criterion, as it is stored with a decision.

    ``until`` is the last day on which what is not met stands in the way, where that is known.
    """

    code: str
    question: str
    answer: Answer
    refers: bool = False
    reason: str
    missing: tuple[str, ...] = ()
    source: str
    until: date | None = None


FINDINGS = TypeAdapter(tuple[Finding, ...])


class RuleSet(Part):
    """A dated, sourced set of criteria.

    In force from its first day until the next set's; a set may state that day as
    ``in_force_until``, and then it has to be that very day.
    """

    version: Version
    title: Words
    in_force_from: date
    in_force_until: date | None = None
    applies_to: AppliesTo = AppliesTo.ARRESTS
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
        if self.in_force_until is not None and self.in_force_until <= self.in_force_from:
            raise ValueError("in_force_until is not after in_force_from")
        for criterion in self.criteria:
            named = criterion.source.partition(":")[0]
            if named not in self.sources:
                raise ValueError(f"{criterion.code}: no source {named} in [sources]")
        return self

    def named(self, source: str) -> str:
        """A criterion's source with the name of the document, not only its letter and number."""
        code, _, words = source.partition(":")
        return f"{self.sources[code]} ({code}):{words}"


class RulesUnreadable(ValueError):
    """A rule file that cannot be loaded; the message says where and why."""


@lru_cache(maxsize=64)
def parse(text: str) -> RuleSet:
    """The rule set that ``text`` (TOML) describes.

    Raises:
        RulesUnreadable: not TOML, or a part is missing, unknown, doubled or does not fit.
    """
    try:
        read = parsed(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesUnreadable(str(error)) from error
    try:
        return RuleSet.model_validate(read)
    except ValidationError as error:
        faults = [_fault(fault["loc"], fault["msg"], read) for fault in error.errors()]
        raise RulesUnreadable("; ".join(faults)) from error


def _fault(place: tuple[int | str, ...], words: str, read: Mapping[str, Any]) -> str:
    """One fault with its place, and with the criterion's code where it stands in one."""
    told = f"{'.'.join(map(str, place))}: {words}"
    if len(place) > 1 and isinstance(place[1], int):
        criterion = read["criteria"][place[1]]
        code = criterion.get("code") if isinstance(criterion, dict) else None
        return f"{told} (in {code})" if isinstance(code, str) else told
    return told


@lru_cache(maxsize=64)
def opened(text: str, published: str) -> RuleSet:
    """A published rule set, if it still is what was published.

    Args:
        text: the rule file as it is stored.
        published: its digest when it was published.

    Returns:
        The rule set that the text describes.

    Raises:
        RulesUnreadable: the text has another digest, or cannot be read.
    """
    if digest(text) != published:
        raise RulesUnreadable(f"its digest is {digest(text)} and was {published} when published")
    return parse(text)


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


def until_of(findings: Sequence[Mapping[str, Any]]) -> date | None:
    """The last day on which stored findings stand in the way, where each of them ends on a day.

    Returns:
        The latest of their days; None where nothing is not met, or something has no known end.
    """
    against = [found for found in findings if found["answer"] == Answer.NOT_MET]
    days = [until for found in against if (until := found.get("until")) is not None]
    return date.fromisoformat(max(days)) if days and len(days) == len(against) else None


def chosen_because(rules: RuleSet, facts: Facts) -> str:
    """Why these rules and no others decide a case.

    The set in force on the day of the arrest decides, however long the case takes; unless a set
    that has begun since says that it applies to all decisions from its first day.

    Args:
        rules: the set that was applied.
        facts: by name, with the days of the arrest and of the decision.

    Returns:
        One sentence of plain English, with the day that counts.

    Source: docs/decisions/0010-which-rules-apply.md; the sources leave it open.
    """
    arrested, decided = facts.get("arrested_on"), facts["decided_on"]
    if arrested is None:
        return f"In force on the day of the decision, {decided}."
    if rules.in_force_from.isoformat() <= str(arrested):
        return f"In force on the day of the arrest, {arrested}."
    first = rules.in_force_from.isoformat()
    return f"In force since {first} for every decision, whatever the day of the arrest."
