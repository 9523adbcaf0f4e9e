"""What somebody typed beside what stands there now, field by field. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, JsonValue

from checkpoint.foundation.schemas import utc_text

# What names one item of a list, the surest first; a list without any goes by its places.
IDS = ("id", "question", "code", "kind")
NOTHING = object()


def differences(
    yours: Mapping[str, Any],
    present: Any,
    *,
    seen: Any = None,
    partial: bool = False,
    at: str = "#",
) -> list[dict[str, JsonValue]]:
    """Every field that was sent and differs from what stands now.

    Args:
        yours: what was sent, by field; values of any kind that has a form in JSON.
        present: what stands now: a mapping, a model or a row. A field that it lacks is null.
        seen: what stood at the version that the sender named; None where that is not kept.
        partial: lists whose items have ids are put to those that stand there, so an item that was
            not sent is no difference; else a list takes the other's place.
        at: the JSON pointer of the whole.

    Returns:
        One entry a difference, in the order of ``yours``: ``pointer``, ``yours``, ``present`` and,
        where ``seen`` was given, ``seen``. A pointer that ends in ``-`` is an item that stands
        there and was not sent. Empty where all that was sent stands there already.
    """
    versions = [as_json(yours), _chosen(present, yours)]
    names = ["yours", "present"]
    if seen is not None:
        versions.append(_chosen(seen, yours))
        names.append("seen")
    found = _of_objects(at, versions, partial=partial)
    return [{"pointer": place} | dict(zip(names, each, strict=True)) for place, each in found]


def sent_of(command: BaseModel, *halves: type[BaseModel]) -> dict[str, Any]:
    """What was sent of a form of which the rest stays as it is.

    Args:
        command: the form.
        halves: parts of it of which the rest stays too; every other part takes the place of what
            stood there, with what it leaves out.

    Returns:
        The fields that were sent, null among them.
    """
    return {
        name: sent_of(value, *halves) if isinstance(value, halves) else value
        for name, value in command
        if name in command.model_fields_set
    }


def as_json(value: Any) -> Any:
    """A value in the form that clients see it in: instants in UTC, enums as their words.

    Args:
        value: a scalar, a model, or mappings and sequences of such.

    Returns:
        Its form in JSON.
    """
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(name): as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = [as_json(each) for each in value]
        return sorted(parts, key=str) if isinstance(value, set | frozenset) else parts
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _chosen(held: Any, like: Mapping[str, Any]) -> dict[str, Any]:
    """Of what stands there, the fields that were sent."""
    if isinstance(held, Mapping):
        return {name: as_json(held.get(name)) for name in like}
    return {name: as_json(getattr(held, name, None)) for name in like}


# Each version is yours, present and perhaps seen, in this order; NOTHING where it has no such item.
Found = Iterator[tuple[str, list[Any]]]


def _of_values(at: str, versions: Sequence[Any], *, partial: bool) -> Found:
    yours, present = versions[0], versions[1]
    if _same(yours, present):
        return
    if isinstance(yours, dict) and isinstance(present, dict):
        yield from _of_objects(at, versions, partial=partial)
    elif _of_lists_of_objects(yours, present):
        yield from _of_lists(at, versions, partial=partial)
    else:
        yield at, [None if each is NOTHING else each for each in versions]


def _of_objects(at: str, versions: Sequence[Any], *, partial: bool) -> Found:
    for name in versions[0]:
        parts = [each.get(name) if isinstance(each, dict) else None for each in versions]
        yield from _of_values(f"{at}/{_escaped(name)}", parts, partial=partial)
    if not partial:
        for name in versions[1]:
            if name not in versions[0]:
                parts = [each.get(name) if isinstance(each, dict) else None for each in versions]
                yield from _of_values(f"{at}/{_escaped(name)}", parts, partial=partial)


def _of_lists(at: str, versions: Sequence[Any], *, partial: bool) -> Found:
    by = _id_of(versions)
    tables = [_by_id(each, by) for each in versions]
    for place, name in enumerate(tables[0]):
        parts = [table.get(name, NOTHING) for table in tables]
        yield from _of_values(f"{at}/{place}", parts, partial=partial)
    if partial and by:
        return
    for name in tables[1]:
        if name not in tables[0]:
            parts = [table.get(name, NOTHING) for table in tables]
            yield from _of_values(f"{at}/{'-' if by else name}", parts, partial=partial)


def _of_lists_of_objects(*values: Any) -> bool:
    """A list of plain values is one field: what is said is the whole of it."""
    return all(
        isinstance(value, list) and all(isinstance(each, dict) for each in value)
        for value in values
    )


def _id_of(versions: Sequence[Any]) -> str:
    """The name that tells the items of all these lists apart; empty where there is none."""
    lists = [each for each in versions if isinstance(each, list)]
    for name in IDS:
        keys = [[item.get(name) for item in each] for each in lists]
        if all(_tell_apart(each) for each in keys):
            return name
    return ""


def _tell_apart(keys: Sequence[Any]) -> bool:
    return all(isinstance(key, str) for key in keys) and len({*keys}) == len(keys)


def _by_id(items: Any, by: str) -> dict[Any, Any]:
    if not isinstance(items, list):
        return {}
    return {item[by] if by else place: item for place, item in enumerate(items)}


def _same(one: Any, other: Any) -> bool:
    """Alike as JSON: true is not 1, and a field that is null is a field that is left out."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_same(one.get(name), other.get(name)) for name in {*one, *other})
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
