"""A sealed place opens with its own key, at its own place, and is as long as any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.allocation.sealing import SealBroken, opened, sealed

KEY = bytes(32)
arms = st.from_regex(r"[a-z][a-z0-9_]{1,30}", fullmatch=True)


@given(arms)
def test_what_was_sealed_opens_again(arm):
    assert opened(KEY, sealed(KEY, arm, place="here"), place="here") == arm


@given(arms, arms)
def test_whatever_is_sealed_is_of_one_length_and_never_the_same_twice(one, other):
    first, second = sealed(KEY, one, place="here"), sealed(KEY, other, place="here")
    assert len(first) == len(second) == 76
    assert first != second


def test_it_opens_nowhere_else_and_with_no_other_key():
    content = sealed(KEY, "control", place="here")
    for key, place in ((bytes([1] * 32), "here"), (KEY, "there")):
        with pytest.raises(SealBroken):
            opened(key, content, place=place)


@given(st.integers(0, 75), st.integers(1, 255))
def test_what_was_altered_does_not_open(where, by):
    content = bytearray(sealed(KEY, "control", place="here"))
    content[where] ^= by
    with pytest.raises(SealBroken):
        opened(KEY, bytes(content), place="here")


def test_nothing_at_all_does_not_open():
    with pytest.raises(SealBroken):
        opened(KEY, b"", place="here")


def test_what_is_too_long_is_not_sealed():
    with pytest.raises(ValueError, match="48"):
        sealed(KEY, "x" * 49, place="here")
