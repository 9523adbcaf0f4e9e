"""Where the demo plays: beside its own people and those of the README, and beside nobody else."""

import pytest

from checkpoint.demo.player import made_up


@pytest.mark.parametrize("name", ["Testperson", "Synthetic-Alder"])
def test_the_demos_people_and_the_readmes_are_made_up(name):
    assert made_up(name)


@pytest.mark.parametrize("name", ["Smith", "Testperson-Smith", "testperson", "Synthetic", ""])
def test_anybody_else_might_be_a_person(name):
    assert not made_up(name)
