"""Needs assessments through the front door, by the package's own instrument."""

from builders import a_key, eligible
from checkpoint.needs.references import packaged, parse
from checkpoint.needs.states import Pathway

INSTRUMENT = parse(packaged()["2015-04-07-starter"])


def answered(pathway, option=0):
    """Every question about a pathway answered by the option at this place."""
    return [
        {"question": question.code, "option": question.options[option].code}
        for question in INSTRUMENT.of(Pathway(pathway)).questions
    ]


def a_pathway(pathway, option=0, **changes):
    said = {"answers": answered(pathway, option), "linked_to_offending": {"answer": "no"}}
    return {name: value for name, value in (said | changes).items() if value is not ...}


def all_pathways(option=0, **changes):
    return {each.value: a_pathway(each, option) for each in Pathway} | changes


WHOLE_NEEDS = {
    "timepoint": "baseline",
    "assessed_at": "2026-11-03T10:00:00Z",
    "pathways": all_pathways(),
}


def place_of(record):
    return f"/v1/custody-records/{record['id']}/needs-assessments"


async def assess(client, record, key=None, **changes):
    body = {name: value for name, value in (WHOLE_NEEDS | changes).items() if value is not ...}
    return await client.post(place_of(record), json=body, headers=key or a_key())


async def assessed(client, record, **changes):
    answer = await assess(client, record, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def a_case(client, **given):
    return await eligible(client, **given)
