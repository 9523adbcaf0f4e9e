from datetime import date

import pytest

from checkpoint.consent import references
from checkpoint.consent.references import (
    SheetUnreadable,
    check_reason,
    is_in_use,
    known,
    label_of,
    opened,
    packaged,
    parse,
    parse_reasons,
)
from checkpoint.consent.states import ConsentAnswer, ConsentKind
from checkpoint.foundation.datedfiles import digest, in_order
from checkpoint.foundation.errors import RuleBroken

# Written by hand, with the day: what is published never changes.
PUBLISHED = {
    "2015-04-07-en": "5014d36337c8376fa626f661946dcc3fa17717543bc51487a63acac4b45956bb",
    "2016-08-01-en": "5be140d5020d086741bab86fe35ca5eed989bbf60297b901d563a24ee6d6cefc",
}
FIRST, SECOND = (parse(text) for text in packaged().values())
TEXT = packaged()["2016-08-01-en"]


def changed(**parts):
    return SECOND.model_copy(update=parts)


def test_a_published_sheet_never_changes():
    assert {version: digest(text) for version, text in packaged().items()} == PUBLISHED


def test_the_starter_sheets_say_that_they_are_this_softwares_own():
    for text in packaged().values():
        sheet = parse(text)
        assert sheet.source.startswith("Starter text of this software")
        assert "No board, lawyer or ethics committee has approved this text" in sheet.note


def test_a_sheet_says_of_each_of_the_three_what_it_covers_and_what_withdrawing_means():
    for sheet in (FIRST, SECOND):
        told = [sheet.of(kind) for kind in ConsentKind]
        assert len({asked.covers for asked in told}) == 3
        assert len({asked.withdrawing for asked in told}) == 3
    assert "Control (Prosecution)" in SECOND.research.covers
    assert "Control" not in FIRST.research.covers


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('version = "2016-08-01-en"', 'version = "UPPER"', "version"),
        ("valid_from = 2016-08-01", "valid_from = 2016-08-01\nvalid_until = 2016-08-01", "ends"),
        ("[research]", "[researches]", "research"),
        ('language = "en"', 'language = "English"', "language"),
        ("[programme]", "[programme", "TOML|line|Expected"),
        ("language =", "extra = 1\nlanguage =", "extra"),
    ],
)
def test_a_sheet_that_is_none_is_refused_with_the_place(old, new, says):
    assert old in TEXT
    with pytest.raises(SheetUnreadable, match=says):
        parse(TEXT.replace(old, new, 1))


def test_a_sheet_is_opened_only_with_the_bytes_it_was_published_with():
    assert opened(TEXT, digest(TEXT)) == SECOND
    with pytest.raises(SheetUnreadable, match="digest differs"):
        opened(TEXT + "\n", digest(TEXT))


def test_every_fault_of_a_folder_is_told_at_once():
    texts = {"other.toml": TEXT, "bad.toml": "x", "SHA256SUMS": "00  gone.toml\n", "notes": ""}
    with pytest.raises(SheetUnreadable) as refused:
        in_order(texts, parse, SheetUnreadable)
    told = str(refused.value)
    for part in ("bad.toml: ", "gone.toml: SHA256SUMS names it", "not named after", "its digest"):
        assert part in told


def test_the_last_sheet_of_its_language_to_have_begun_is_given():
    welsh = changed(version="2016-08-01-cy", language="cy", valid_until=date(2017, 1, 1))
    sheets = [welsh, SECOND, FIRST]
    days = [date(2015, 4, 6), date(2015, 4, 7), date(2016, 8, 1), date(2017, 1, 1)]
    given = [[s.version for s in sheets if is_in_use(s.version, sheets, on=day)] for day in days]
    assert given == [
        [],
        ["2015-04-07-en"],
        ["2016-08-01-cy", "2016-08-01-en"],
        ["2016-08-01-en"],
    ]
    assert not is_in_use("absent", sheets, on=days[-1])


def test_the_reasons_are_told_apart_and_dated():
    for reasons in (known().declining, known().withdrawing):
        codes = [reason.code for reason in reasons]
        assert {"no_reason_given", "legal_advice", "prefers_court", "disputes_offence"} <= {*codes}
        assert len(codes) == len({*codes})
    with pytest.raises(ValueError, match="stands twice"):
        reason = {"code": "a", "label": "Reason", "available_from": date(2015, 4, 7)}
        references.Reasons(source="test", declining=(reason, reason), withdrawing=())
    with pytest.raises(ValueError, match="source"):
        parse_reasons("")


def test_a_reason_is_given_only_while_it_stands_in_the_list():
    reasons = known().declining
    check_reason(reasons, "decided_by_chance", on=date(2016, 8, 1), field="#/x")
    for code, on in (("decided_by_chance", date(2016, 7, 31)), ("canary", date(2026, 1, 1))):
        with pytest.raises(RuleBroken) as refused:
            check_reason(reasons, code, on=on, field="#/x")
        assert refused.value.faults[0]["code"] == "reason-not-listed"
        assert "canary" not in refused.value.detail
        offered = refused.value.faults[0]["detail"]
        assert "no_reason_given, " in offered
        assert "decided_by_chance" not in offered or on == date(2026, 1, 1)


def test_a_reason_with_a_last_day_is_given_no_longer():
    reason = known().declining[0].model_copy(update={"available_until": date(2020, 1, 1)})
    assert reason.may_be_given(date(2019, 12, 31))
    assert not reason.may_be_given(date(2020, 1, 1))


def test_reasons_are_called_as_staff_call_them():
    assert label_of(ConsentAnswer.DECLINED, "prefers_court") == "Prefers to go to court"
    assert label_of(None, "moving_away") == "Moving away"
    assert label_of(None, "gone_from_the_list") == "gone_from_the_list"
