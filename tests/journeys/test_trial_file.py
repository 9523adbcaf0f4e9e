"""What was lodged in the trial file stays there."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from checkpoint.allocation.states import TrialFileUnreadable
from checkpoint.allocation.vault import lodge, lodged
from conftest import NOON

pytestmark = pytest.mark.slow


def a_list():
    digests = dict.fromkeys(("digest", "sealed_digest", "seed_commitment"), "0" * 64)
    said = {"id": uuid4(), "kind": "test", "number": 1, "method": "permuted_blocks"}
    return SimpleNamespace(**said, **digests, sealed_at=NOON)


def test_lists_are_lodged_beside_each_other(tmp_path):
    file, lists = tmp_path / "trial.json", [a_list(), a_list()]
    for each in lists:
        lodge(file, each, trial="TEST-TRIAL")
    assert lodged(file).keys() == {str(each.id) for each in lists}


@pytest.mark.parametrize("content", [b"not JSON", b"{}", b"[]", b'{"lists": []}', b"\xff"])
def test_a_file_that_cannot_be_read_is_left_as_it_is(tmp_path, content):
    file = tmp_path / "trial.json"
    file.write_bytes(content)
    assert lodged(file) == {}
    with pytest.raises(TrialFileUnreadable):
        lodge(file, a_list(), trial="TEST-TRIAL")
    assert file.read_bytes() == content


def test_where_no_file_is_nothing_is_lodged(tmp_path):
    assert lodged(tmp_path / "none.json") == {}
