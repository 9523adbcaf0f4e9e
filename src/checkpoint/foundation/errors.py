"""The ways the service may decline. A refusal is an answer, never a bug.

Refusal
├── Malformed             the request cannot be read at all
├── Unauthenticated       nobody we know is asking
├── Forbidden             they may not
├── NotFound              no such thing that they may see
├── Gone                  it was there, and is taken back for good
├── Conflict              not from where it stands
├── Stale                 it has changed since they looked
├── TooLarge              more than we take at once
├── UnsupportedMedia      not in a form that we read
├── Unprocessable         read, and against a rule
├── PreconditionMissing   they must say what they looked at
├── DependsOnFailed       it rests on something that was refused before it
├── TooMany               too often
├── TooSlow               the request took too long to arrive
└── Unavailable           not now; nothing was changed
"""

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from pydantic import JsonValue


class Refusal(Exception):
    """Base of every way to decline; ``facts`` become members of the problem document.

    ``shows`` names the things of which the facts tell what stands there: such an answer is a
    reading of them, and is put on record as one. None: the facts tell nothing of anybody.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    shows: tuple[UUID, ...] | None = None

    def __init__(self, detail: str, **facts: JsonValue) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class Malformed(Refusal): ...


class Unauthenticated(Refusal): ...


class Forbidden(Refusal): ...


class NotFound(Refusal): ...


class Gone(Refusal): ...


class Conflict(Refusal): ...


class Stale(Refusal): ...


class TooLarge(Refusal): ...


class UnsupportedMedia(Refusal): ...


class Unprocessable(Refusal): ...


class PreconditionMissing(Refusal): ...


class DependsOnFailed(Refusal): ...


class TooMany(Refusal): ...


class TooSlow(Refusal): ...


class Unavailable(Refusal): ...


class RuleBroken(Unprocessable):
    """A request in good form that breaks a rule; says where, which rule, and what would be right.

    Args:
        pointer: the field, as a JSON pointer into the body.
        rule: a stable code a client may branch on, in kebab case.
        detail: the rule and the remedy in plain English, without the rejected value.
    """

    slug = "rule-broken"
    title = "The request breaks a rule"

    def __init__(self, pointer: str, rule: str, detail: str) -> None:
        self.faults: list[JsonValue] = [{"pointer": pointer, "code": rule, "detail": detail}]
        super().__init__(detail, errors=self.faults)


def refusal_of(check: Callable[[], object]) -> Refusal | None:
    """What a check would refuse with.

    Args:
        check: raises a refusal or does nothing.

    Returns:
        The refusal; None where there is none.
    """
    try:
        check()
    except Refusal as refusal:
        return refusal
    return None


def check_all(*checks: Callable[[], None]) -> None:
    """Make every check, so that whoever asked hears of everything at once.

    Args:
        checks: each raises ``RuleBroken`` or does nothing; those that come later need not rest
            on those before.

    Raises:
        RuleBroken: one for all that is broken, each thing told once, in the order of the checks.
    """
    broken: list[RuleBroken] = []
    for check in checks:
        try:
            check()
        except RuleBroken as found:
            broken.append(found)
    if not broken:
        return
    refusal, *others = broken
    for other in others:
        refusal.faults += [fault for fault in other.faults if fault not in refusal.faults]
    if len(refusal.faults) > 1:
        refusal.detail = "See errors, field by field."
    raise refusal
