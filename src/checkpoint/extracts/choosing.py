"""Which of the columns that are offered were asked for, by which names. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from checkpoint.extracts.columns import COVARIATE, OBSERVED, TAKEN, Column, FieldNotOffered, Kind

ASKED_FOR = (
    "Ask for fields that the trial's list of fields offers, each once; exempt only covariates of a "
    "programme that you ask for."
)
# Columns that extracts had from a later day on: before it, a covariate went by such a name.
LATER = frozenset({"wellbeing_after", "victim_satisfaction"})


def not_offered(detail: str, pointers: Iterable[str], offers: Iterable[str]) -> FieldNotOffered:
    """A refusal that says which of the fields that were sent cannot be had, and which can.

    Args:
        detail: the rule and the remedy.
        pointers: to each wrong field in the body; what was sent is not repeated.
        offers: names of the fields that may be asked for.

    Returns:
        To be raised.
    """
    return FieldNotOffered(
        detail,
        errors=[
            {"pointer": each, "code": "field-not-offered", "detail": detail} for each in pointers
        ],
        offers=[*offers],
    )


def chosen(
    names: Sequence[str],
    columns: Sequence[Column],
    *,
    exempt: Sequence[str] = (),
    events: bool = False,
) -> tuple[Column, ...]:
    """The columns that were asked for.

    Args:
        names: the columns' names, in any order.
        columns: those that are offered.
        exempt: covariates that are declared to be no quasi-identifiers, since the source of the
            cut is public or nobody outside can know them; a reason stands in the request.
        events: whether the events are asked for too.

    Returns:
        In the order in which they are offered. The arm is always among them, since every loss is
        told by arm; so is the observed time, wherever there is a day of anything.

    Raises:
        FieldNotOffered: a name is not offered, stands twice, or is exempt and was not asked for
            or is no covariate.
    """
    known = {each.name: each for each in columns}
    spared = {*exempt}
    wrong = [
        f"#/fields/{place}"
        for place, name in enumerate(names)
        if name not in known or name in names[:place]
    ]
    wrong += [
        f"#/exempt/{place}/field"
        for place, name in enumerate(exempt)
        if name not in names or name not in known or not known[name].source.startswith(COVARIATE)
    ]
    if wrong:
        raise not_offered(ASKED_FOR, wrong, known)
    wanted = {*names, "arm"}
    if events or any(known[name].kind is Kind.DAYS for name in names):
        wanted.add(OBSERVED)
    return tuple(
        replace(each, quasi=False) if each.name in spared else each
        for each in columns
        if each.name in wanted
    )


def unclear(names: Sequence[str], columns: Iterable[Column]) -> list[str]:
    """Names that may have meant a covariate, in a request that does not say what it meant.

    Args:
        names: that were asked for.
        columns: those that are offered now.

    Returns:
        Those that are a later column's and a covariate's of the cut.
    """
    sources = {each.source for each in columns}
    return [name for name in names if name in LATER and f"{COVARIATE}{name}" in sources]


def as_asked(
    columns: Iterable[Column], names: Sequence[str], sources: Sequence[str] | None
) -> tuple[Column, ...]:
    """The columns that are offered, by the names that a request has for them.

    Args:
        columns: as they are called now.
        names: that the request has.
        sources: what each was made of when it was asked for; None: the names of now are meant.

    Returns:
        In their order; without any that goes by a name which means another one in the request.
    """
    if sources is None:
        return tuple(columns)
    called = dict(zip(sources, names, strict=True))
    return tuple(
        replace(each, name=called.get(each.source, each.name))
        for each in columns
        if each.source in called or each.name not in names
    )


def known_as(columns: Iterable[Column]) -> dict[str, Column]:
    """Quasi-identifiers by every name that a release may have told them under.

    Args:
        columns: those that are offered.

    Returns:
        By name; where a name is one column's now and was a covariate's, it is that of now.
    """
    quasi = [each for each in columns if each.quasi]
    known: dict[str, Column] = {}
    for each in quasi:
        if each.source.startswith(COVARIATE):
            name = each.source.removeprefix(COVARIATE)
            known |= {name: each, f"{TAKEN}{name}": each}
    return known | {each.name: each for each in quasi}
