"""What may be asked of a look-up. Pure."""

from collections.abc import Mapping
from datetime import time

from checkpoint.directory.lookups import names
from checkpoint.directory.lookups.facts import Residence
from checkpoint.directory.lookups.references import Spot, near_in_spelling, wider
from checkpoint.directory.meanings import folded
from checkpoint.foundation.errors import RuleBroken


def check_distance(within_km: float | None, *, place: str | None) -> None:
    """A distance is from somewhere.

    Args:
        within_km: the distance; None is not asked.
        place: from where.

    Raises:
        RuleBroken: it is asked without a place.
    """
    if within_km is not None and place is None:
        raise RuleBroken(
            "query:within_km", "place-missing", "Say from where: add place, as DL1 or Darlington."
        )


def check_time(at: time | None, *, day: int | None) -> None:
    """A time is of a day.

    Args:
        at: the time; None is not asked.
        day: of the week.

    Raises:
        RuleBroken: it is asked without a day.
    """
    if at is not None and day is None:
        raise RuleBroken(
            "query:time", "day-missing", "Say on which day: add day, 1 for Monday to 7 for Sunday."
        )


def asked_words(text: str | None) -> tuple[str, ...]:
    """The telling words that are asked for; none where nothing is asked."""
    return names.words(folded(text or ""))


def check_words(text: str | None) -> None:
    """Words that are asked for tell something, and are not too many.

    Args:
        text: as it was written; None is not asked.

    Raises:
        RuleBroken: there is no telling word, or there are more than four.
    """
    found = asked_words(text)
    if text is not None and not found:
        raise RuleBroken(
            "query:text", "words-missing", "Give a word that tells what is sought, as tenancy."
        )
    if len(found) > names.MOST_ASKED:
        raise RuleBroken(
            "query:text", "words-too-many", f"Give at most {names.MOST_ASKED} telling words."
        )


def check_place(name: str | None, known: Mapping[str, Spot], *, field: str) -> None:
    """A place that is asked for is one that is known.

    Args:
        name: as it was written; None is not asked.
        known: the places of the list in use, by name.
        field: the name of the parameter.

    Raises:
        RuleBroken: the list does not have it; those that are spelt most like it are named.
    """
    if name is None or folded(name) in known:
        return
    near = near_in_spelling(name, known)
    offered = f"Near in spelling: {', '.join(near)}." if near else "None is spelt like it."
    raise RuleBroken(
        f"query:{field}",
        "place-unknown",
        "Give a postcode district or a town of the list of places, as DL1 or Darlington. "
        + offered,
    )


def residence_at(spot: Spot | None, known: Mapping[str, Spot]) -> Residence | None:
    """Where somebody lives, as offers may say it.

    Args:
        spot: the place; None is not asked.
        known: the places of the list in use, by name.

    Returns:
        ``fits``: the place and what holds it. ``others``: every place of the list that it is not
        within and that is not within it, since somebody of a postcode district may or may not live
        in one of its towns. What the list does not know is none of them.
    """
    if spot is None:
        return None
    fits = wider(spot, known)
    held = {name for name, each in known.items() if spot.names[0] in wider(each, known)}
    return Residence(fits=fits, others=frozenset(known) - fits - held)
