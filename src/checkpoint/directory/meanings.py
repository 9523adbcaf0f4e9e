"""What terms of taxonomies mean: which of the seven pathways. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from checkpoint.directory.rules import LONGEST_CHAIN
from checkpoint.needs.states import Pathway


@dataclass(frozen=True)
class Term:
    """A term as far as its meaning goes."""

    id: UUID
    name: str
    names: frozenset[str]
    parent_id: UUID | None = None


def folded(text: str) -> str:
    """Text as it is compared: small letters, no accents, single spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(symbol for symbol in apart if not unicodedata.combining(symbol))
    return " ".join(bare.split())


def term_of(document: Mapping[str, Any], head: str | None = None) -> Term:
    """A term's document as far as its meaning goes.

    Args:
        document: the term's.
        head: the name of the taxonomy that it stands in by id, if it does.

    Returns:
        Its ``names`` are what a crosswalk may call it: its URI, and its code and name behind the
        name of its taxonomy, as ``open eligibility:housing``.
    """
    taxonomy, parent = document.get("taxonomy", head), document.get("parent_id")
    names = {document["term_uri"]} if "term_uri" in document else set()
    if isinstance(taxonomy, str):
        said = (document.get("code"), document["name"])
        names |= {f"{taxonomy}:{each}" for each in said if each}
    return Term(
        id=UUID(document["id"]),
        name=document["name"],
        names=frozenset(map(folded, names)),
        parent_id=UUID(parent) if parent else None,
    )


def meanings(
    terms: Mapping[UUID, Term],
    own: Mapping[UUID, Pathway],
    crosswalk: Mapping[str, frozenset[Pathway]],
) -> dict[UUID, frozenset[Pathway]]:
    """Which pathways each term means.

    Args:
        terms: all that count, with those they stand below.
        own: the programme's own terms.
        crosswalk: by folded name of a term, what it means.

    Returns:
        A term without a meaning of its own has that of the nearest wider one that has one.
    """

    def said(term: Term) -> frozenset[Pathway]:
        if term.id in own:
            return frozenset({own[term.id]})
        return frozenset().union(*(crosswalk.get(name, frozenset()) for name in term.names))

    def meant(id: UUID) -> frozenset[Pathway]:
        at: UUID | None = id
        for _ in range(LONGEST_CHAIN):
            term = terms.get(at) if at else None
            if term is None:
                break
            if found := said(term):
                return found
            at = term.parent_id
        return frozenset()

    return {id: meant(id) for id in terms}
