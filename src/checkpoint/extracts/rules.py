"""Who may answer a request for an extract, where it stands, and until when. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from checkpoint.access.permissions import Permission, holds
from checkpoint.extracts.states import (
    AnswerOutcome,
    BuildState,
    EndingKind,
    ExtractAnswered,
    ExtractEnded,
    ExtractNotApproved,
    ExtractNotReleased,
    Product,
    RequestState,
)
from checkpoint.foundation.actors import Role
from checkpoint.foundation.errors import RuleBroken
from checkpoint.oversight.rules import SecondPersonNeeded

APPROVALS = 2
# An agreement that runs longer is renewed, and another extract asked for.
LONGEST = timedelta(days=731)
MOST_BUILDS, MOST_ASSESSMENTS = 100, 50


class Answered(Protocol):
    """What one of the two said."""

    outcome: AnswerOutcome
    answered_by: UUID


def check_expiry(expires_on: date, *, today: date) -> None:
    """An extract has a last day, neither over nor far away.

    Args:
        expires_on: the last day on which it is given out.
        today: in England.

    Raises:
        RuleBroken: expiry-out-of-range.
    """
    if not today <= expires_on <= today + LONGEST:
        raise RuleBroken(
            "#/expires_on",
            "expiry-out-of-range",
            "Choose a day from today until two years from now; ask again when it is over.",
        )


def check_population(population: dict[str, Any]) -> None:
    """Ages run forwards.

    Args:
        population: what narrows it; see ``schemas.Population``.

    Raises:
        RuleBroken: ages-backwards.
    """
    if population.get("age_from", 0) > population.get("age_to", 120):
        raise RuleBroken(
            "#/population/age_to", "ages-backwards", "Let age_to be age_from or above it."
        )


def check_events(product: Product, *, events: bool) -> None:
    """Counts have no events beside them.

    Args:
        product: what the extract is of.
        events: whether a row for each event was asked for.

    Raises:
        RuleBroken: events-of-people.
    """
    if events and product is Product.AGGREGATES:
        raise RuleBroken(
            "#/events", "events-of-people", "Leave events out, or ask for a person-level extract."
        )


def decided(answers: Sequence[Answered]) -> AnswerOutcome | None:
    """What the two came to.

    Args:
        answers: of the request, so far.

    Returns:
        Refused by one refusal, approved by two approvals, None before.
    """
    said = [AnswerOutcome(each.outcome) for each in answers]
    if AnswerOutcome.REFUSED in said:
        return AnswerOutcome.REFUSED
    return AnswerOutcome.APPROVED if len(said) >= APPROVALS else None


def check_answer(answers: Sequence[Answered], by: UUID, *, requested_by: UUID) -> None:
    """Whether somebody may answer a request now.

    Args:
        answers: of the request, so far.
        by: who wants to answer.
        requested_by: who asked.

    Raises:
        SecondPersonNeeded: they asked for it themselves.
        ExtractAnswered: they answered it, or it is decided.
    """
    if by == requested_by:
        raise SecondPersonNeeded("Two people answer who did not ask for it.")
    if decided(answers) is not None:
        raise ExtractAnswered("The request is decided, and stays so.")
    if by in {each.answered_by for each in answers}:
        raise ExtractAnswered("You approved it; somebody else has to, too.")


def ended(ending: EndingKind | None, *, expires_on: date, today: date) -> EndingKind | None:
    """Why nothing more is given out.

    Args:
        ending: what is on record, if anything.
        expires_on: the last day on which it is given out.
        today: in England.

    Returns:
        None while it is.
    """
    if ending is None and today > expires_on:
        return EndingKind.EXPIRED
    return ending


def state_of(
    answers: Sequence[Answered], ending: EndingKind | None, *, released: bool
) -> RequestState:
    """Where a request stands.

    Args:
        answers: of the request.
        ending: see ``ended``.
        released: whether a build of it stands in the register.

    Returns:
        The furthest that it has come; ended, whatever came before, where it has ended.
    """
    if ending is not None:
        return RequestState.ENDED
    if released:
        return RequestState.RELEASED
    said = decided(answers)
    if said is None:
        return RequestState.REQUESTED
    return RequestState.APPROVED if said is AnswerOutcome.APPROVED else RequestState.REFUSED


def listed_state(row: Any, *, today: date) -> RequestState:
    """The same for a line of a list, which has counts instead of answers.

    Args:
        row: with refusals, approvals, released, ending and expires_on.
        today: in England.

    Returns:
        The same as ``state_of``.
    """
    ending = ended(row.ending, expires_on=row.expires_on, today=today)
    if ending is None and not row.released and row.refusals:
        return RequestState.REFUSED
    if ending is None and not row.released and row.approvals < APPROVALS:
        return RequestState.REQUESTED
    return state_of((), ending, released=True) if row.released or ending else RequestState.APPROVED


def check_answers(role: Role) -> None:
    """Whoever asks what waits for them may answer.

    Raises:
        RuleBroken: their role approves nothing.
    """
    if not holds(role, Permission.APPROVE_EXTRACT):
        raise RuleBroken(
            "query:to_answer", "answers-none", "Leave it out: your role approves none."
        )


def check_open(state: RequestState) -> None:
    """Nothing ended it.

    Raises:
        ExtractEnded: something did.
    """
    if state is RequestState.ENDED:
        raise ExtractEnded("Ask for another one, if you still need it.")


def check_buildable(state: RequestState) -> None:
    """Two people approved it, and it has not ended.

    Raises:
        ExtractEnded, ExtractNotApproved: it may not be built.
    """
    check_open(state)
    if state not in {RequestState.APPROVED, RequestState.RELEASED}:
        raise ExtractNotApproved("See its answers; nothing was built.", state=state.value)


def is_theirs(now: Any, begun: Any) -> bool:
    """Whether a build is still that of whoever took it up, and of nobody who did so after them.

    Args:
        now: the build, with state and attempts.
        begun: the same as it was when they took it up.

    Returns:
        False where it has ended, or somebody else took it up because their lock was lost.
    """
    return bool(now.state == BuildState.RUNNING and now.attempts == begun.attempts)


def check_released(state: RequestState) -> None:
    """There is something to give out.

    Raises:
        ExtractEnded, ExtractNotReleased: there is not.
    """
    check_open(state)
    if state is not RequestState.RELEASED:
        raise ExtractNotReleased("Have it built first; see its next steps.", state=state.value)


def check_assessor(by: UUID, *, requested_by: UUID) -> None:
    """Whoever looks for people in an extract did not ask for it.

    Args:
        by: who assesses.
        requested_by: who asked for the extract.

    Raises:
        SecondPersonNeeded: they did.
    """
    if by == requested_by:
        raise SecondPersonNeeded("Somebody tries to find people who did not ask for the extract.")


def check_assessment(
    assessed_on: date, product: Product, *, there: int, released_on: date, today: date
) -> None:
    """An assessment is of a release of rows, made between its release and today.

    Args:
        assessed_on: the day on which it ended.
        product: what the extract is of.
        there: how many assessments it has.
        released_on: the day of the last release, in England.
        today: in England.

    Raises:
        RuleBroken: counts-have-no-people, assessments-full, assessed-out-of-time.
    """
    if product is Product.AGGREGATES:
        raise RuleBroken("#", "counts-have-no-people", "Assess a person-level extract.")
    if there >= MOST_ASSESSMENTS:
        raise RuleBroken("#", "assessments-full", f"It has {MOST_ASSESSMENTS}; ask for another.")
    if not released_on <= assessed_on <= today:
        raise RuleBroken(
            "#/assessed_on", "assessed-out-of-time", "Give a day from its release until today."
        )


def percent(done: int, total: int) -> int:
    """How much is done, as it may be told of a build that is not released.

    Args:
        done: rows so far.
        total: rows in all; 0: not known yet.

    Returns:
        Per cent in whole tens, rounded down, at most 100. Builds of populations that differ by a
        few people differ by these in their rows, so rows are not told.
    """
    return min(10 * (10 * done // total), 100) if total else 0
