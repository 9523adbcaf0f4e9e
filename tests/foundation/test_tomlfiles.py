"""What cannot be read is told in one sentence, whatever is wrong with it."""

import tomllib

import pytest

from checkpoint.foundation.tomlfiles import parsed


def test_what_a_file_says_is_read():
    assert parsed('one = 1\n[two]\nthree = "3"') == {"one": 1, "two": {"three": "3"}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one = ", "end of document"),
        ("one = " + "9" * 5000, "too many digits"),
        ("one = " + "[" * 5000 + "]" * 5000, "too deep"),
        ("one = " + "{a=" * 5000 + "1" + "}" * 5000, "too deep"),
    ],
    ids=["cut short", "digits", "lists", "tables"],
)
def test_what_cannot_be_read_is_told_without_a_value(text, words):
    with pytest.raises(tomllib.TOMLDecodeError, match=words) as refused:
        parsed(text)
    assert "99999" not in str(refused.value)
