"""Nobody foresees the next arm better than the block design itself forces."""

import pytest

from guessing import SIZES, forced_share, guessed, known_boundaries_share, simulated


def test_blocks_of_two_give_every_second_arm_away():
    assert forced_share(8, (2,)) == pytest.approx(0.75)
    assert known_boundaries_share((2,)) == pytest.approx(0.75)
    assert list(guessed(["treatment", "control", "control", "treatment"], (2,)))[1::2] == [True] * 2


def test_the_guesser_uses_what_the_design_gives_away():
    assert forced_share(8, (4,)) > forced_share(8, SIZES) > 0.5
    assert forced_share(8, (4,)) == pytest.approx(known_boundaries_share((4,)))


def test_in_a_thousand_trials_nobody_guesses_better_than_the_design_forces():
    draws = 12
    share, error = simulated(1000, draws)
    forced = forced_share(draws)
    assert forced < known_boundaries_share()
    assert abs(share - forced) < 5 * error
