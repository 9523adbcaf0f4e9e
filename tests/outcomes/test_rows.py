"""What a row of follow-up has to say, tried by itself."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_pnc_id
from checkpoint.delivery.references import known
from checkpoint.outcomes.followup import matching, reading, reports, rules
from checkpoint.outcomes.followup.rules import COLUMNS, Fault
from checkpoint.outcomes.followup.states import DateForm, RowOutcome, Where
from checkpoint.outcomes.states import FollowUpKind
from following import NUMBERS, a_row, as_csv

UNTIL = date(2029, 5, 31)
DISPOSED = {
    "event": "disposal",
    "arrest_date": "2027-05-02",
    "charge_date": "2027-05-02",
    "disposal_date": "2027-09-01",
    "disposal": "conviction",
}


def told(form=DateForm.ISO, **overrides):
    cells = {name: str(value) for name, value in a_row(1, **overrides).items()}
    return rules.told(7, cells, form=form, followed_until=UNTIL, outcomes=known())


def codes(faults):
    return [(fault.row, fault.column, fault.code) for fault in faults]


def test_a_row_that_is_right_says_what_it_says():
    row, faults = told(proactively_detected="yes")
    assert faults == []
    assert (row.number, row.row_key, row.kind) == (7, "R1", FollowUpKind.ARREST)
    assert (row.offence_on, row.arrested_on) == (date(2027, 5, 1), date(2027, 5, 2))
    assert row.proactively_detected
    row, _ = told(**DISPOSED, outcome_code="1")
    assert (row.disposed_on, row.disposal, row.outcome_code) == (
        date(2027, 9, 1),
        "conviction",
        "1",
    )
    row, _ = told(DateForm.DAY_FIRST, offence_date="01/05/2027", arrest_date="02/05/2027")
    assert row.arrested_on == date(2027, 5, 2)


@pytest.mark.parametrize(
    ("overrides", "column", "code"),
    [
        ({"event": ""}, "event", "needed"),
        ({"event": "=HYPERLINK(1)"}, "event", "not-listed"),
        ({"arrest_date": ""}, "arrest_date", "needed"),
        ({"arrest_date": "02/05/2027"}, "arrest_date", "date-form"),
        ({"arrest_date": "46509"}, "arrest_date", "date-form"),
        ({"arrest_date": "2027-02-30"}, "arrest_date", "no-such-day"),
        ({"offence_date": "1899-12-31"}, "offence_date", "too-early"),
        ({"arrest_date": "2029-06-01"}, "arrest_date", "after-followed-until"),
        ({"offence_date": "2027-05-03"}, "arrest_date", "order-of-days"),
        ({"charge_date": "2027-05-03"}, "charge_date", "not-for-this-event"),
        ({"pnc_id": "2001/6000000A"}, "pnc_id", "not-a-pnc-id"),
        ({"row_key": NUMBERS[0]}, "row_key", "form-unknown"),
        ({"row_key": ""}, "row_key", "form-unknown"),
        ({"row_key": "-1+1"}, "row_key", "form-unknown"),
        ({"offence_code": "=1+1"}, "offence_code", "form-unknown"),
        ({"proactively_detected": "perhaps"}, "proactively_detected", "not-listed"),
        (DISPOSED | {"disposal": "hanged"}, "disposal", "not-listed"),
        (DISPOSED | {"disposal": ""}, "disposal", "needed"),
        (DISPOSED | {"outcome_code": "99"}, "outcome_code", "outcome-not-listed"),
        (DISPOSED | {"outcome_code": "0"}, "outcome_code", "outcome-not-listed"),
        (DISPOSED | {"outcome_code": "18"}, "outcome_code", "outcome-never-here"),
        (
            {
                "event": "disposal",
                "offence_date": "2017-01-01",
                "arrest_date": "",
                "disposal_date": "2019-03-31",
                "disposal": "out_of_court",
                "outcome_code": "22",
            },
            "outcome_code",
            "outcome-not-in-use",
        ),
    ],
)
def test_a_row_that_is_wrong_says_where_and_what_would_be_right(overrides, column, code):
    row, faults = told(**overrides)
    assert row is None
    assert (7, column, code) in codes(faults)
    for fault in faults:
        assert fault.detail.endswith((".", "hyphens; not the PNC ID."))
        assert not any(
            value and value in fault.detail
            for value in (overrides.get(column), NUMBERS[0])
            if value not in {None, "0", "18"}
        )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("46509", "It seems to be a spreadsheet's own number of a day."),
        ("02/05/2027", "say --dates"),
        ("2 May", "Write every day like"),
    ],
)
def test_a_day_in_another_form_is_told_which_it_seems_to_be(written, said):
    _, (fault,) = told(arrest_date=written)
    assert said in fault.detail
    assert written not in fault.detail


def test_outcome_22_is_taken_from_its_first_day():
    row, faults = told(
        event="disposal",
        offence_date="2019-01-01",
        arrest_date="",
        disposal_date="2019-04-01",
        disposal="out_of_court",
        outcome_code="22",
    )
    assert (row.outcome_code, faults) == ("22", [])


def test_every_fault_of_a_row_is_told_at_once():
    _, faults = told(pnc_id="x", event="death", from_date="yesterday")
    assert {code for _, _, code in codes(faults)} >= {
        "not-a-pnc-id",
        "date-form",
        "not-for-this-event",
    }


@pytest.mark.parametrize("kind", [*FollowUpKind])
def test_every_kind_of_event_has_a_row_that_is_right(kind):
    cells = dict.fromkeys(rules.NEEDED.get(kind, ()), "2027-05-02")
    cells |= {"disposal": "caution"} if kind is FollowUpKind.DISPOSAL else {}
    bare = {"offence_date": "", "arrest_date": "", "offence_code": ""}
    row, faults = told(**(bare | {"event": kind.value} | cells))
    assert (faults, row.kind) == ([], kind)


def test_a_key_that_stands_twice_is_told_with_the_row_it_repeats():
    (fault,) = matching.repeated_keys([(2, "A"), (3, "B"), (9, "A")], Where.LINE)
    assert (fault.row, fault.code) == (9, "row-twice")
    assert fault.detail == "Line 2 has the same key; send one of the two."
    (fault,) = matching.repeated_keys([(1, "A"), (2, "A")], Where.ROW)
    assert fault.detail.startswith("#/rows/0 has the same key")


def test_a_year_of_two_digits_may_be_of_two_centuries():
    today = date(2026, 11, 3)
    full = a_pnc_id(73, 2002)
    assert matching.people_of(full, today=today) == [full]
    assert matching.people_of(f"02/73{full[-1]}", today=today) == [
        full.replace("20", "19", 1),
        full,
    ]
    late = a_pnc_id(73, 1999)
    assert matching.people_of(f"99/73{late[-1]}", today=today) == [late]


@given(st.permutations([1, 2, 3]))
def test_the_same_rows_in_another_order_are_the_same_batch(order):
    rows = [told(row_key=f"R{number}")[0] for number in order]
    first = [told(row_key=f"R{number}")[0] for number in (1, 2, 3)]
    given_ = {"trial": "T", "source": "PNC", "followed_until": UNTIL}
    assert matching.digest(rows, **given_) == matching.digest(first, **given_)
    assert matching.digest(rows, **given_) != matching.digest(rows, **given_ | {"source": "LOCAL"})
    other = told(row_key="R1", arrest_date="2027-05-03")[0]
    assert matching.said(other) != matching.said(told(row_key="R1")[0])


@pytest.mark.parametrize(
    ("lost", "of", "allowed", "too_many"),
    [
        (0, 5, 0, False),
        (1, 100, 0, True),
        (3, 100, 3, False),
        (4, 100, 3, True),
        (1, 1, 100, False),
    ],
)
def test_as_many_rows_may_be_lost_as_were_allowed(lost, of, allowed, too_many):
    outcomes = [RowOutcome.UNMATCHED] * lost + [RowOutcome.NEW] * (of - lost)
    assert matching.is_too_many(outcomes, allowed_percent=allowed) is too_many


# Files.

FILE = as_csv(a_row(1), a_row(2, 1))


def faults_of(content):
    rows, faults = reading.cells_of(content if isinstance(content, bytes) else content.encode())
    assert faults.count or rows
    return codes(faults.kept)


def test_a_file_is_read_with_its_lines_whatever_its_line_ends_or_order_of_columns():
    for content in (FILE, "\ufeff" + FILE, FILE.replace("\r\n", "\n"), FILE + "\r\n,,,\r\n"[:2]):
        rows, faults = reading.cells_of(content.encode())
        assert (faults.kept, [number for number, _ in rows]) == ([], [2, 3])
        assert rows[0][1]["pnc_id"] == NUMBERS[0]
    turned = ",".join(reversed(COLUMNS))
    rows, faults = reading.cells_of(as_csv(a_row(1), columns=turned).encode())
    assert rows[0][1]["row_key"] == "R1"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", [(0, "", "empty")]),
        (as_csv(), [(0, "", "empty")]),
        (FILE.encode("utf-16"), [(0, "", "not-utf-8")]),
        (("\ufeff" + FILE).encode() + "é\n".encode("latin-1"), [(4, "", "not-utf-8")]),
        (FILE.replace("R2", "R\0"), [(3, "", "not-text")]),
        (FILE.rstrip(), [(3, "", "cut-off")]),
        (FILE[:-20], [(3, "", "cut-off")]),
        (FILE.replace("disposal_date,", ""), [(1, "disposal_date", "column-missing")]),
        (FILE.replace("row_key,", "row_key,name,"), [(1, "", "column-unknown")]),
        (FILE.replace("row_key,", "row_key,row_key,"), [(1, "row_key", "column-twice")]),
        (FILE.replace("R2,", "R2,,"), [(3, "", "cells-count")]),
        (FILE.replace("R2,", 'R2"x",').replace("R2", '"R2'), [(3, "", "not-csv")]),
        (FILE.replace("R1,", '"R1,') + "R3\r\n" * 50, [(2, "", "not-csv")]),
        ("R" * 200_000 + "\r\n", [(1, "", "not-csv")]),
        (FILE.replace("R2,", f"{'R' * 1001},"), [(3, "", "cell-too-long")]),
    ],
)
def test_a_broken_file_says_where_it_is_broken(content, found):
    assert faults_of(content) == found


def test_a_file_told_apart_by_something_else_than_commas_is_told_so():
    assert faults_of(FILE.replace(",", ";"))[0] == (1, "", "not-commas")


def test_a_report_holds_what_is_wrong_by_line():
    faults = [Fault(number, "pnc_id", "not-a-pnc-id", "Write it.") for number in range(30)]
    assert reports.of_faults(faults[:1]) == (
        "line,column,code,detail\r\n0,pnc_id,not-a-pnc-id,Write it.\r\n"
    )
    lines = reports.in_words(faults, 30)
    assert lines[:2] == [
        "  the file, pnc_id: Write it. (not-a-pnc-id)",
        "  line 1, pnc_id: Write it. (not-a-pnc-id)",
    ]
    assert lines[-1] == "  and 10 more; --report FILE.csv writes them all"
    assert reports.in_words(faults, 30, report=True)[-1] == "  and 10 more; the report has them all"
    assert reports.of_rows([(2, RowOutcome.NEW)]).endswith("2,,new,It was new\r\n")
