"""A case is decided so often and no more; what comes next looks at the present decision alone."""

import pytest

from builders import make_offence, make_record
from checkpoint.custody.rules import RecordFull
from checkpoint.eligibility import actions, queries
from checkpoint.eligibility.states import MOST_DECISIONS
from checkpoint.oversight import queries as oversight
from conftest import NOON


async def test_a_case_takes_as_many_decisions_as_the_limit(session, officer, monkeypatch):
    assert MOST_DECISIONS == 500
    monkeypatch.setattr(actions, "MOST_DECISIONS", 2)
    record = await make_record(session)
    await make_offence(session, record)
    assert await oversight.present(session, record.id, actor=officer) is None
    for _ in range(2):
        last, _ = await actions.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    with pytest.raises(RecordFull) as refused:
        await actions.decide_case(session, record.id, seen=1, by=officer, at=NOON)
    assert refused.value.facts == {"what": "decisions", "limit": 2}
    assert (await oversight.present(session, record.id, actor=officer)).id == last.id
    assert len(await queries.of_case(session, record.id, actor=officer)) == 2
