"""Whatever is merged and parted in whatever order: one survivor, no circle, nothing lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import make_person
from checkpoint.people import queries as people
from checkpoint.people.merges import actions, queries
from checkpoint.people.merges.actions import PartedAlready
from checkpoint.people.merges.schemas import MergePeople, PartPeople
from checkpoint.people.queries import PersonMergedAway
from conftest import NOON, rolled_back

MANY, MOST = 5, 12
KNOWN = (
    {},
    {"given_names": None, "sex": "not_known", "self_defined_ethnicity": "B2"},
    {"date_of_birth": None, "sex": "female"},
    {"self_defined_ethnicity": "NS", "ethnicity_missing_reason": "refused"},
    {"date_of_birth": None, "observed_ethnicity": "IC3", "local_authority": "E06000047"},
)
PLACES = st.integers(0, MANY - 1)
MERGE = st.tuples(st.just("merge"), PLACES, PLACES).filter(lambda step: step[1] != step[2])
PART = st.tuples(st.just("part"), st.integers(0, 20), st.booleans())
BECAUSE = {"reason": "other", "words": "Synthetic words."}


class Sequence:
    """People, what was merged of them, and a plain model of who is under whom."""

    def __init__(self, session, by, ids):
        self.session, self.by, self.ids = session, by, ids
        self.merges, self.under = [], {}

    async def seen(self, id):
        return await queries.version_of(self.session, id)

    async def merge(self, kept, other):
        command = MergePeople(other_id=other, **BECAUSE)
        given = {"seen": await self.seen(kept), "by": self.by, "at": NOON}
        away = next((id for id in (kept, other) if id in self.under), None)
        if away is not None:
            with pytest.raises(PersonMergedAway) as refused:
                await actions.merge(self.session, kept, command, **given)
            assert refused.value.facts == {"person_id": str(self.survivor(away))}
            return
        self.merges.append(await actions.merge(self.session, kept, command, **given))
        self.under[other] = kept

    async def part(self, number, *, from_other):
        if not self.merges:
            return
        merge = self.merges[number % len(self.merges)]
        person = merge.other_id if from_other else merge.kept_id
        found = await queries.one(self.session, person, merge.id)
        given = {"seen": await self.seen(person), "by": self.by, "at": NOON}
        asked = (self.session, person, merge.id, PartPeople(**BECAUSE))
        if found.parting_id is not None:
            with pytest.raises(PartedAlready):
                await actions.part(*asked, **given)
            return
        await actions.part(*asked, **given)
        assert self.under.pop(merge.other_id) == merge.kept_id

    def survivor(self, id):
        for _ in range(MANY):
            id = self.under.get(id, id)
        assert id not in self.under  # else the chain bites its tail
        return id

    async def check(self):
        survivors = {id: self.survivor(id) for id in self.ids}
        assert await people.survivors(self.session, self.ids) == survivors
        for id in self.ids:
            one = {other for other in self.ids if survivors[other] == survivors[id]}
            assert await people.same_person_ids(self.session, id) == one

    async def views(self):
        rows = [await people.one(self.session, id) for id in self.ids]
        return [(await queries.whole(self.session, row)).model_dump_json() for row in rows]


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(MERGE | PART, max_size=MOST), order=st.permutations(range(MOST)))
async def test_parting_everything_restores_everybody_bit_for_bit(api, officer, steps, order):
    async with rolled_back(api) as session:
        ids = [(await make_person(session, **known)).id for known in KNOWN]
        life = Sequence(session, officer, ids)
        before = await life.views()
        for kind, first, second in steps:
            if kind == "merge":
                await life.merge(ids[first], ids[second])
            else:
                await life.part(first, from_other=second)
            await life.check()
        for number in order:  # a merge that was parted already, or comes round again, is refused
            await life.part(number, from_other=False)
            await life.check()
        assert life.under == {}
        assert await life.views() == before
