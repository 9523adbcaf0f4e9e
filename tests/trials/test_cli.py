"""The trial manager's shell: protocols are checked and adopted, trials shown and closed."""

import hashlib
from datetime import date

import pytest

from shell import Shell
from trialling import a_protocol


@pytest.fixture
def shell(make_database, monkeypatch):
    return Shell(make_database(), monkeypatch)


@pytest.fixture
def write(tmp_path):
    def write(content):
        file = tmp_path / "protocol.toml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def test_a_protocol_is_checked_adopted_shown_and_its_trial_closed(shell, write):
    text = a_protocol()
    digest = hashlib.sha256(text.encode()).hexdigest()
    checked = shell("trials", "check", write(text))
    assert checked.code == 0
    assert checked.out.splitlines() == [
        "TEST-TRIAL (test), version 1.0: no fault.",
        "Opens on 01 November 2026; treatment 1, control 1; strata: DURHAMGATE, PETERLEE.",
        f"SHA-256 {digest}",
    ]
    assert shell.found("SELECT id FROM trial") == []
    assert shell("trials", "show").out == ""
    adopted = shell("trials", "adopt", write(text))
    assert adopted.out == f"Adopted version 1.0, from 01 November 2026 on.\nSHA-256 {digest}\n"
    assert shell("trials", "show").out == "TEST-TRIAL  test  open  version 1.0  target 800\n"
    closed = shell("trials", "close", "TEST-TRIAL", "--why", "Synthetic.")
    assert closed.out.startswith("TEST-TRIAL is closed. ")
    assert shell("trials", "show").out.split()[2] == "closed"
    assert shell("trials", "close", "TEST-TRIAL", "--why", "Synthetic.").code == 19


def test_a_protocol_is_adopted_word_for_word(shell, write):
    content = a_protocol().replace("\n", "\r\n").encode()
    assert shell("trials", "adopt", write(content)).code == 0
    (row,) = shell.found("SELECT content FROM trial_protocol")
    assert row.content.encode() == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"trial = \xff", "The file is not UTF-8: look at byte 8."),
        ("trial = ", "end of document"),
        (a_protocol(target=1), "target"),
        (a_protocol(strata=["NOWHERE"]), "NOWHERE"),
        (a_protocol(opens_on=date(1900, 1, 1)), "when the programme began"),
        ("target = " + "9" * 5000, "too many digits"),
        ("strata = " + "[" * 5000, "too deep"),
    ],
)
def test_a_protocol_with_a_fault_is_refused_in_one_line(shell, write, content, words):
    told = shell("trials", "adopt", write(content))
    assert told.code == 22, told
    assert told.err.startswith("The trial protocol cannot be adopted. ")
    assert words in told.err
    assert shell.found("SELECT id FROM trial") == []


@pytest.mark.parametrize("words", ["", "   ", "x" * 1001])
def test_a_trial_is_closed_with_a_reason_of_some_length(shell, write, words):
    assert shell("trials", "adopt", write(a_protocol())).code == 0
    told = shell("trials", "close", "TEST-TRIAL", "--why", words)
    assert (told.code, told.err) == (
        22,
        "The trial is not closed. Say why, in 1 to 1,000 characters.\n",
    )
    assert shell.found("SELECT id FROM trial_closing") == []
