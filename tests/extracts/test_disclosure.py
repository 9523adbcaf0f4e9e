"""What attackers try: to tell people from two releases, and to join the files of two recipients."""

from collections import Counter
from dataclasses import replace
from math import sqrt
from random import Random
from uuid import UUID

from checkpoint.evaluation.control import table as counted
from checkpoint.extracts.differencing import Difference, too_close
from checkpoint.extracts.pseudonyms import Pseudonyms
from checkpoint.extracts.references import Policy
from copied import OFFERED, POLICY, asked, built, people, table

WORLDS = 1_000
BASE_RATE = 0.5


class World:
    """A trial of one day, and of the day after, when one more person is in it.

    The attacker knows everybody's arm and outcome but for the outcome of the one who was added, and
    has whatever was released on both days.
    """

    def __init__(self, seed: int, policy: Policy, *, guarded: bool) -> None:
        lot = Random(seed)
        self.others = [(lot.randrange(2), lot.random() < 0.3) for _ in range(lot.randint(60, 140))]
        self.arm, self.outcome = lot.randrange(2), lot.random() < BASE_RATE
        self.policy, self.guarded, self._coin = policy, guarded, lot
        self.first, self.second = self.released(self.outcome)

    def released(self, outcome: bool):
        """What would be released on both days if this came of the one who was added."""
        yesterday, today = self.others, [*self.others, (self.arm, outcome)]
        difference = Difference(added=len(today) - len(yesterday))
        refused = self.guarded and too_close(difference, self.policy)
        return self.published(yesterday), None if refused else self.published(today)

    def published(self, everybody):
        counts = Counter(everybody)
        return counted([[counts[arm, had] for had in (False, True)] for arm in (0, 1)], self.policy)

    def guess(self) -> bool:
        """The outcome that alone fits what was released and refused; else a coin's."""
        seen = (self.first, self.second)
        fits = [had for had in (False, True) if self.released(had) == seen]
        return fits[0] if len(fits) == 1 else self._coin.random() < BASE_RATE


def right_of(*, guarded: bool) -> float:
    worlds = [World(seed, POLICY, guarded=guarded) for seed in range(WORLDS)]
    return sum(world.guess() == world.outcome for world in worlds) / WORLDS


def test_whoever_knows_everybody_else_learns_nothing_of_the_one_added_the_next_day():
    error = sqrt(BASE_RATE * (1 - BASE_RATE) / WORLDS)
    assert abs(right_of(guarded=True) - BASE_RATE) <= 3 * error


def test_the_same_attacker_learns_much_where_the_second_release_is_not_refused():
    error = sqrt(BASE_RATE * (1 - BASE_RATE) / WORLDS)
    assert right_of(guarded=False) > BASE_RATE + 3 * error


def test_a_refusal_hangs_on_who_is_in_a_release_and_not_on_what_came_of_them():
    worlds = [World(seed, POLICY, guarded=True) for seed in range(50)]
    assert {world.second for world in worlds} == {None}


def test_two_recipients_cannot_join_their_files_by_pseudonym_or_by_order(tmp_path):
    rows = people(600, 4)
    for row in rows:
        row["sex"] = "male"
    wanted = asked("sex", "arrest_day")
    files = []
    for number, key in enumerate((bytes(32), bytes(range(32)))):
        (tmp_path / str(number)).mkdir()
        _, package = built(tmp_path / str(number), wanted, rows, key=key)
        files.append(table(package))
    one, other = files
    assert len(one) == len(other) == 600
    assert {row["pseudonym"] for row in one}.isdisjoint(row["pseudonym"] for row in other)
    # By place: as often right as two shuffled files are by chance.
    told = [tuple(row.values())[1:] for row in one], [tuple(row.values())[1:] for row in other]
    matches = sum(a == b for a, b in zip(*told, strict=True))
    chance = sum(n * n for n in Counter(told[0]).values()) / 600
    assert abs(matches - chance) <= 3 * sqrt(chance) + 3


def test_even_joined_by_what_happened_to_people_two_files_find_nobody(tmp_path):
    rows = people(900, 5)
    known = {each.name: each for each in OFFERED}
    first = asked("sex", "age_band")
    (tmp_path / "one").mkdir()
    release, one = built(tmp_path / "one", first, rows)
    levels = [(known[name], level) for name, level in release.plan.levels.items() if name != "arm"]
    second = replace(
        asked("ethnicity", "local_authority", "offence_group", "quarter"), earlier=levels
    )
    (tmp_path / "other").mkdir()
    release, other = built(tmp_path / "other", second, rows, key=bytes(32))
    # An attacker who even had the list of who is who: the union of both files, person by person.
    everybody = [row["participant_id"] for row in rows]
    from_one = named(one, everybody, bytes(range(32)))
    from_other = named(other, everybody, bytes(32))
    joined = Counter((*from_one[who], *from_other[who]) for who in {*from_one} & {*from_other})
    assert release.plan.joined.k >= 10
    assert min(joined.values()) >= 10


def named(files, everybody, key):
    """What a file tells of each person, by id, for whoever has its key."""
    made = {Pseudonyms(key).of(UUID(who).bytes): who for who in everybody}
    return {made[row.pop("pseudonym")]: tuple(row.values()) for row in table(files)}
