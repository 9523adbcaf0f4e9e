"""What a feed embeds and the directory keeps by itself is split off. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from checkpoint.directory.entities import ENTITIES, canonical, checked
from checkpoint.directory.imports.repairs import Mended, Unusable, mended, tellable
from checkpoint.directory.imports.shapes import LISTED, shape_of
from checkpoint.directory.imports.states import RowOutcome
from checkpoint.directory.parts import Part
from checkpoint.directory.states import ListingKind

# One listing by itself.
MOST_BYTES = 262_144
# One thing that is embedded, and the field that names it from then on.
NAMED_BY = {
    "organization": "organization_id",
    "location": "location_id",
    "service": "service_id",
    "taxonomy_term": "taxonomy_term_id",
    "taxonomy_detail": "taxonomy_id",
}
# A list of things that are embedded, and the field by which each names its owner.
OWNED_BY = {
    "locations": "organization_id",
    "services": "organization_id",
    "taxonomy_terms": "taxonomy_id",
}


@dataclass(frozen=True)
class Row:
    """One listing that an item of a feed tells of, or why it tells of none."""

    kind: ListingKind
    external_id: str
    outcome: RowOutcome
    notes: tuple[str, ...]
    document: dict[str, Any] | None = None
    embedded: bool = False
    offset_known: bool = True

    def noted(self, notes: tuple[str, ...]) -> "Row":
        """The same, with more to tell of it; what was taken as it came was repaired then."""
        if not notes:
            return self
        taken = self.outcome is RowOutcome.ACCEPTED
        outcome = RowOutcome.REPAIRED if taken else self.outcome
        return replace(self, outcome=outcome, notes=(*notes, *self.notes))


def rows_of(kind: ListingKind, item: Any, *, source: str) -> list[Row]:
    """What one item of a feed comes to.

    Args:
        kind: what it is.
        item: as the feed has it.
        source: the feed's code.

    Returns:
        A row for the item, which comes first, and one for each organisation, location, taxonomy
        or term that it embeds. Documents are as they are stored.
    """
    try:
        found = mended(kind, item, source=source)
    except Unusable as fault:
        return [Row(kind, _told_id(item), RowOutcome.REJECTED, (f"/: {fault}",))]
    parts = [*_parts(ENTITIES[kind], found.document)]
    first, *others = [_row(found, kind, part) for kind, part in [(kind, found.document), *parts]]
    first = replace(first, offset_known=found.offset_known).noted(tuple(found.notes))
    return [first, *others]


def _told_id(item: Any) -> str:
    """Whatever a rejected item calls itself, as far as a report can bear it."""
    told = item.get("id") if isinstance(item, dict) else None
    told = told[:255] if isinstance(told, str) and told.isprintable() else ""
    return told if tellable(told) else ""


def _row(found: Mended, kind: ListingKind, part: dict[str, Any]) -> Row:
    theirs = found.given.get((kind.value, part["id"]), part["id"])
    embedded = part is not found.document
    try:
        document = checked(kind, part)
    except ValidationError as fault:
        notes = tuple(
            f"/{'/'.join(str(step) for step in error['loc'])}: {_rule(error)}"
            for error in fault.errors(include_input=False, include_url=False)[:10]
        )
        return Row(kind, theirs, RowOutcome.REJECTED, notes, embedded=embedded)
    except ValueError as fault:
        return Row(kind, theirs, RowOutcome.REJECTED, (f"/: {fault}",), embedded=embedded)
    if len(canonical(document)) > MOST_BYTES:
        why = f"/: It is larger than {MOST_BYTES // 1024} KiB."
        return Row(kind, theirs, RowOutcome.REJECTED, (why,), embedded=embedded)
    return Row(kind, theirs, RowOutcome.ACCEPTED, (), document, embedded)


def _rule(error: Any) -> str:
    return (
        "missing" if error["type"] == "missing" else str(error["msg"]).removeprefix("Value error, ")
    )


def _parts(model: type[Part], part: dict[str, Any]) -> Iterator[tuple[ListingKind, dict[str, Any]]]:
    """What is embedded in a part, innermost first; the part is left with its ids."""
    shape = shape_of(model)
    for name, inner in shape.parts.items():
        found = part.get(name)
        if found is None:
            continue
        yield from _parts(inner, found)
        if inner in LISTED:
            del part[name]
            part[NAMED_BY[name]] = found["id"]
            yield LISTED[inner], found
    for name, inner in shape.lists.items():
        for found in part.get(name, ()):
            yield from _parts(inner, found)
            if inner in LISTED:
                found[OWNED_BY[name]] = part["id"]
                yield LISTED[inner], found
        if inner in LISTED:
            part.pop(name, None)
