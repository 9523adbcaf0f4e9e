"""What is done for those who were started, and the ways that their contracts go. Pure, and seeded.

How many go which way is invented, so that each is seen; none of it is the programme's.
"""

from enum import StrEnum

from checkpoint.demo.week import Chance

NEXT_SEED = 7_000_003


class Duty(StrEnum):
    """What a navigator or a supervisor does; no value is also a deed's of the suite."""

    ASSIGN = "assign"
    ASSESS = "assess"
    PLAN = "plan"
    MEET = "meet"
    TRY = "try"
    WARN = "warn"
    DRAFT = "draft"
    OFFER = "offer"
    SIGN = "sign"
    DECLINE = "decline"
    LAPSE = "lapse"
    VARY = "vary"
    ENTER = "enter_evidence"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVIEW = "review"
    DECIDE = "decide_review"
    WITHDRAW = "withdraw_from_contract"
    CLOSE = "close"
    COMPLETE = "complete"
    SETTLE = "settle"
    HAND_OVER = "hand_over"
    FALL_SICK = "fall_sick"


class Fate(StrEnum):
    """How a contract goes."""

    KEPT = "kept"
    VARIED = "varied"
    SUSPENDED = "suspended"
    HANDED_OVER = "handed_over"
    WARNED = "warned"
    FAILED = "failed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    DIED = "died"


# Dealt in turn to whoever is started, so that each is seen; each deal is shuffled.
DECK = (
    *(Fate.KEPT,) * 6,
    *(Fate.VARIED, Fate.SUSPENDED, Fate.HANDED_OVER, Fate.WARNED) * 2,
    *(Fate.FAILED,) * 2,
    *(Fate.DECLINED, Fate.LAPSED, Fate.WITHDRAWN, Fate.DIED),
)  # fmt: skip

STOPPING = frozenset({Fate.FAILED, Fate.WITHDRAWN, Fate.DIED})  # before the last day


def fate(place: int, seed: int) -> Fate:
    """How it goes for somebody.

    Args:
        place: how many were started before.
        seed: the same seed deals the same fates.

    Returns:
        The next card of a shuffled deck; once it is dealt out, of another.
    """
    deal, card = divmod(place, len(DECK))
    chance, left = Chance(seed * NEXT_SEED + deal), [*DECK]
    drawn = [left.pop(chance.between(0, len(left) - 1)) for _ in DECK]
    return drawn[card]
