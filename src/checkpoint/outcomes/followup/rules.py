"""What a row of follow-up has to say. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from checkpoint.delivery.references import Outcomes
from checkpoint.outcomes.followup.states import DateForm
from checkpoint.outcomes.states import ENDS, Disposed, FollowUpKind
from checkpoint.people.identifiers import is_pnc_id

COLUMNS = (
    "row_key",
    "pnc_id",
    "event",
    "offence_date",
    "arrest_date",
    "charge_date",
    "disposal_date",
    "from_date",
    "until_date",
    "offence_code",
    "disposal",
    "outcome_code",
    "proactively_detected",
)
DAYS = (
    "offence_date",
    "arrest_date",
    "charge_date",
    "disposal_date",
    "from_date",
    "until_date",
)
ROW_KEY = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$", re.ASCII)
OFFENCE_CODE = re.compile(r"^[A-Z0-9][A-Z0-9./]{0,19}$", re.ASCII)
SOURCE = re.compile(r"^[A-Z0-9_-]{1,40}$", re.ASCII)
FORMS: Mapping[DateForm, tuple[re.Pattern[str], str, str]] = {
    DateForm.ISO: (re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII), "%Y-%m-%d", "2026-11-03"),
    DateForm.DAY_FIRST: (re.compile(r"^\d{2}/\d{2}/\d{4}$", re.ASCII), "%d/%m/%Y", "03/11/2026"),
}
OF_A_SPREADSHEET = re.compile(r"^\d{5}(\.\d+)?$", re.ASCII)
FIRST_YEAR = 1900
MOST_KEPT = 10_000
# Which cells a kind of event needs, and which it may have besides; every other stays empty.
NEEDED: Mapping[FollowUpKind, tuple[str, ...]] = {
    FollowUpKind.ARREST: ("arrest_date",),
    FollowUpKind.CHARGE: ("charge_date",),
    FollowUpKind.DISPOSAL: ("offence_date", "disposal_date", "disposal"),
    FollowUpKind.CUSTODY: ("from_date",),
    **dict.fromkeys(sorted(ENDS), ("from_date",)),
}
ALLOWED: Mapping[FollowUpKind, tuple[str, ...]] = {
    FollowUpKind.ARREST: ("offence_date", "offence_code", "proactively_detected"),
    FollowUpKind.CHARGE: ("offence_date", "arrest_date", "offence_code", "proactively_detected"),
    FollowUpKind.DISPOSAL: (
        "arrest_date",
        "charge_date",
        "offence_code",
        "outcome_code",
        "proactively_detected",
    ),
    FollowUpKind.CUSTODY: ("until_date",),
}
ANY = ("row_key", "pnc_id", "event")
YES_NO = {"": False, "no": False, "yes": True}
Listed = TypeVar("Listed", bound=StrEnum)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row; of a whole file, the row is 0 and there is no column.

    ``column`` is empty where no one cell is to blame. Nothing that stood in a cell is in it.
    """

    row: int
    column: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one row tells; ``number`` is where it stands, and no part of what it says."""

    number: int
    row_key: str
    pnc_id: str
    kind: FollowUpKind
    offence_on: date | None
    arrested_on: date | None
    charged_on: date | None
    disposed_on: date | None
    from_on: date | None
    until_on: date | None
    offence_code: str | None
    disposal: Disposed | None
    outcome_code: str | None
    proactively_detected: bool


class Faults:
    """Faults as they are met: the first of them, how many there are, and the rows they are in."""

    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.count, self.rows = 0, set[int]()

    def add(self, *faults: Fault) -> None:
        """Take in more; one of the whole file (0) is in no row."""
        for fault in faults:
            self.count += 1
            self.rows |= {fault.row} - {0}
            self.kept += [fault][: MOST_KEPT - len(self.kept)]


class _Row:
    """One row while it is read: its cells, and what is wrong with them."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number = number
        self.cells = {name: (cells.get(name) or "").strip() for name in COLUMNS}
        self.faults: list[Fault] = []

    def refuse(self, column: str, code: str, detail: str) -> None:
        self.faults.append(Fault(self.number, column, code, detail))

    def listed(self, column: str, kind: type[Listed]) -> Listed | None:
        text = self.cells[column]
        if text in {member.value for member in kind}:
            return kind(text)
        if text:
            known = ", ".join(member.value for member in kind)
            self.refuse(column, "not-listed", f"It is one of: {known}.")
        return None

    def form(self, column: str, pattern: re.Pattern[str], told: str) -> str | None:
        text = self.cells[column]
        if text and not pattern.match(text):
            self.refuse(column, "form-unknown", told)
            return None
        return text or None

    def day(self, column: str, form: DateForm) -> date | None:
        text = self.cells[column]
        pattern, written, example = FORMS[form]
        if not text:
            return None
        if not pattern.match(text):
            self.refuse(column, "date-form", f"{_written(text)}Write every day like {example}.")
            return None
        try:
            found = datetime.strptime(text, written).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.refuse(column, "no-such-day", "There is no such day.")
            return None
        if found.year < FIRST_YEAR:
            self.refuse(column, "too-early", f"The year is {FIRST_YEAR} or later.")
        return found


