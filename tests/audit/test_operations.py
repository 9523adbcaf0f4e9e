"""The operations the law wants to see logged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkpoint.audit.operations import AuditEvent, Operation, attempted


def test_the_operations_are_the_six_of_the_act():
    # DPA 2018 s.62(1)(a) to (f), disclosure including transfers.
    act = ["collection", "alteration", "consultation", "disclosure", "combination", "erasure"]
    assert [operation.value for operation in Operation] == act


@pytest.mark.parametrize(
    ("method", "operation"),
    [
        ("GET", "consultation"),
        ("HEAD", "consultation"),
        ("OPTIONS", "consultation"),
        ("POST", "collection"),
        ("PUT", "alteration"),
        ("PATCH", "alteration"),
        ("DELETE", "erasure"),
        ("BREW", "alteration"),
    ],
)
def test_a_refused_request_is_logged_as_what_it_set_out_to_do(method, operation):
    assert attempted(method) == operation


@given(method=st.text())
def test_any_method_at_all_has_an_operation(method):
    assert attempted(method) in Operation


def test_events_are_a_room_and_what_happened():
    assert all(event.value.count(".") == 1 for event in AuditEvent)
