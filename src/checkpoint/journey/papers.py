"""What stands on the paper of one decision, in plain English; for the file or for others. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import JsonValue

from checkpoint.custody.states import ENDS, LABELS
from checkpoint.eligibility.facts import FACTS, Kind
from checkpoint.eligibility.rules import RuleSet, missing_of
from checkpoint.eligibility.states import MEANING, Answer
from checkpoint.forecast.states import RiskBand
from checkpoint.foundation.calendar import day, moment
from checkpoint.foundation.schemas import View
from checkpoint.journey.states import (
    OF_A_REPORT,
    RECIPIENTS,
    VERDICTS,
    Recipient,
    instead_of,
    withheld,
)
from checkpoint.oversight import states as oversight
from checkpoint.oversight.states import Outcome

ANSWERS: Mapping[str, str] = {
    Answer.MET: "Met",
    Answer.NOT_MET: "Not met",
    Answer.NOT_KNOWN: "Not known yet",
}
OUTCOMES: Mapping[Outcome | None, str] = {
    Outcome.CONFIRMED: "Confirmed by a second person",
    Outcome.DECLINED: "Declined by a second person; the rules' verdict stands",
    None: "Proposed; nobody has answered yet, and the rules' verdict stands",
}
# Codes that mean something else in another list.
CODES: Mapping[str, Mapping[Any, str]] = {
    "prosecution_limit": {"none": "No", "running": "Yes", "passed": "It has passed"},
    "risk_band": {band: band.capitalize() for band in RiskBand},
}
# What is none, and not unknown, where another fact says so.
NONE_WHERE: Mapping[str, tuple[str, JsonValue]] = {
    "prosecution_last_day": ("prosecution_limit", "none"),
    "prosecution_days_left": ("prosecution_limit", "none"),
    **{ends: (what, False) for what, ends in ENDS.items()},
}
WITHHELD = "Left out: it concerns somebody else."
Lines = tuple[tuple[str, str], ...]


class CriterionLine(View):
    """One question, its answer, why, and where the rule comes from."""

    question: str
    answer: str
    reason: str
    source: str


class Paper(View):
    """Everything that is printed of one decision, but when it was printed."""

    decision_id: str
    purpose: str
    verdict: str
    meaning: str
    instead: str
    who: Lines
    decided: Lines
    said: Lines
    alleged: tuple[str, ...]
    criteria: tuple[CriterionLine, ...]
    sources: Lines
    facts: Lines
    missing: tuple[str, ...]
    rules: Lines
    since: tuple[str, ...]
    later: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of what is printed: the same for as long as the same would be printed."""
        # Paper printed before there were these keeps its digest; what is said tells the second.
        lacking = {"instead"} if self.since else {"since", "instead"}
        shown = self.model_dump(mode="json", exclude=lacking)
        content = json.dumps(shown, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


def paper(
    decision: Any,
    rules: RuleSet,
    *,
    ruling: Any,
    record: Any,
    person: Any,
    alleged: Sequence[Any],
    decisions: Sequence[Any],
    since: tuple[str, ...],
    recipient: Recipient | None,
) -> Paper:
    """The paper of one decision.

    Args:
        decision: as it was locked, with the version and digest of its rules.
        rules: what it was taken under.
        ruling: its determination, and the last override proposed with its answer; of each None
            where there is none.
        record: the custody record.
        person: whom it was about when it was decided.
        alleged: the offences as they stood when it was decided.
        decisions: all of the case.
        since: what was put right after it, in sentences.
        recipient: to whom it is disclosed; None for the file. Disclosed, it leaves out what
            concerns somebody else, whatever the answer was, and who on the staff did what; a
            scrutiny panel is not told who it is about either.

    Returns:
        What is printed, in the order of the page.
    """
    hidden = withheld(alleged, recipient=recipient)
    order = [*FACTS, *sorted(decision.facts.keys() - FACTS.keys())]
    shown = [name for name in order if name in decision.facts and name not in hidden]
    missing = [name for name in missing_of(decision.findings) if name not in hidden]
    return Paper(
        decision_id=str(decision.id),
        purpose=f"Disclosed to {RECIPIENTS[recipient]}" if recipient else "For the file",
        verdict=VERDICTS[decision.verdict],
        meaning=MEANING[decision.verdict],
        instead=instead_of(decision, ruling),
        who=tuple(_who(record, person, recipient)),
        decided=tuple(_decided(decision, staff=recipient is None)),
        said=tuple(_said(ruling, file=recipient is None)),
        alleged=tuple(_alleged(offence) for offence in alleged),
        criteria=tuple(_criteria(decision.findings, rules, hidden)),
        sources=tuple(sorted(rules.sources.items())),
        facts=tuple((question(name), _told(name, decision.facts)) for name in shown),
        missing=tuple(question(name) for name in missing),
        rules=tuple(_rules(decision, rules)),
        since=since,
        later=tuple(_later(decision, decisions)),
        left_out=tuple(_left_out(recipient, ruling, hidden)),
    )


def _who(record: Any, person: Any, recipient: Recipient | None) -> Iterator[tuple[str, str]]:
    if recipient is not Recipient.PANEL:
        yield "Name", " ".join(filter(None, (person.given_names, person.family_name)))
        born = person.date_of_birth
        yield "Date of birth", day(born) if born else "Not known"
        yield "Custody record", record.reference
        yield "Arrested", moment(record.arrested_at)
    if recipient is None:
        yield "PNC ID", person.pnc_id or "Not known"
    yield "Custody suite", record.suite


def _decided(decision: Any, *, staff: bool) -> Iterator[tuple[str, str]]:
    yield "Decided", moment(decision.decided_at)
    if staff:
        yield "By staff number", str(decision.decided_by)
    which = f"Number {decision.number} of this case"
    yield "Which decision", which + (", in place of the one before" if decision.number > 1 else "")


def _said(ruling: Any, *, file: bool) -> Iterator[tuple[str, str]]:
    """What a supervisor determined, or what became of the last override proposed."""
    if ruling.determination_verdict is not None:
        yield "A supervisor determined", VERDICTS[ruling.determination_verdict]
        yield "Determined", moment(ruling.determined_at)
        yield "Why", oversight.LABELS[ruling.determination_reason_code]
        if file:
            yield "In words", ruling.determination_words
            yield "By staff number", str(ruling.determined_by)
    if ruling.override_id is not None:
        yield "To depart from the rules", f"Proposal number {ruling.override_number}"
        yield "To", VERDICTS[ruling.override_verdict]
        yield "Why", oversight.LABELS[ruling.override_reason_code]
        yield "What became of it", OUTCOMES[ruling.outcome]
        if ruling.answered_at is not None:
            yield "Answered", moment(ruling.answered_at)
        if file:
            yield from _said_by(ruling)


def _said_by(ruling: Any) -> Iterator[tuple[str, str]]:
    yield "In words", ruling.override_words
    rank = ruling.proposed_rank.replace("_", " ")
    yield "Proposed by staff number", f"{ruling.proposed_by} ({rank})"
    if ruling.answered_by is not None:
        yield "Answered by staff number", str(ruling.answered_by)


def _alleged(offence: Any) -> str:
    first, last = offence.committed_from, offence.committed_until
    days = f"on {day(first)}" if first == last else f"between {day(first)} and {day(last)}"
    where = {
        True: "in the force area",
        False: "outside the force area",
        None: "place not known",
    }[offence.committed_in_area]
    return f"{offence.title} ({offence.code}), {days}, {where}"


def _criteria(
    findings: Sequence[Mapping[str, Any]], rules: RuleSet, hidden: frozenset[str]
) -> Iterator[CriterionLine]:
    known = {criterion.code: criterion for criterion in rules.criteria}
    for found in findings:
        criterion = known[found["code"]]
        line = {"question": found["question"], "source": criterion.source}
        if hidden & {test.fact for test in criterion.tests()}:
            yield CriterionLine(**line, answer="Left out", reason=WITHHELD)
            continue
        answer = ANSWERS[found["answer"]] + ("; for a supervisor" if found["refers"] else "")
        yield CriterionLine(**line, answer=answer, reason=found["reason"])


def _told(name: str, facts: Mapping[str, JsonValue]) -> str:
    where, none = NONE_WHERE.get(name, (None, None))
    if facts[name] is None and where is not None and facts.get(where) == none:
        return "There is none"
    return value(name, facts[name])


def question(name: str) -> str:
    """What a fact answers; its bare name where this version of the service no longer asks."""
    return FACTS[name].question if name in FACTS else name


def value(name: str, fact: JsonValue) -> str:
    """A fact in plain English.

    Args:
        name: the fact's.
        fact: as it was locked: yes or no, a whole number, a code, a day as YYYY-MM-DD, several
            codes, or None where it was not known.

    Returns:
        Words as they are printed.
    """
    if fact is None:
        return "Not known"
    if isinstance(fact, bool):
        return "Yes" if fact else "No"
    if isinstance(fact, list):
        return ", ".join(value(name, part) for part in fact)
    if name in FACTS and FACTS[name].kind is Kind.DAY:
        return day(date.fromisoformat(str(fact)))
    if name in FACTS and FACTS[name].form:
        return str(fact)
    labels: Mapping[Any, str] = CODES.get(name, LABELS)
    return labels.get(fact) or str(fact).replace("_", " ").capitalize()


def _rules(decision: Any, rules: RuleSet) -> Iterator[tuple[str, str]]:
    yield "Rules", f"{rules.title}, version {decision.version}"
    yield "In force from", day(decision.in_force_from)
    yield "Approved by", rules.approved_by
    yield "SHA-256 of the rules", decision.digest


def _later(decision: Any, decisions: Sequence[Any]) -> Iterator[str]:
    for other in sorted(decisions, key=lambda other: other.number):
        if other.number > decision.number:
            told = VERDICTS[other.verdict]
            yield f"Number {other.number}, {moment(other.decided_at)}. {told}."


def _left_out(recipient: Recipient | None, ruling: Any, hidden: frozenset[str]) -> Iterator[str]:
    if recipient is None:
        return
    if recipient is Recipient.PANEL:
        yield "Who it is about, and when they were arrested."
    yield "What concerns other people, whatever was found."
    if hidden >= OF_A_REPORT:
        yield "By when proceedings can be started: for common assault that may rest on others."
    if ruling.determination_verdict is not None or ruling.override_id is not None:
        yield "What people wrote in their own words. The file has it."
    yield "Which members of staff took part. The file names them."