def _written(text: str) -> str:
    """In what other form a day seems to be written, if that can be told."""
    if OF_A_SPREADSHEET.match(text):
        return "It seems to be a spreadsheet's own number of a day. "
    for form, (pattern, _, example) in FORMS.items():
        if pattern.match(text):
            return f"It is like {example}; only if all days are, say --dates {form.value}. "
    return ""


def told(
    number: int,
    cells: Mapping[str, str],
    *,
    form: DateForm,
    followed_until: date,
    outcomes: Outcomes,
) -> tuple[Told | None, list[Fault]]:
    """What a row says, or everything that is wrong with it.

    Args:
        number: where it stands, for the report.
        cells: text by column.
        form: how the batch writes its days.
        followed_until: the last day of which the batch tells.
        outcomes: the outcomes that a disposal may have.

    Returns:
        The row, with its PNC ID as written; None beside the faults.
    """
    row = _Row(number, cells)
    kind = row.listed("event", FollowUpKind)
    if not row.cells["event"]:
        row.refuse("event", "needed", "Say what happened, or that nothing was found.")
    days = {column: row.day(column, form) for column in DAYS}
    disposal = row.listed("disposal", Disposed)
    code = row.form("offence_code", OFFENCE_CODE, "Capital letters, digits, strokes and points.")
    _check_key(row)
    _check_person(row)
    if row.cells["proactively_detected"] not in YES_NO:
        row.refuse("proactively_detected", "not-listed", "It is yes, no or empty.")
    if kind is not None:
        _check_cells(row, kind)
    _check_days(row, days, followed_until)
    _check_outcome(row, days["disposal_date"], outcomes)
    if row.faults or kind is None:
        return None, row.faults
    return _said(row, kind, days, code, disposal), []


def _said(
    row: _Row,
    kind: FollowUpKind,
    days: Mapping[str, date | None],
    offence_code: str | None,
    disposal: Disposed | None,
) -> Told:
    return Told(
        number=row.number,
        row_key=row.cells["row_key"],
        pnc_id=row.cells["pnc_id"],
        kind=kind,
        offence_on=days["offence_date"],
        arrested_on=days["arrest_date"],
        charged_on=days["charge_date"],
        disposed_on=days["disposal_date"],
        from_on=days["from_date"],
        until_on=days["until_date"],
        offence_code=offence_code,
        disposal=disposal,
        outcome_code=row.cells["outcome_code"] or None,
        proactively_detected=YES_NO[row.cells["proactively_detected"]],
    )


def _check_key(row: _Row) -> None:
    key = row.cells["row_key"]
    if not ROW_KEY.match(key) or is_pnc_id(key):
        row.refuse(
            "row_key",
            "form-unknown",
            "Give the source's own key of the row: 1 to 60 letters, digits, points, strokes and "
            "hyphens; not the PNC ID.",
        )


def _check_person(row: _Row) -> None:
    if not is_pnc_id(row.cells["pnc_id"]):
        row.refuse(
            "pnc_id", "not-a-pnc-id", "Write it like 2002/0073319Z; its letter checks the digits."
        )


def _check_cells(row: _Row, kind: FollowUpKind) -> None:
    needed = NEEDED.get(kind, ())
    for column in needed:
        if not row.cells[column]:
            row.refuse(column, "needed", f"A row of {kind.value} needs it.")
    allowed = {*ANY, *needed, *ALLOWED.get(kind, ())}
    for column in COLUMNS:
        if column not in allowed and row.cells[column]:
            row.refuse(column, "not-for-this-event", f"Leave it empty where it is {kind.value}.")


def _check_days(row: _Row, days: Mapping[str, date | None], followed_until: date) -> None:
    for column, day in days.items():
        if day is not None and day > followed_until:
            row.refuse(column, "after-followed-until", "It is later than the batch is followed to.")
    orders = (
        ("offence_date", "arrest_date"),
        ("offence_date", "charge_date"),
        ("offence_date", "disposal_date"),
        ("arrest_date", "disposal_date"),
        ("charge_date", "disposal_date"),
        ("from_date", "until_date"),
    )
    for first, second in orders:
        before, after = days[first], days[second]
        if before is not None and after is not None and after < before:
            row.refuse(second, "order-of-days", f"It is earlier than {first}.")


def _check_outcome(row: _Row, disposed_on: date | None, outcomes: Outcomes) -> None:
    code = row.cells["outcome_code"]
    if not code:
        return
    found = outcomes.of(code)
    if found is None or not found.is_outcome:
        row.refuse("outcome_code", "outcome-not-listed", "Choose an outcome of the code list.")
    elif found.never is not None:
        row.refuse("outcome_code", "outcome-never-here", found.never)
    elif disposed_on is not None and not found.may_be_given(disposed_on):
        row.refuse("outcome_code", "outcome-not-in-use", "It was not in use on that day.")
