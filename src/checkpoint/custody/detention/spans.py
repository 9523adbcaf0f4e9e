"""Spans of time that passes: what is left of them, how long they were, and when they are used up. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NOTHING = timedelta()


@dataclass(frozen=True)
class Span:
    """From when until when; None is still."""

    began: datetime
    ended: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        return self.began <= moment and (self.ended is None or moment <= self.ended)


def without(spans: Sequence[Span], pauses: Sequence[Span]) -> Iterator[Span]:
    """The parts of ``spans`` that lie in none of ``pauses``.

    Args:
        spans: in their order, touching nowhere.
        pauses: in any order; one without an end goes on.

    Returns:
        What is left, in order; the last has an end unless its span had none and no pause goes on.
    """
    in_order = sorted(pauses, key=lambda pause: pause.began)
    for span in spans:
        began: datetime | None = span.began
        for pause in in_order:
            if began is None or (span.ended is not None and pause.began >= span.ended):
                break
            if pause.ended is not None and pause.ended <= began:
                continue
            if pause.began > began:
                yield Span(began, pause.began)
            began = pause.ended
        if began is not None and (span.ended is None or began < span.ended):
            yield Span(began, span.ended)


def counted(counting: Sequence[Span], until: datetime) -> timedelta:
    """How much of ``counting`` had passed at ``until``.

    Args:
        counting: the spans that count, which do not overlap.
        until: an instant; what lies after it is left out.

    Returns:
        Time that passed, never below zero.
    """
    lengths = (min(span.ended or until, until) - span.began for span in counting)
    return sum((max(length, NOTHING) for length in lengths), NOTHING)


def deadline(counting: Sequence[Span], allowed: timedelta) -> datetime | None:
    """When ``allowed`` has passed.

    Args:
        counting: the spans that count, in their order.
        allowed: how much of them is allowed.

    Returns:
        An instant within one of them; None if the clock stood still before then.
    """
    for span in counting:
        if span.ended is None or span.began + allowed <= span.ended:
            return span.began + allowed
        allowed -= span.ended - span.began
    return None
