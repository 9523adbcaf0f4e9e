"""Pseudonyms: HMAC under a key of the extract's own, and nothing that could be tried out."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.extracts.pseudonyms import Pseudonyms, new_key, written
from checkpoint.extracts.scratch import halves
from checkpoint.extracts.writing import pseudonyms_of

keys = st.binary(min_size=32, max_size=32)
ids = st.binary(min_size=16, max_size=16)


@given(keys, st.lists(ids, max_size=5))
def test_a_pseudonym_is_the_first_half_of_an_hmac_of_the_id(key, given_ids):
    made = Pseudonyms(key).digests(b"".join(given_ids))
    assert made == b"".join(hmac.digest(key, each, "sha256")[:16] for each in given_ids)


@given(keys, st.lists(ids, min_size=1, max_size=5))
def test_it_is_written_in_base_32_in_the_order_of_its_bytes(key, given_ids):
    pseudonyms = Pseudonyms(key)
    digests = sorted(pseudonyms.digests(each) for each in given_ids)
    texts = [written(each) for each in digests]
    assert texts == sorted(texts) == pseudonyms_of(halves(b"".join(digests))).to_pylist()
    assert {len(each) for each in texts} == {26}
    assert base64.b32hexdecode(texts[0] + "======") == digests[0]
    assert pseudonyms.of(given_ids[0]) in texts


@given(keys, keys, ids)
def test_two_extracts_have_no_pseudonym_in_common(one, other, each):
    assert (Pseudonyms(one).of(each) == Pseudonyms(other).of(each)) is (one == other)


def test_a_key_is_256_random_bits():
    assert len({new_key() for _ in range(50)}) == 50
    assert {len(new_key()) for _ in range(5)} == {32}
    with pytest.raises(ValueError, match="32 bytes"):
        Pseudonyms(b"short")


def test_a_pseudonym_known_from_the_standard_is_made():
    # RFC 4868, section 2.7.1, test case SHA256-1: a key of 32 bytes.
    digest = "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7"
    assert Pseudonyms(b"\x0b" * 32).digests(b"Hi There").hex() == digest[:32]
