"""What a form says so far, what it lacks, how it goes on, and what a new one begins with. Pure."""

from collections.abc import Mapping
from typing import Any

from checkpoint.needs.states import NOT_KNOWN, Pathway

KEYED = {"answers": "question", "external_scores": "code"}
LISTED = ("strengths", "statements")


def merged(said: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A draft with a change put to it.

    Args:
        said: what the draft says so far, as plain values.
        change: what was sent, as plain values, without what was left out.

    Returns:
        The whole, without what is null. Pathways go on field by field, answers question by
        question and scores code by code; everything else takes the place of what was there.
    """
    whole = dict(said)
    for name, value in change.items():
        if name in KEYED:
            whole[name] = _upserted(whole.get(name), value, key=KEYED[name])
        elif name == "pathways" or name in {*Pathway}:
            whole[name] = None if value is None else merged(whole.get(name) or {}, value)
        else:
            whole[name] = value
    return {name: value for name, value in whole.items() if value is not None}


def _upserted(said: Any, change: Any, *, key: str) -> list[dict[str, Any]] | None:
    if change is None:
        return None
    by_key = {each[key]: each for each in (*(said or ()), *change)}
    given = "score" if key == "code" else "option"
    return [each for each in by_key.values() if each[given] is not None]


def spoken_of(form: Any) -> dict[Pathway, Any]:
    """The pathways that a form says anything of, in their order."""
    found = {each: getattr(form.pathways, each.value, None) for each in Pathway}
    return {pathway: part for pathway, part in found.items() if part is not None}


def answers_of(part: Any) -> dict[str, str]:
    """The answers about one pathway, by question; those that were not given are absent."""
    return {each.question: each.option for each in part.answers or () if each.option is not None}


def missing_of(form: Any, instrument: Any) -> list[str]:
    """What an assessment still lacks to be completed.

    Args:
        form: what it says so far.
        instrument: the one that it answers.

    Returns:
        Places in the form, in their order. A pathway that is not assessed lacks nothing; of one
        that is, every question wants an answer, and not_known is one.
    """
    missing = [name for name in ("timepoint", "assessed_at") if getattr(form, name) is None]
    spoken = spoken_of(form)
    for pathway in Pathway:
        part = spoken.get(pathway)
        if part is not None and part.not_assessed is not None:
            continue
        given = answers_of(part) if part is not None else {}
        here = f"pathways/{pathway.value}"
        missing += [
            f"{here}/answers/{question.code}"
            for question in instrument.of(pathway).questions
            if question.code not in given
        ]
        if part is None or part.linked_to_offending is None:
            missing.append(f"{here}/linked_to_offending")
    return missing


def not_confirmed_of(form: Any) -> list[str]:
    """What was carried over from the last assessment and nobody has confirmed, by its place."""
    places = []
    for pathway, part in spoken_of(form).items():
        here = f"pathways/{pathway.value}"
        places += [f"{here}/answers/{a.question}" for a in part.answers or () if a.carried_over]
        if part.linked_to_offending is not None and part.linked_to_offending.carried_over:
            places.append(f"{here}/linked_to_offending")
        for name in LISTED:
            carried = [each.carried_over for each in getattr(part, name) or ()]
            places += [f"{here}/{name}/{n}" for n, is_old in enumerate(carried) if is_old]
    return places


def carried_over(said: Mapping[Pathway, Any], instrument: Any) -> tuple[dict[str, Any], list[str]]:
    """What a new assessment may begin with.

    Args:
        said: by pathway, what the last one said: answers by question, linked_to_offending, and
            the statements of each kind with words and basis.
        instrument: the one that is in use now.

    Returns:
        The pathways of a form, each answer marked as carried over; and the places of the answers
        that the instrument does not ask for. What was not assessed is left blank, and so is
        the person's own view: they are asked afresh.
    """
    pathways: dict[str, Any] = {}
    left_out: list[str] = []
    for pathway, part in said.items():
        if part["linked_to_offending"] is None:
            continue
        asked = {question.code: question for question in instrument.of(pathway).questions}
        kept = []
        for question, option in part["answers"].items():
            if question in asked and (
                option == NOT_KNOWN or asked[question].score_of(option) is not None
            ):
                kept.append({"question": question, "option": option, "carried_over": True})
            else:
                left_out.append(f"pathways/{pathway.value}/answers/{question}")
        link = {"answer": part["linked_to_offending"], "carried_over": True}
        listed = {
            name: [dict(each) | {"carried_over": True} for each in part[name]] for name in LISTED
        }
        pathways[pathway.value] = {"answers": kept, "linked_to_offending": link} | listed
    return pathways, left_out
