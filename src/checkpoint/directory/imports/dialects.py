"""How feeds are written: pages in two dialects, and what version 1.0 calls otherwise. Pure.

Source: HSDS 3.0 api_reference; Open Referral UK 1.0 and 3.0 schemas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checkpoint.directory.imports.states import Dialect
from checkpoint.directory.states import ListingKind

# The last part of an address says what its pages hold.
COLLECTIONS: Mapping[str, ListingKind] = {
    "taxonomies": ListingKind.TAXONOMY,
    "taxonomy_terms": ListingKind.TAXONOMY_TERM,
    "organizations": ListingKind.ORGANIZATION,
    "locations": ListingKind.LOCATION,
    "services": ListingKind.SERVICE,
}
MOST_TOLD = 10**9


class NotAPage(ValueError):
    """What was read is no page of either dialect."""


@dataclass(frozen=True)
class Page:
    """One page of a feed, and what it says of itself."""

    dialect: Dialect
    items: list[Any]
    pages: int | None
    total: int | None
    first: bool | None
    last: bool | None


def page_of(answer: Any) -> Page:
    """One page, whichever dialect it is in.

    Args:
        answer: what ``json.loads`` gave.

    Returns:
        Its items; its counts are None where the feed does not say, or says nonsense.

    Raises:
        NotAPage: it has no list of contents.
    """
    if isinstance(answer, list):
        return Page(Dialect.HSDS_3, answer, None, None, None, None)
    if isinstance(answer, dict):
        for dialect, contents, pages, total, first, last in (
            (Dialect.HSDS_3, "contents", "total_pages", "total_items", "first_page", "last_page"),
            (Dialect.ORUK_1, "content", "totalPages", "totalElements", "first", "last"),
        ):
            if isinstance(items := answer.get(contents), list):
                return Page(
                    dialect,
                    items,
                    _count(answer.get(pages)),
                    _count(answer.get(total)),
                    _said(answer.get(first)),
                    _said(answer.get(last)),
                )
    raise NotAPage("It is no page: it has neither `contents` nor `content`.")


def _count(told: Any) -> int | None:
    if isinstance(told, bool) or not isinstance(told, int):
        return None
    return told if 0 <= told <= MOST_TOLD else None


def _said(told: Any) -> bool | None:
    return told if isinstance(told, bool) else None


def is_base(answer: Any) -> bool:
    """Whether an answer is what Open Referral UK 3.0 has at its base address."""
    return isinstance(answer, dict) and "version" in answer and "openapi_url" in answer


def kind_of(item: Any, *, otherwise: ListingKind) -> ListingKind:
    """What an item is, where nothing else says so.

    Args:
        item: one item of a list.
        otherwise: what it is taken for where it does not show.

    Returns:
        What its names show, such as ``location_type``; else what it is taken for.
    """
    if not isinstance(item, dict):
        return otherwise
    return next((kind for names, kind in SHOWN if item.keys() & names), otherwise)


# What only things of one kind have.
SHOWN: tuple[tuple[frozenset[str], ListingKind], ...] = (
    (frozenset({"location_type", "physical_addresses", "addresses"}), ListingKind.LOCATION),
    (
        frozenset({"status", "organization", "organization_id", "service_at_locations"}),
        ListingKind.SERVICE,
    ),
    (
        frozenset({"term_uri", "parent_id", "taxonomy_id", "taxonomy_detail", "vocabulary"}),
        ListingKind.TAXONOMY_TERM,
    ),
    (
        frozenset({"website", "legal_status", "logo", "organization_identifiers", "programs"}),
        ListingKind.ORGANIZATION,
    ),
    (frozenset({"version", "taxonomy_terms"}), ListingKind.TAXONOMY),
)

# What version 1.0 calls otherwise, by the type of the part that holds it; and within its lists.
RENAMED = {
    "regular_schedules": "schedules",
    "regular_schedule": "schedules",
    "service_taxonomys": "attributes",
    "service_taxonomies": "attributes",
    "link_taxonomies": "attributes",
    "link_taxonomys": "attributes",
    "fundings": "funding",
    "physical_addresses": "addresses",
    "accessibility_for_disabilities": "accessibility",
    "costOptions": "cost_options",
}
WITHIN = {
    "languages": {"language": "name"},
    "service_areas": {"service_area": "name"},
    "accessibility": {"accessibility": "description"},
}
ELIGIBILITIES = ("eligibilitys", "eligibilities")


def modern(part: dict[str, Any], word: str) -> dict[str, Any]:
    """One part of a feed in the words of version 3.0.

    Args:
        part: as the feed has it, itself only: what it holds is left as it is.
        word: what the part is, such as ``service``.

    Returns:
        A copy, where anything is called otherwise; a name of version 3.0 is never overwritten.
    """
    if not (part.keys() & OTHERWISE) and word not in ("organization", "taxonomy_term"):
        return part
    made = _called_anew(part)
    for name, names in WITHIN.items():
        if isinstance(made.get(name), list):
            made[name] = [_renamed(each, names) for each in made[name]]
    if isinstance(made.get("attributes"), list):
        made["attributes"] = [_attribute(each, word) for each in made["attributes"]]
    if word == "service":
        _eligibilities(made)
    for owner, old, new in OWN:
        if word == owner and old in made:
            made.setdefault(new, made.pop(old))
    return made


OWN = (("organization", "url", "website"), ("taxonomy_term", "vocabulary", "taxonomy"))


def _called_anew(part: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in part.items():
        new = RENAMED.get(name, name)
        if new not in made and not (new != name and new in part):
            made[new] = value
    return made


OTHERWISE = frozenset({*RENAMED, *ELIGIBILITIES, *WITHIN, "attributes"})


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(part, dict):
        return part
    return {names.get(name, name) if names.get(name) not in part else name: value
            for name, value in part.items()}  # fmt: skip


def _attribute(part: Any, word: str) -> Any:
    """A link to a term; version 1.0 calls the term a taxonomy."""
    if not isinstance(part, dict) or not isinstance(part.get("taxonomy"), dict):
        return part
    rest = {name: value for name, value in part.items() if name != "taxonomy"}
    return {"link_entity": word, "taxonomy_term": part["taxonomy"]} | rest


def _eligibilities(made: dict[str, Any]) -> None:
    """Version 1.0 has a list of who may come; where it is one, its ages are the service's."""
    name = next((each for each in ELIGIBILITIES if each in made), None)
    listed = made.get(name) if name else None
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], dict):
        return
    only = made.pop(name)[0]  # type: ignore[arg-type]
    for old, new in (
        ("eligibility", "eligibility_description"),
        ("minimum_age", "minimum_age"),
        ("maximum_age", "maximum_age"),
    ):
        if old in only:
            made.setdefault(new, only[old])
