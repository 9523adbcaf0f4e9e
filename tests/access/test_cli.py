import socket
from uuid import uuid4

import pytest

from shell import Shell

REVOKED = "SELECT actor_id, revoked_by, issued_before FROM token_revocation"
TOLD = "SELECT * FROM audit_entry WHERE event = 'access.revoked'"


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


def nobody_listens():
    """An address at which no server answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"postgresql://nobody:not-a-secret@127.0.0.1:{free.getsockname()[1]}/nothing"


def test_somebody_is_locked_out_by_their_id(shell):
    leaver = uuid4()
    told = shell("access", "revoke", leaver)
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Done: ")
    (row,), (entry,) = shell.found(REVOKED), shell.found(TOLD)
    assert row.actor_id == leaver
    assert entry.subject_ids == [leaver]
    assert (entry.actor_id, entry.actor_role) == (row.revoked_by, "operator")
    assert (entry.door, entry.at) == ("shell", row.issued_before)


def test_what_is_not_an_id_is_a_wrong_use_of_the_command(shell):
    told = shell("access", "revoke", "somebody")
    assert (told.code, told.out) == (2, "")
    assert shell.found(REVOKED) == []


def test_nobody_is_locked_out_when_it_cannot_be_recorded(shell):
    shell.found("REVOKE INSERT ON audit_entry FROM checkpoint_owner")
    told = shell("access", "revoke", uuid4())
    assert (told.code, told.out) == (75, "")
    assert "so nothing was done" in told.err
    assert shell.found(REVOKED) == []


def test_a_database_that_does_not_answer_is_one_line_and_exit_code_75(shell, monkeypatch):
    monkeypatch.setenv("CHECKPOINT_DATABASE_URL", nobody_listens())
    told = shell("access", "revoke", uuid4())
    assert (told.code, told.out) == (75, "")
    assert len(told.err.splitlines()) == 1
    assert "not-a-secret" not in told.err
