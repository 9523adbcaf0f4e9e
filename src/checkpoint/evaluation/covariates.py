"""What was known of people before allocation, as the terms of a model. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NOT_KNOWN = "not known"
OTHERS = "others"
FEWEST = 10  # people of a code by itself; fewer are put together
CODED = ("sex", "ethnicity", "offence_group")


@dataclass(frozen=True)
class Terms:
    """Numbers by term, one for each person; and what could not be one, with the reason."""

    columns: Mapping[str, Sequence[float]]
    left_out: Mapping[str, str]


def known(person: Any) -> dict[str, Any]:
    """All that a cut has of somebody at allocation, by name.

    Args:
        person: has ``age``, the codes, and ``baseline``.

    Returns:
        Numbers, truths and codes; None is not known.
    """
    found: dict[str, Any] = {"age": person.age}
    found |= {name: getattr(person, name) for name in CODED}
    return found | {name: person.baseline[name] for name in sorted(person.baseline)}


def terms(people: Sequence[Mapping[str, Any]]) -> Terms:
    """The terms that adjust for everything that was known before.

    A number or a truth is one term and has to be known of everybody, or it is left out. Of a code,
    each value but the commonest is one; values of fewer than ten people are one together, with what
    is not known.

    Args:
        people: what is known of each, by name.

    Returns:
        Terms in the order of the names: age, the codes, then the rest by name.
    """
    names = list(dict.fromkeys(name for person in people for name in person))
    columns: dict[str, Sequence[float]] = {}
    left_out: dict[str, str] = {}
    for name in names:
        values = [person.get(name) for person in people]
        missing = sum(value is None for value in values)
        if missing == len(values):
            left_out[name] = "it is known of nobody"
        elif any(isinstance(value, str) for value in values):
            columns |= _coded(name, values)
        elif missing:
            left_out[name] = "it is not known of everybody"
        else:
            columns[name] = [float(value) for value in values if value is not None]
    return Terms(columns, left_out)


def _coded(name: str, values: Sequence[Any]) -> dict[str, list[float]]:
    codes = [NOT_KNOWN if value is None else str(value) for value in values]
    counted = Counter(codes)
    few = {code for code, count in counted.items() if count < FEWEST}
    if few:
        few |= {NOT_KNOWN} & counted.keys()
        codes = [OTHERS if code in few else code for code in codes]
        counted = Counter(codes)
    commonest = min(counted, key=lambda code: (-counted[code], code))
    return {
        f"{name}: {code}": [float(each == code) for each in codes]
        for code in sorted(counted)
        if code != commonest
    }
