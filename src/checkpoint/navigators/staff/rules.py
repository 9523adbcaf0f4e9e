"""What may be entered of a navigator. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from checkpoint.foundation.errors import RuleBroken
from checkpoint.navigators.staff.states import NavigatorFullOfEntries

MOST_ENTRIES = 200
LONGEST_CLEARANCE = timedelta(days=3653)


def check_suites(named: Sequence[str], *, known: Iterable[str]) -> None:
    """A navigator's base suites exist, each once.

    Args:
        named: their codes.
        known: the codes of all suites.

    Raises:
        RuleBroken: suite-unknown or suite-twice.
    """
    there = {*known}
    for place, code in enumerate(named):
        if code not in there:
            raise RuleBroken(
                f"#/base_suites/{place}", "suite-unknown", "Choose one of /v1/reference/suites."
            )
    if len({*named}) < len(named):
        raise RuleBroken("#/base_suites", "suite-twice", "Name each suite once.")


def check_own_suite(named: Sequence[str], *, own: Iterable[str]) -> None:
    """Whoever sets a navigator up works in one of their base suites, and so reaches them.

    Args:
        named: the navigator's base suites.
        own: the suites of whoever sets them up.

    Raises:
        RuleBroken: suite-not-yours.
    """
    if not {*named} & {*own}:
        raise RuleBroken(
            "#/base_suites", "suite-not-yours", "Name at least one suite that you work in."
        )


def check_provider(code: str, *, known: Iterable[str]) -> None:
    """A navigator's employer is a known provider.

    Args:
        code: the provider's code.
        known: the codes of those in use.

    Raises:
        RuleBroken: provider-unknown.
    """
    if code not in {*known}:
        raise RuleBroken(
            "#/provider", "provider-unknown", "Choose one of /v1/reference/navigator-providers."
        )


def check_clearance(given_on: date, last_day: date, *, today: date) -> None:
    """An induction or a vetting was given by today and has an end.

    Args:
        given_on: its first day.
        last_day: its last day.
        today: in England.

    Raises:
        RuleBroken: in-the-future, ends-before-it-begins or too-long.
    """
    if given_on > today:
        raise RuleBroken("#/given_on", "in-the-future", "This day has not come yet.")
    if last_day < given_on:
        raise RuleBroken("#/last_day", "ends-before-it-begins", "This lies before the first day.")
    if last_day - given_on > LONGEST_CLEARANCE:
        raise RuleBroken("#/last_day", "too-long", "Ten years are the longest.")


def check_absence(
    absent_from: date,
    last_day: date | None,
    *,
    replaces: UUID | None,
    standing: Sequence[Any],
) -> None:
    """An absence ends after it begins, is no other's double, and replaces one that stands.

    Args:
        absent_from: its first day.
        last_day: its last day; None while nobody knows.
        replaces: the entry it takes the place of, if any.
        standing: the navigator's entries that stand, with id, absent_from and last_day.

    Raises:
        RuleBroken: ends-before-it-begins, nothing-to-replace or absence-there.
    """
    if last_day is not None and last_day < absent_from:
        raise RuleBroken("#/last_day", "ends-before-it-begins", "This lies before the first day.")
    if replaces is not None and replaces not in {each.id for each in standing}:
        raise RuleBroken(
            "#/replaces_id", "nothing-to-replace", "Name an absence of theirs that stands."
        )
    days = (absent_from, last_day)
    if days in {(each.absent_from, each.last_day) for each in standing if each.id != replaces}:
        raise RuleBroken(
            "#/absent_from", "absence-there", "These days are on record; there is nothing to add."
        )


def check_space(entries: int) -> None:
    """There is room for one more entry of a kind.

    Args:
        entries: how many there are.

    Raises:
        NavigatorFullOfEntries: there is none.
    """
    if entries >= MOST_ENTRIES:
        raise NavigatorFullOfEntries("Tell whoever runs this service.")
