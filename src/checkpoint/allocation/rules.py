"""What has to stand before a case is allocated or enrolled. Pure."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from checkpoint.allocation.states import (
    MOST_ANNOTATIONS,
    AlreadyAllocated,
    AnnotationsFull,
    ConsentNeeded,
    DecisionNeeded,
    DecisionSuperseded,
    ListNotSealed,
    NotBlind,
    NoTrialOpen,
    OutsideEveryStratum,
    ProgrammeNotLive,
    TrialIsClosed,
    TrialIsOpen,
)
from checkpoint.consent.states import (
    ConsentKind,
    ConsentState,
    may_be_allocated,
    may_be_enrolled,
)
from checkpoint.eligibility.states import Verdict
from checkpoint.foundation import errors
from checkpoint.trials.states import TrialKind, TrialState

EARLY = "checkpoint early warning v1"


def check_decision(
    named: UUID, *, present: UUID | None, known: frozenset[UUID], verdict: Verdict | None
) -> None:
    """The decision that was named is the case's present one, and it stands as eligible.

    Args:
        named: which decision the officer acts on.
        present: the case's present decision; None where it has none.
        known: every decision of the case.
        verdict: how the present one stands, with what people said of it.

    Raises:
        DecisionSuperseded: it was named, and a later one took its place.
        DecisionNeeded: it is none of the case's, or it does not stand as eligible.
    """
    if named != present and named in known:
        raise DecisionSuperseded(
            "Read the present decision, and act on that one.", present=str(present)
        )
    if named != present or verdict is not Verdict.ELIGIBLE:
        raise DecisionNeeded(
            "Decide the case first; only somebody who may be offered the programme goes on."
        )


def check_consent(states: Mapping[ConsentKind, ConsentState], *, for_research: bool) -> None:
    """The consents stand that the next step needs.

    Args:
        states: where each of the three stands.
        for_research: whether the step needs consent to the research, as allocation does.

    Raises:
        ConsentNeeded: says which is missing.
    """
    allowed = may_be_allocated(states) if for_research else may_be_enrolled(states)
    if allowed:
        return
    needed = [ConsentKind.PROGRAMME, *([ConsentKind.RESEARCH] if for_research else [])]
    missing = [kind.value for kind in needed if states.get(kind) is not ConsentState.GIVEN]
    raise ConsentNeeded(
        f"Consent to the {' and the '.join(missing)} does not stand: ask for it, and record "
        "what the person says.",
        missing=[*missing],
    )


def check_open(states: dict[str, TrialState], *, within: str | None) -> str:
    """The one trial that is open for a case.

    Args:
        states: every trial that has a stratum at the case's suite, with how it stands.
        within: the one that is open and whose protocol names the suite today; None if there is none.

    Returns:
        Its name.

    Raises:
        OutsideEveryStratum: no trial ever had a stratum there, or its protocol no longer does.
        TrialIsClosed: the only ones are closed.
        NoTrialOpen: the only one is announced.
    """
    if not states:
        raise OutsideEveryStratum(
            "No trial recruits at the case's suite. Enrol directly, if the programme runs there."
        )
    if within is not None and states[within] is TrialState.OPEN:
        return within
    if TrialState.ANNOUNCED in states.values():
        raise NoTrialOpen("A trial is announced there and not open yet: enrol directly.")
    raise TrialIsClosed("Nobody is allocated any more. Enrol directly, if the programme goes on.")


def check_ratio(listed: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    """The list that is drawn from keeps the ratio that counts.

    Args:
        listed: whole parts by arm, of the protocol that the list was sealed for.
        wanted: the same, of the protocol that counts now.

    Raises:
        ListNotSealed: an amendment changed the ratio, and no list was sealed for it yet.
    """
    if listed != wanted:
        raise ListNotSealed(
            "Nothing was drawn. The ratio was amended, and the statistician has yet to seal a list "
            "that keeps it."
        )


def check_direct(states: dict[str, TrialState], *, live: bool) -> None:
    """A case may be enrolled directly: the programme runs at its suite, and no trial is open there.

    Args:
        states: every trial that has a stratum at the case's suite, with how it stands.
        live: whether the programme runs there on the day.

    Raises:
        TrialIsOpen: a trial is open there.
        ProgrammeNotLive: the programme does not run there.
    """
    if TrialState.OPEN in states.values():
        raise TrialIsOpen("Allocate the case instead: PUT its allocation.")
    if not live:
        raise ProgrammeNotLive("See GET /v1/reference/programme-phases for where it runs.")


def check_in_no_trial(states: Iterable[TrialState]) -> None:
    """Whoever is in a trial that runs is not taken into the programme past it.

    Args:
        states: how each trial stands in which the person was allocated, on whatever case.

    Raises:
        AlreadyAllocated: one of them is not closed.
    """
    if any(state is not TrialState.CLOSED for state in states):
        raise AlreadyAllocated(
            "The person was allocated on an earlier case, and the trial still runs. This case goes "
            "on as usual."
        )


def way_in(
    states: dict[str, TrialState], *, within: str | None, live: bool
) -> tuple[str, errors.Refusal | None]:
    """By which way a case at a suite comes in, and what closes it.

    Args:
        states: every trial that has a stratum at the case's suite, with how it stands.
        within: the one that is open and whose protocol names the suite today; None if there is none.
        live: whether the programme runs there on the day.

    Returns:
        ``allocate`` where a trial is open, else ``enrol``; and the refusal, None where the way is
        open.
    """
    if TrialState.OPEN in states.values():
        return "allocate", errors.refusal_of(lambda: check_open(states, within=within))
    return "enrol", errors.refusal_of(lambda: check_direct(states, live=live))


def unsealed(kinds: Sequence[TrialKind], *, wanted: TrialKind) -> errors.Refusal | None:
    """What is wrong with a trial's lists before anything is drawn.

    Args:
        kinds: whether each of its sealed lists is live or a test.
        wanted: the kind this service draws from.

    Returns:
        The refusal; None where it may draw.
    """
    if not kinds:
        return ListNotSealed("The statistician has yet to seal the trial's list.")
    if any(kind is not wanted for kind in kinds):
        return ListNotSealed(f"This service draws from {wanted.value} lists alone.")
    return None


def check_blind(*, has_seen: bool) -> None:
    """Whoever annotates an allocation has not been shown its arm.

    Args:
        has_seen: whether they have.

    Raises:
        NotBlind: they have.
    """
    if has_seen:
        raise NotBlind("Ask a supervisor or the trial manager who has not seen this case's arm.")


def check_annotations(there: int) -> None:
    """An allocation takes one more annotation.

    Raises:
        AnnotationsFull: it has as many as it can.
    """
    if there >= MOST_ANNOTATIONS:
        raise AnnotationsFull(
            f"It has {MOST_ANNOTATIONS}; tell the trial manager.", limit=MOST_ANNOTATIONS
        )


def runs_low(left: int, *, warn_below: int, key: bytes, stratum: UUID) -> bool:
    """Whether a stratum's list should be followed by another soon.

    The day on which an exact threshold is passed would tell where the list ends, and with it the
    last places of the last block. So the threshold lies higher by an amount that nobody knows, up
    to as much again: the warning may come early and never late.

    Args:
        left: places that the list still has.
        warn_below: the protocol's.
        key: secret; the same for one service's life.
        stratum: whose list it is.

    Returns:
        True below the protocol's threshold, False from twice as many on.
    """
    drawn = hmac.digest(key, f"{EARLY}\n{stratum}".encode(), hashlib.sha256)
    return left < warn_below + int.from_bytes(drawn[:8], "big") % (warn_below + 1)
