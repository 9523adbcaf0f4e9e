"""The plain types that everything asked and shown is made of."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from checkpoint.foundation.schemas import (
    Code,
    Command,
    Day,
    Instant,
    Moment,
    Name,
    Text,
    View,
    YesNo,
)

text, name, code = (TypeAdapter(kind).validate_python for kind in (Text, Name, Code))
day, instant, yes_no = (TypeAdapter(kind).validate_python for kind in (Day, Instant, YesNo))

HIDDEN = {
    "NUL": "\0",
    "line feed": "\n",
    "delete": "\x7f",
    "next line": "\x85",
    "soft hyphen": "\xad",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "byte order mark": "\ufeff",
    "right-to-left mark": "\u200f",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "tag letter": "\U000e0041",
    "unassigned": "\u0378",
    "half of a pair": "\ud800",
}


class Ask(Command):
    count: int | None = None
    share: float | None = None


class Show(View):
    at: Moment


def told(check, value):
    with pytest.raises(ValidationError) as refused:
        check(value)
    return refused.value.errors()[0]["msg"]


@pytest.mark.parametrize("symbol", HIDDEN.values(), ids=HIDDEN)
def test_hidden_characters_are_refused_wherever_they_stand(symbol):
    for value in (f"Test{symbol}person", f"a{symbol}{symbol}b"):
        told(text, value)


def test_letters_come_out_composed():
    assert text("Zoe\u0308 A\u030angstro\u0308m") == "Zo\u00eb \u00c5ngstr\u00f6m"
    assert text("\u212b") == "\u00c5"


@given(value=st.text())
def test_text_comes_out_composed_and_harmless_or_not_at_all(value):
    try:
        found = text(value)
    except ValidationError:
        return
    assert found
    assert found == unicodedata.normalize("NFC", found) == found.strip()
    assert text(found) == found
    assert not {unicodedata.category(symbol)[0] for symbol in found} & {"C"}


@pytest.mark.parametrize("value", ["", "   ", "\u00a0", 7, None, True, ["x"]])
def test_text_that_says_nothing_or_is_no_text_is_refused(value):
    told(text, value)


def test_a_name_is_measured_as_it_will_be_stored():
    assert name("e\u0301" * 100) == "\u00e9" * 100
    told(name, "x" * 101)
    told(name, "\u0958" * 51)  # each becomes two when composed


def test_codes_are_trimmed_and_set_in_capitals():
    assert code(" durhamgate ") == "DURHAMGATE"
    assert code("A_b-9") == "A_B-9"


@pytest.mark.parametrize(
    "value", ["", "A B", "A\nB", "\u00c9", "A" * 41, "A/B", "\uff21", "\u0661"]
)
def test_codes_hold_nothing_but_letters_figures_and_two_strokes(value):
    told(code, value)


@pytest.mark.parametrize("value", [1, 0, "yes", "true", "false", None, 1.0])
def test_only_true_and_false_answer_yes_or_no(value):
    told(yes_no, value)


@pytest.mark.parametrize("value", [0, 86_400, 1.7e9, True, "86400", "1699920000", "-86400", "1e9"])
def test_numbers_are_never_taken_for_dates_or_times(value):
    told(day, value)
    told(instant, value)


@pytest.mark.parametrize("year", ["1900", "2100"])
def test_years_from_1900_to_2100_are_taken(year):
    assert day(f"{year}-06-01") == date(int(year), 6, 1)
    assert instant(f"{year}-06-01T12:00:00Z") == datetime(int(year), 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("year", ["0001", "1899", "2101", "9999"])
def test_other_years_are_refused(year):
    assert "1900 to 2100" in told(day, f"{year}-06-01")
    assert "1900 to 2100" in told(instant, f"{year}-06-01T12:00:00Z")


@pytest.mark.parametrize("value", ["2026-02-29", "2026-13-01", "05/11/2026", "", "today", None])
def test_days_that_do_not_exist_or_are_written_otherwise_are_refused(value):
    told(day, value)


@pytest.mark.parametrize(
    "value", ["2026-11-02T21:40:00Z", "2026-11-02T21:40:00+00:00", "2026-11-02T23:40:00+02:00"]
)
def test_an_instant_is_the_same_whatever_its_offset(value):
    assert instant(value) == instant(datetime.fromisoformat(value))
    assert instant(value) == datetime(2026, 11, 2, 21, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-02T21:40:00",
        "2026-07-02T21:40:00",
        "2026-11-02",
        "2026-10-25T00:59:59",
        "2026-10-25T02:00:00",
        "2026-03-29T00:59:59",
        "2026-03-29T02:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
    ],
)
def test_a_missing_offset_is_asked_for(value):
    assert "Add the offset from UTC" in told(instant, value)


@pytest.mark.parametrize("clock", ["01:00:00", "01:30:00", "01:59:59"])
def test_the_hour_that_happens_twice_in_autumn_is_asked_about(clock):
    words = told(instant, f"2026-10-25T{clock}")
    assert "happened twice" in words
    assert "+01:00 for the first" in words
    first, second = (instant(f"2026-10-25T{clock}+0{hours}:00") for hours in (1, 0))
    assert second - first == timedelta(hours=1)


@pytest.mark.parametrize("clock", ["01:00:00", "01:30:00", "01:59:59"])
def test_the_hour_that_does_not_exist_in_spring_is_refused(clock):
    assert "did not happen" in told(instant, f"2026-03-29T{clock}")


@given(at=st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30)), hours=st.integers(-12, 14))  # noqa: DTZ001
def test_a_moment_is_shown_in_utc_and_reads_back_the_same(at, hours):
    moment = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    shown = Show(at=moment).model_dump(mode="json")["at"]
    assert shown.endswith("Z")
    assert instant(shown) == moment


def test_a_command_refuses_unknown_fields_and_what_is_not_a_number():
    told(Ask.model_validate, {"count": 1, "cuont": 2})
    told(Ask.model_validate, {"share": float("nan")})
    told(Ask.model_validate, {"share": float("inf")})


def test_a_command_never_repeats_what_it_refused():
    with pytest.raises(ValidationError) as refused:
        Ask.model_validate({"count": "Testperson"})
    assert "Testperson" not in str(refused.value)


def test_commands_and_views_are_never_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Ask(count=1).count = 2
    with pytest.raises(ValidationError, match="frozen"):
        Show(at=datetime(2026, 11, 5, tzinfo=UTC)).at = datetime(2026, 11, 6, tzinfo=UTC)
